import * as z from 'zod';
import { snapshotSchema } from '../../shared/clearing/snapshot.ts';
import { objectKeys } from '../../shared/store/object-store.ts';
import type { Item } from '../../shared/store/item.ts';
import { concurrently } from './concurrently.ts';
import { putDocument } from './documents.ts';
import type { HeldMarket } from './held-market.ts';
import { snapshotOf } from './snapshot.ts';
import { compute } from './unclearable.ts';

/** Stores what is cleared: the locked orders, and the configuration in force at gate closure. */
export async function fixSnapshot(market: HeldMarket, locked: readonly Item[]): Promise<void> {
  const { objects, reference, settings } = market.dependencies;
  const { clearing, gateClosure, salt, fence } = market.in('locking');
  const configuration = await reference.configuration(market.product, gateClosure);
  await market.proceed();
  const sites = await concurrently(sitesOf(locked), settings.concurrency, (site) =>
    reference.site(site, gateClosure),
  );
  await market.proceed();
  const owners = [...new Set(locked.map((item) => item['owner'] as string))];
  const groups = await concurrently(owners, settings.concurrency, (owner) =>
    reference.group(owner, gateClosure),
  );
  await market.proceed();

  const { json, parties } = compute(() => {
    const built = snapshotOf({
      ...{ clearing, gateClosure, salt, locked, configuration, sites },
      groups: new Map(owners.map((owner, index) => [owner, groups[index] ?? owner])),
    });
    return { json: z.encode(snapshotSchema, built.snapshot), parties: built.parties };
  });
  const snapshotDocument = await putDocument(objects, objectKeys.snapshot(clearing, fence), json);
  const partiesDocument = await putDocument(objects, objectKeys.parties(clearing, fence), parties);
  await market.move({
    phase: 'locked',
    snapshot: { fence, sha256: snapshotDocument.sha256, partiesSha256: partiesDocument.sha256 },
  });
}

const sitesOf = (locked: readonly Item[]): string[] => {
  const sites = locked
    .filter((item) => item['type'] === 'offer')
    .map((item) => (item['body'] as { site: string }).site);
  return [...new Set(sites)].sort();
};
