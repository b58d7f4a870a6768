import * as z from 'zod';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { MemberTerms } from '../../orders/pool.ts';
import { memberTermsSchema } from '../../orders/pool.ts';
import type { Attribute } from '../table/condition.ts';

/** Whole lots by quarter, as items hold them. */
export const lotsMapSchema = z.record(z.string(), z.bigint());

const count = z.bigint().transform(Number);

/**
 * A member of a pool, as the item of the pool's bid holds it under its id. A clearing writes `state` alone; the rest
 * changes by the member's own doing. `requested` and `remaining` are the member's own, and the bid's are their sums.
 */
export const memberEntrySchema = z.object({
  organisation: z.string(),
  status: z.enum(['joined', 'left']),
  joinedAt: z.string(),
  /** What it asked for last, as JSON. */
  body: z.unknown(),
  /** The least it takes in a quarter, in lots. */
  minimum: z.bigint().optional(),
  requested: lotsMapSchema,
  state: z.object({ version: count, updatedAt: z.string(), remaining: lotsMapSchema }),
});
export type MemberEntry = z.output<typeof memberEntrySchema>;

export const memberTermsOf = ({ body }: Pick<MemberEntry, 'body'>): MemberTerms =>
  memberTermsSchema.parse(body);

/** The entry as an attribute of the bid's item. */
export const memberAttribute = ({ body, ...entry }: MemberEntry): Attribute => ({
  ...entry,
  body: body as Attribute,
});

/** Requested less remaining, where that is not nothing. */
export const contractedOf = ({ requested, state }: MemberEntry): Record<string, bigint> =>
  Object.fromEntries(
    Object.entries(requested)
      .map(([quarter, lots]) => [quarter, lots - (state.remaining[quarter] ?? 0n)] as const)
      .filter(([, lots]) => lots > 0n),
  );

/** What all members together ask for, and what of it is left; quarters in which nobody asks for anything are left out. */
export function sumsOf(members: readonly MemberEntry[]): {
  readonly requested: LotsByQuarter;
  readonly remaining: LotsByQuarter;
} {
  const requested = new Map<string, bigint>();
  const remaining = new Map<string, bigint>();
  for (const member of members)
    for (const [quarter, lots] of Object.entries(member.requested)) {
      if (lots === 0n) continue;
      requested.set(quarter, (requested.get(quarter) ?? 0n) + lots);
      remaining.set(quarter, (remaining.get(quarter) ?? 0n) + (member.state.remaining[quarter] ?? 0n));
    }
  return { requested: sorted(requested), remaining: sorted(remaining) };
}

const sorted = (lots: LotsByQuarter): LotsByQuarter =>
  new Map([...lots].sort(([a], [b]) => (a < b ? -1 : 1)));
