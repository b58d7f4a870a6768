import * as z from 'zod';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { readFixing } from '../../../shared/store/prices/fixings.ts';
import type { ReferenceKind } from '../../../shared/store/table/keys/reference.ts';
import { plain } from '../../../shared/store/table/item-body.ts';
import { readPoint } from '../../../shared/store/prices/price-points.ts';
import { recordOf, referenceSeries } from '../../../shared/store/reference/reference.ts';
import type { Versions } from '../evidence.ts';
import type { Readers } from './reader.ts';
import { appendTo } from './reader.ts';

/** Reference data with its versions, and reference prices: their points and what was frozen of them. */
export const referenceReaders: Readers = {
  REF: ({ references }, item, { of, sk }) => {
    const [kind = '', ...name] = of.split('#');
    if (!isKind(kind)) return;
    const isHead = name.length === 0;
    const id = isHead ? sk : name.join('#');
    const record = recordOf(kind, item);
    const place = `${kind} ${id}`;
    const before: Versions = references.get(place) ?? { kind, id, head: undefined, versions: [] };
    references.set(
      place,
      isHead
        ? { ...before, head: record }
        : {
            ...before,
            versions: [...before.versions, record].toSorted((a, b) => a.version - b.version),
          },
    );
  },
  FIXINGS: ({ fixings, fixingNumbers }, item) => {
    const fixing = readFixing(item);
    fixings.set(canonicalJson(plain(item['body'])), fixing);
    fixingNumbers.set(fixing, z.bigint().nonnegative().parse(item['number']));
  },
  POINTS: ({ points }, item, { of }) => {
    appendTo(points, of, readPoint(item));
  },
};

const isKind = (kind: string): kind is ReferenceKind => kind in referenceSeries;
