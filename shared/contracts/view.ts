import * as z from 'zod';
import { decimalCodec } from '../kernel/decimal.ts';
import { moneySchema } from '../kernel/money.ts';
import { without } from '../kernel/without.ts';
import type { Caller } from '../reference/caller.ts';
import { seesAll } from '../reference/caller.ts';
import type { Contract } from './contract.ts';
import { contractSchema } from './contract.ts';

/** What the buyer does not see: what the seller asked, and how its price came to be more. */
const sellersParts = ['ask', 'floorUplift', 'scarcity'] as const;
type SellersPart = (typeof sellersParts)[number];

const partsOf = <S extends z.ZodType>(part: S) =>
  z.strictObject({
    ask: part.optional(),
    floorUplift: part.optional(),
    scarcity: part.optional(),
    duties: part,
    levy: part,
    support: part,
    landed: part,
  });

const entrySchema = contractSchema.shape.schedule.element;

/**
 * A contract as its reader sees it: `ask`, `floorUplift` and `scarcity` are for the seller, administrators and
 * auditors; `interval` for administrators and auditors.
 */
export const contractViewSchema = contractSchema
  .extend({
    schedule: z.array(
      entrySchema.extend({
        waterfall: partsOf(decimalCodec),
        interval: entrySchema.shape.interval.optional(),
      }),
    ),
    totals: partsOf(moneySchema),
  })
  .meta({ id: 'ContractView' });
export type ContractView = z.output<typeof contractViewSchema>;

/** The contract as the caller may see it; `undefined` if it is none of theirs: then it does not exist for them. */
export function viewOf(contract: Contract, caller: Caller): ContractView | undefined {
  if (seesAll(caller)) return contract;
  const isSeller = contract.seller === caller.organisation;
  if (!isSeller && contract.buyer !== caller.organisation) return undefined;
  const shown = <T extends Record<SellersPart, unknown>>(parts: T): Omit<T, SellersPart> =>
    isSeller ? parts : without(parts, ...sellersParts);
  return {
    ...contract,
    schedule: contract.schedule.map((entry) => ({
      ...without(entry, 'interval'),
      waterfall: shown(entry.waterfall),
    })),
    totals: shown(contract.totals),
  };
}
