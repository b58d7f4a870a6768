import * as z from 'zod';
import { minus } from '../kernel/arithmetic.ts';
import { ratio } from './concentration.ts';
import { priceSchema } from '../kernel/money.ts';
import { signedDecimalCodec } from '../kernel/signed.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays, dateSchema } from '../kernel/time.ts';
import type { AssessmentInputs } from './assessment-inputs.ts';

const moveDays = 90;

const pointSchema = z.strictObject({ date: dateSchema, price: priceSchema, source: z.string() });

export const priceMoveSchema = z.strictObject({
  last: pointSchema.nullable(),
  /** What the last one is compared with: the newest of the same source that is 90 days older or more. */
  before: pointSchema.nullable(),
  /** (last − before) ÷ before, to four digits, towards zero; null where there is nothing to compare. */
  change90Days: signedDecimalCodec.nullable(),
});
export type PriceMove = z.output<typeof priceMoveSchema>;

/** The move of the newest price over 90 days. Prices of different sources are never compared. */
export function priceMove(prices: AssessmentInputs['prices'], today: CalendarDate): PriceMove {
  const known = prices
    .filter(({ date }) => date <= today)
    .toSorted((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
  const [last] = known;
  if (last === undefined) return { last: null, before: null, change90Days: null };
  const before = known.find(
    ({ date, source, price }) =>
      source === last.source &&
      date <= addDays(last.date, -moveDays) &&
      price.currency === last.price.currency &&
      price.per === last.price.per,
  );
  if (before === undefined) return { last: { ...last }, before: null, change90Days: null };
  const moved = minus(last.price.amount, before.price.amount);
  const isFall = moved.units < 0n;
  const size = ratio(
    { units: isFall ? -moved.units : moved.units, scale: moved.scale },
    before.price.amount,
    4,
    'down',
  );
  return {
    last: { ...last },
    before: { ...before },
    change90Days: size === null ? null : { units: isFall ? -size.units : size.units, scale: size.scale },
  };
}
