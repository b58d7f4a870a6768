import { canonicalJson } from '../../../shared/kernel/digest.ts';
import * as z from 'zod';
import { chainHolds } from '../../../shared/pricing/floor-chain.ts';
import type { Floor } from '../../../shared/pricing/floor.ts';
import { referenceSeries } from '../../../shared/store/reference/reference.ts';
import type { Evidence, Versions } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** Reference data: every version kept, the last one in force, those of floors chained. */
export function* checkReference(evidence: Evidence): Generator<Finding> {
  for (const record of evidence.references.values()) {
    const subject = `REF#${record.kind}#${record.id}`;
    const { head, versions } = record;
    const numbered = versions.every(({ version }, index) => version === index + 1);
    const last = versions.at(-1);
    if (!numbered || last === undefined)
      yield finding(
        'reference_versions',
        subject,
        `versions ${versions.map((each) => each.version).join(', ')}`,
      );
    else if (head === undefined || text(record, head) !== text(record, last))
      yield finding('reference_versions', subject, 'what stands is not its last version');
    if (record.kind === 'floor' && !chainHolds(versions as readonly Floor[]))
      yield finding('floor_chain', subject, 'its versions are not those that were recorded');
  }
}

const text = ({ kind }: Versions, record: Versions['versions'][number]): string =>
  canonicalJson(z.encode(referenceSeries[kind].schema as z.ZodType, record));
