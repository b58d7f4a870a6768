import * as z from 'zod';
import { lessAtMost, minus, sumOf, times } from '../kernel/arithmetic.ts';
import type { Decimal, Rounding } from '../kernel/decimal.ts';
import { compareDecimal, decimalCodec, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { countrySchema } from '../kernel/ids.ts';

/** Digits of a share as it is shown. What is compared with a threshold is compared exactly, before it is rounded. */
export const shareDigits = 6;

/** One origin's part of a supply; several entries of one origin are added up by `byOrigin`. */
export interface OriginQuantity {
  readonly origin: string;
  /** In the product's own unit. */
  readonly quantity: Decimal;
}

/** `part ÷ whole` to `digits` digits; nothing where nothing is divided by. Both non-negative. */
export function ratio(part: Decimal, whole: Decimal, digits: number, rounding: Rounding): Decimal | null {
  if (whole.units === 0n) return null;
  return trimDecimal({
    units: divide(part.units * tenTo(whole.scale + digits), whole.units * tenTo(part.scale), rounding),
    scale: digits,
  });
}

export const shareOf = (part: Decimal, whole: Decimal): Decimal | null =>
  ratio(part, whole, shareDigits, 'half-even');

/** `part > share × whole`, exactly. */
export const exceeds = (part: Decimal, whole: Decimal, share: Decimal): boolean =>
  compareDecimal(part, times(share, whole)) > 0;

/** `part < share × whole`, exactly. */
export const fallsBelow = (part: Decimal, whole: Decimal, share: Decimal): boolean =>
  compareDecimal(part, times(share, whole)) < 0;

/** Sums by origin: the largest first, equal ones in order of name; origins of nothing are left out. */
export function byOrigin(flows: readonly OriginQuantity[]): OriginQuantity[] {
  return [...Map.groupBy(flows, ({ origin }) => origin)]
    .map(([origin, of]) => ({ origin, quantity: trimDecimal(sumOf(of.map(({ quantity }) => quantity))) }))
    .filter(({ quantity }) => quantity.units > 0n)
    .sort((a, b) => compareDecimal(b.quantity, a.quantity) || (a.origin < b.origin ? -1 : 1));
}

export const totalOf = (flows: readonly OriginQuantity[]): Decimal =>
  trimDecimal(sumOf(flows.map(({ quantity }) => quantity)));

/** Bands of the United States' Horizontal Merger Guidelines of 2010: below 1 500, up to 2 500, above. */
const concentrationBands = ['low', 'medium', 'high'] as const;
export type ConcentrationBand = (typeof concentrationBands)[number];

/**
 * The Herfindahl–Hirschman index Σ (100 · share)² of a supply's origins: from 10 000 ÷ n for n equal ones to 10 000 for
 * a single one; to the nearest whole. Its shares are of the supply, so that they add up to one whatever is planned.
 */
export function herfindahl(flows: readonly OriginQuantity[]): number | null {
  const origins = byOrigin(flows);
  const scale = Math.max(0, ...origins.map(({ quantity }) => quantity.scale));
  const parts = origins.map(({ quantity }) => quantity.units * tenTo(scale - quantity.scale));
  const whole = parts.reduce((sum, part) => sum + part, 0n);
  if (whole === 0n) return null;
  const squares = parts.reduce((sum, part) => sum + part * part, 0n);
  return Number(divide(squares * 10_000n, whole * whole, 'half-even'));
}

const bandOf = (hhi: number): ConcentrationBand => (hhi < 1500 ? 'low' : hhi <= 2500 ? 'medium' : 'high');

/**
 * What one origin may still add under a cap on its share of planned consumption, which does not grow with the trade:
 * `cap · C − q`, or nothing. In the product's own unit, not rounded to its lot.
 */
export const headroomOfPlanned = (cap: Decimal, consumption: Decimal, quantity: Decimal): Decimal =>
  trimDecimal(lessAtMost(times(cap, consumption), quantity));

/** What others would have to add for an origin to come down to the cap: `q ÷ cap − T`, or nothing. */
export function neededFromOthers(
  cap: Decimal,
  total: Decimal,
  quantity: Decimal,
  digits: number,
  rounding: Rounding,
): Decimal {
  const grown = ratio(quantity, cap, digits, rounding);
  if (grown === null) throw new RangeError('a cap of nothing is never come under');
  return trimDecimal(lessAtMost(grown, total));
}

/** What would have to come from others instead for an origin to come down to the cap: `q − cap · T`, or nothing. */
export const toBeSwapped = (cap: Decimal, total: Decimal, quantity: Decimal): Decimal =>
  trimDecimal(lessAtMost(quantity, times(cap, total)));

export const concentrationSchema = z.strictObject({
  /** Of all origins, in the product's own unit. */
  total: decimalCodec,
  /** Largest first. */
  shares: z.array(
    z.strictObject({
      origin: countrySchema,
      /** A member of the zone: no cap on single origins counts it. */
      inside: z.boolean(),
      quantity: decimalCodec,
      /** Of the total. */
      share: decimalCodec,
      /** Of planned consumption; null where none is declared. */
      shareOfUse: decimalCodec.nullable(),
      /** Above the cap, by what is planned: never for members of the zone. */
      aboveCap: z.boolean(),
      /** What it may still add under the cap; null for members, and where no consumption is declared. */
      headroom: decimalCodec.nullable(),
    }),
  ),
  hhi: z.int().min(0).max(10_000).nullable(),
  band: z.enum(concentrationBands).nullable(),
});
export type Concentration = z.output<typeof concentrationSchema>;

/**
 * How concentrated a supply is.
 *
 * @param consumption planned for the same span; null where none is declared.
 * @param cap most of planned consumption that one origin outside the zone may supply.
 */
export function concentrationOf(
  flows: readonly OriginQuantity[],
  consumption: Decimal | null,
  cap: Decimal,
  members: readonly string[],
): Concentration {
  const origins = byOrigin(flows);
  const total = totalOf(origins);
  const hhi = herfindahl(origins);
  return {
    total,
    shares: origins.map(({ origin, quantity }) => {
      const inside = members.includes(origin);
      return {
        ...{ origin, inside, quantity },
        share: shareOf(quantity, total)!,
        shareOfUse: consumption === null ? null : shareOf(quantity, consumption),
        aboveCap: !inside && consumption !== null && exceeds(quantity, consumption, cap),
        headroom: inside || consumption === null ? null : headroomOfPlanned(cap, consumption, quantity),
      };
    }),
    hhi,
    band: hhi === null ? null : bandOf(hhi),
  };
}

/** Of a supply, without its largest source. Equal largest ones: either. */
export const withoutLargest = (flows: readonly OriginQuantity[]): Decimal => {
  const origins = byOrigin(flows);
  const [largest] = origins;
  const total = totalOf(origins);
  return largest === undefined ? total : trimDecimal(minus(total, largest.quantity));
};
