import * as z from 'zod';
import { sumOf } from '../kernel/arithmetic.ts';
import { decimalCodec, trimDecimal } from '../kernel/decimal.ts';
import { generatedIdSchema } from '../kernel/ids.ts';
import { quarterNumber, quarterOf } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import type { AssessedContract } from './assessment-inputs.ts';
import { shareOf } from './concentration.ts';

export const latenessSchema = z.strictObject({
  /** Contracted for the four quarters that ended last. */
  due: decimalCodec,
  /** Of it, received after its quarter, or neither tendered nor excused. */
  late: decimalCodec,
  /** null where nothing was due. */
  share: decimalCodec.nullable(),
  contracts: z.array(generatedIdSchema('contract')),
});
export type Lateness = z.output<typeof latenessSchema>;

/** How much of what was due came late, or has not come, over the last four quarters that have ended. */
export function lateness(contracts: readonly AssessedContract[], today: CalendarDate): Lateness {
  const present = quarterNumber(quarterOf(today));
  const ended = contracts.map(({ contract, quarters }) => ({
    contract,
    quarters: quarters.filter(({ quarter }) => {
      const ago = present - quarterNumber(quarter);
      return ago >= 1 && ago <= 4;
    }),
  }));
  const due = trimDecimal(sumOf(ended.flatMap(({ quarters }) => quarters.map(({ quantity }) => quantity))));
  const late = trimDecimal(sumOf(ended.flatMap(({ quarters }) => quarters.map((each) => each.late))));
  return {
    ...{ due, late, share: shareOf(late, due) },
    contracts: ended
      .filter(({ quarters }) => quarters.some((each) => each.late.units > 0n))
      .map(({ contract }) => contract)
      .sort(),
  };
}
