import * as z from 'zod';
import { snapshotSchema } from '../../shared/clearing/snapshot.ts';
import { objectKeys } from '../../shared/store/service/object-store.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { putDocument } from './documents.ts';
import type { HeldMarket } from './held-market.ts';
import { snapshotOf } from './snapshot.ts';
import { snapshotParts } from './snapshot-parts.ts';
import { compute } from './unclearable.ts';

/** Stores what is cleared: the locked orders, and the configuration in force at gate closure. */
export async function fixSnapshot(market: HeldMarket, locked: readonly Item[]): Promise<void> {
  const { reference, settings } = market.dependencies;
  const { clearing, gateClosure, salt, fence, run, ended } = market.in('locking');
  const parts = await snapshotParts(reference, {
    ...{ product: market.product, gateClosure, orders: locked, concurrency: settings.concurrency },
    between: () => market.proceed(),
    holder: { run, ended },
  });
  const { json, parties } = compute(() => {
    const built = snapshotOf({ ...parts, clearing, gateClosure, salt, locked });
    return { json: z.encode(snapshotSchema, built.snapshot), parties: built.parties };
  });
  const snapshotDocument = await putDocument(market.dependencies, objectKeys.snapshot(clearing, fence), json);
  const partiesDocument = await putDocument(
    market.dependencies,
    objectKeys.parties(clearing, fence),
    parties,
  );
  await market.move({
    phase: 'locked',
    snapshot: { fence, sha256: snapshotDocument.sha256, partiesSha256: partiesDocument.sha256 },
  });
}
