import * as z from 'zod';
import { without } from '../kernel/without.ts';
import type { Caller } from '../reference/caller.ts';
import { allocationSchema, publishedReleaseSchema } from './release.ts';
import type { StockRelease } from './release.ts';

/** What is published of a release, with the reader's own share of it. */
export const releaseViewSchema = publishedReleaseSchema
  .extend({ own: allocationSchema.omit({ deliveredBy: true }).optional() })
  .meta({ id: 'StockRelease' });
export type ReleaseView = z.output<typeof releaseViewSchema>;

/** `undefined` before it is decided: what is only proposed would move markets. */
export function releaseFor(release: StockRelease, caller: Caller): ReleaseView | undefined {
  const { id, stockpile, product, zone, reason, decided, approvals, found, status } = release;
  if (decided === undefined || (status !== 'approved' && status !== 'completed')) return undefined;
  const own = decided.allocations.find(
    ({ organisation, quantity }) => organisation === caller.organisation && quantity.amount.units > 0n,
  );
  return {
    ...{ id, stockpile, product, zone, reason, status, level: 3 },
    conditions: (found.at(-1)?.conditions ?? [])
      .filter(({ level, met }) => level === 3 && met)
      .map(({ code }) => code),
    decidedAt: approvals.at(-1)!.at,
    ...{ quantity: decided.published, withheld: decided.published === null },
    ...(own === undefined ? {} : { own: without(own, 'deliveredBy') }),
  };
}
