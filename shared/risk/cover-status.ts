import * as z from 'zod';
import { lessAtMost, least, minus, plus, sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { decimalCodec, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { fallsBelow, ratio } from './concentration.ts';

/** A year has 365 days here: daily use is annual use ÷ 365, leap years included. */
export const daysOfYear: Decimal = { units: 365n, scale: 0 };

/** One stockpile's holding of the product, as the assessment needs it. Masses in the product's own unit. */
export interface AssessedStockpile {
  readonly stockpile: string;
  readonly zone: string;
  readonly targetDays: number;
  readonly basis: 'consumption' | 'net-imports';
  /** Declared, of a year, on that basis. */
  readonly annualUse: Decimal;
  /** Of the target: never released. */
  readonly reserveFloorShare: Decimal;
  readonly physical: Decimal;
  readonly encumbered: Decimal;
  /** Contracted firmly and not received. */
  readonly inTransit: Decimal;
  readonly lent: Decimal;
  /** What its open bids still ask for: money stands behind so much of a deficit. */
  readonly openBids: Decimal;
}

const mass = decimalCodec;

const statusShape = {
  /** physical + in transit − encumbered. */
  available: mass,
  /** Of use: to one digit, rounded down; null where no use is declared. */
  days: decimalCodec.nullable(),
  targetDays: decimalCodec,
  target: mass,
  deficit: mass,
  /** What open bids of the stockpiles ask for already, at most the deficit. */
  deficitFunded: mass,
  deficitUnfunded: mass,
  /** Compared exactly: available below the target; below three quarters of it; below 30 days of use. */
  belowTarget: z.boolean(),
  belowThreeQuarters: z.boolean(),
  belowThirtyDays: z.boolean(),
};

export const coverStatusSchema = z.strictObject({ stockpile: z.string(), ...statusShape });
export type CoverStatus = z.output<typeof coverStatusSchema>;

/** Of a whole zone: what its stockpiles hold together, against the zone's use. */
export const zoneCoverSchema = z.strictObject({ stockpiles: z.int().nonnegative(), ...statusShape });
export type ZoneCover = z.output<typeof zoneCoverSchema>;

/** physical + in transit − encumbered, and never below nothing: what is lent is not there. */
export const availableOf = ({ physical, inTransit, encumbered }: AssessedStockpile): Decimal =>
  trimDecimal(lessAtMost(plus(physical, inTransit), encumbered));

/** Days × annual use ÷ 365, to three digits, up: a target is not met by rounding. */
export const targetOf = (annualUse: Decimal, days: Decimal): Decimal =>
  trimDecimal({
    units: divide(annualUse.units * days.units * 1000n, 365n * tenTo(annualUse.scale + days.scale), 'up'),
    scale: 3,
  });

/** To one digit, rounded down; null where nothing is used. */
export const daysOf = (available: Decimal, annualUse: Decimal): Decimal | null =>
  ratio(times(available, daysOfYear), annualUse, 1, 'down');

/** How well one stockpile covers what it is for. */
export function coverStatus(stockpile: AssessedStockpile): CoverStatus {
  const { annualUse, openBids } = stockpile;
  const targetDays: Decimal = { units: BigInt(stockpile.targetDays), scale: 0 };
  return {
    stockpile: stockpile.stockpile,
    ...statusOf(availableOf(stockpile), annualUse, targetDays, targetOf(annualUse, targetDays), openBids),
  };
}

/**
 * All stockpiles of a zone together. Their targets are added up; the days are those of the zone's own use.
 *
 * @param annualUse of the zone; null where none is declared.
 */
export function zoneCover(stockpiles: readonly AssessedStockpile[], annualUse: Decimal | null): ZoneCover {
  const each = stockpiles.map((stockpile) => coverStatus(stockpile));
  const add = (values: readonly Decimal[]): Decimal => trimDecimal(sumOf(values));
  const target = add(each.map((status) => status.target));
  const targetDays = annualUse === null ? zero : (daysOf(target, annualUse) ?? zero);
  return {
    stockpiles: stockpiles.length,
    ...statusOf(
      add(each.map(({ available }) => available)),
      annualUse ?? zero,
      targetDays,
      target,
      // What one stockpile bids for above its own deficit fills nobody else's.
      add(each.map(({ deficitFunded }) => deficitFunded)),
    ),
  };
}

const threeQuarters: Decimal = { units: 75n, scale: 2 };
const thirtyDays: Decimal = { units: 30n, scale: 0 };

function statusOf(
  available: Decimal,
  annualUse: Decimal,
  targetDays: Decimal,
  target: Decimal,
  openBids: Decimal,
): Omit<CoverStatus, 'stockpile'> {
  const deficit = trimDecimal(lessAtMost(target, available));
  const deficitFunded = trimDecimal(least(openBids, deficit));
  return {
    ...{ available, targetDays, target, deficit, deficitFunded },
    days: daysOf(available, annualUse),
    deficitUnfunded: trimDecimal(minus(deficit, deficitFunded)),
    belowTarget: deficit.units > 0n,
    belowThreeQuarters: fallsBelow(available, target, threeQuarters),
    belowThirtyDays: annualUse.units > 0n && fallsBelow(times(available, daysOfYear), annualUse, thirtyDays),
  };
}
