import { clearingDocumentsSchema } from '../../shared/store/clearing/clearings.ts';
import { readControlItem } from '../../shared/store/clearing/control.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { objectKeys } from '../../shared/store/service/object-store.ts';
import { plain } from '../../shared/store/table/item-body.ts';

/** A document in the object store that an item vouches for. */
export interface Vouched {
  readonly key: string;
  readonly sha256: string;
}

/** What an item says lies in the object store: a clearing's documents, and those of a run that is under way. */
export function vouchedBy(item: Item): Vouched[] {
  const pk = String(item['pk']);
  if (pk.startsWith('CLEARING#') && item['documents'] !== undefined) {
    const clearing = pk.slice('CLEARING#'.length);
    const { snapshot, parties, proof, disclosed, explanations } = clearingDocumentsSchema.parse(
      plain(item['documents']),
    );
    const shards = explanations.sha256.map((sha256, shard) => ({
      ...{ key: objectKeys.explanations(clearing, explanations.fence, shard), sha256 },
    }));
    return [snapshot, parties, proof, ...(disclosed === undefined ? [] : [disclosed]), ...shards];
  }
  if (pk.startsWith('MARKET#') && item['sk'] === 'CONTROL') {
    const control = readControlItem(item);
    const shown = control.disclosed === undefined ? [] : [control.disclosed];
    if (control.phase !== 'locked' && control.phase !== 'applying') return shown;
    const { fence, sha256, partiesSha256 } = control.snapshot;
    return [
      ...shown,
      { key: objectKeys.snapshot(control.clearing, fence), sha256 },
      { key: objectKeys.parties(control.clearing, fence), sha256: partiesSha256 },
    ];
  }
  return [];
}

/** Each once: what one clearing discloses is vouched for by its market as well. */
export const distinct = (vouched: readonly Vouched[]): Vouched[] => [
  ...new Map(vouched.map((each) => [`${each.key} ${each.sha256}`, each])).values(),
];
