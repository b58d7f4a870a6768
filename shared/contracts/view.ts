import * as z from 'zod';
import { decimalCodec } from '../kernel/decimal.ts';
import { moneySchema } from '../kernel/money.ts';
import { without } from '../kernel/without.ts';
import type { Caller } from '../reference/caller.ts';
import { seesAll } from '../reference/caller.ts';
import { sellersParts } from './chain.ts';
import type { ContractEvent } from './contract-events.ts';
import type { Contract } from './contract.ts';
import { contractSchema } from './contract.ts';
import { statusOf } from './life.ts';
import { contractStatuses } from './state.ts';

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
  .omit({ salt: true })
  .extend({
    /** What its events have brought it to. */
    status: z.enum(contractStatuses),
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

/** From where a reader looks at a contract: from one of its sides, or from above both. */
export type Standpoint = 'all' | 'seller' | 'buyer';

/** Whose contract it is to the caller; `undefined` if it is none of theirs: then it does not exist for them. */
export function standpointOf(
  { seller, buyer }: Pick<Contract, 'seller' | 'buyer'>,
  caller: Caller,
): Standpoint | undefined {
  if (seesAll(caller)) return 'all';
  if (seller === caller.organisation) return 'seller';
  return buyer === caller.organisation ? 'buyer' : undefined;
}

/** The events as the caller may see them: one side's assay is sealed from the other until both are in. */
export function eventsFor(events: readonly ContractEvent[], standpoint: Standpoint): ContractEvent[] {
  const exchanged = new Set(
    events.flatMap((event) => (event.type === 'assay_settled' ? [event.delivery] : [])),
  );
  return events.map((event) =>
    event.type !== 'assay_reported' ||
    standpoint === 'all' ||
    standpoint === event.side ||
    exchanged.has(event.delivery)
      ? event
      : without(event, 'opened'),
  );
}

/** The contract as the caller may see it; `undefined` if it is none of theirs: then it does not exist for them. */
export function viewOf(contract: Contract, caller: Caller): ContractView | undefined {
  const standpoint = standpointOf(contract, caller);
  if (standpoint === undefined) return undefined;
  const shown = {
    ...without(contract, 'salt'),
    status: statusOf(contract.events),
    events: eventsFor(contract.events, standpoint),
  };
  if (standpoint === 'all') return shown;
  const partsFor = <T extends Record<SellersPart, unknown>>(parts: T): Omit<T, SellersPart> =>
    standpoint === 'seller' ? parts : without(parts, ...sellersParts);
  return {
    ...shown,
    schedule: contract.schedule.map((entry) => ({
      ...without(entry, 'interval'),
      waterfall: partsFor(entry.waterfall),
    })),
    totals: partsFor(contract.totals),
  };
}
