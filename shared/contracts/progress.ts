import * as z from 'zod';
import { zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { hasEnded, quarterSchema } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { amendmentChangeSchema, amendmentStatuses } from './amendment.ts';
import type { Performance } from './quantities.ts';
import { performanceIn } from './quantities.ts';
import { sideSchema, standardTermsShape } from './standard-terms.ts';
import type { ContractState } from './state.ts';
import { contractStatuses } from './state.ts';

const ofQuarter = z.strictObject({ quarter: quarterSchema, quantity: quantitySchema });

export const amendmentSchema = z
  .strictObject({
    id: generatedIdSchema('amendment'),
    side: sideSchema,
    changes: z.array(amendmentChangeSchema),
    reason: z.string(),
    status: z.enum(amendmentStatuses),
    proposedAt: instantSchema,
  })
  .meta({ id: 'Amendment' });

/** What has become of a contract so far: its terms as amended, and how each quarter's quantity was used. */
export const progressSchema = z
  .strictObject({
    contract: generatedIdSchema('contract'),
    status: z.enum(contractStatuses),
    terms: standardTermsShape,
    conditions: z.array(
      z.strictObject({
        id: nameIdSchema,
        side: sideSchema,
        state: z.enum(['open', 'met', 'waived']),
        longstop: dateSchema,
      }),
    ),
    quarters: z.array(
      z.strictObject({
        quarter: quarterSchema,
        contracted: zeroableQuantitySchema,
        accepted: zeroableQuantitySchema,
        declined: zeroableQuantitySchema,
        forceMajeure: zeroableQuantitySchema,
        rejected: zeroableQuantitySchema,
        pending: zeroableQuantitySchema,
        /** What has yet to be tendered of a quarter that has not ended; then it is the seller's shortfall. */
        open: zeroableQuantitySchema,
        shortfall: zeroableQuantitySchema,
        /** The number of its last settlement; none yet if absent. */
        settlement: z.int().positive().optional(),
      }),
    ),
    nominations: z.array(ofQuarter),
    forceMajeure: z.array(
      ofQuarter.extend({
        declaration: generatedIdSchema('event'),
        side: sideSchema,
        reason: z.string(),
        acknowledged: z.boolean(),
      }),
    ),
    amendments: z.array(amendmentSchema),
    /** Paid for and not taken: what may still be delivered as make-up, until when. */
    makeUp: z.array(
      z.strictObject({
        year: z.int(),
        quantity: quantitySchema,
        price: priceSchema,
        lastYear: z.int(),
      }),
    ),
    carryForward: z.array(z.strictObject({ year: z.int(), quantity: quantitySchema })),
  })
  .meta({ id: 'ContractProgress' });
export type Progress = z.output<typeof progressSchema>;

export function progressOf(state: ContractState, today: CalendarDate): Progress {
  const { unit } = state;
  const inUnit = (performance: Performance & { readonly open: Decimal }) =>
    Object.fromEntries(
      (Object.entries(performance) as [string, Decimal][]).map(([name, amount]) => [name, { amount, unit }]),
    ) as Record<keyof typeof performance, Progress['quarters'][number]['contracted']>;
  return {
    contract: state.id,
    status: state.status,
    terms: state.terms,
    conditions: state.conditions.map((condition) => ({ ...condition })),
    quarters: state.schedule.map(({ quarter }) => {
      const settlement = state.settled.get(quarter);
      return {
        quarter,
        ...inUnit(soFar(performanceIn(state, quarter), hasEnded(quarter, today))),
        ...(settlement === undefined ? {} : { settlement }),
      };
    }),
    nominations: state.nominations.map((nomination) => ({ ...nomination })),
    forceMajeure: state.declarations.map((declaration) => ({ ...declaration })),
    amendments: state.amendments.map((amendment) => ({ ...amendment, changes: [...amendment.changes] })),
    makeUp: state.makeUp.map(({ quantity, ...lot }) => ({ ...lot, quantity: { amount: quantity, unit } })),
    carryForward: state.carryForward.map(({ year, quantity }) => ({
      year,
      quantity: { amount: quantity, unit },
    })),
  };
}

/** Nobody is short of a quarter that has not ended. */
const soFar = (performance: Performance, ended: boolean): Performance & { readonly open: Decimal } => ({
  ...performance,
  open: ended ? zero : performance.shortfall,
  shortfall: ended ? performance.shortfall : zero,
});
