import type { Problem } from '../kernel/problem.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterNumber } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import { lotsOf, ownQuantity } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';
import type { LotsByQuarter } from './delivery.ts';
import type { Warning } from './order.ts';

/** What an order asks of how it trades, beyond price and quantity. */
export interface ConditionTerms {
  /** Least quantity of each award in each quarter in which it delivers. */
  readonly minimumLot?: Quantity | undefined;
  /** All that still clears of the order, in all its quarters, or nothing. */
  readonly allOrNone?: boolean | undefined;
  /** Least number of consecutive quarters of each award. */
  readonly minimumQuarters?: number | undefined;
}

/** By which condition an order, or a quarter of one, is kept out. */
export const conditionCodes = ['minimum_lot', 'all_or_none', 'minimum_quarters'] as const;
export type ConditionCode = (typeof conditionCodes)[number];

/**
 * A minimum lot in the product's own unit. Other units are converted and rounded up to the lot: rounded down it would
 * let an award through that is smaller than its owner asked for. Errors: unit_not_convertible, off_lot.
 */
export function normaliseMinimumLot(minimumLot: Quantity, product: Product): Result<Quantity> {
  const lots = lotsOf(minimumLot, product, '/minimumLot', 'up');
  return lots.ok ? ok(ownQuantity(minimumLot, lots.value, product)) : lots;
}

/** Length of the longest run of consecutive quarters with lots. */
function longestStretch(lots: LotsByQuarter): number {
  let longest = 0;
  let length = 0;
  let previous = Number.NaN;
  const wanted = [...lots].filter(([, count]) => count > 0n).map(([quarter]) => quarterNumber(quarter));
  for (const quarter of wanted.sort((a, b) => a - b)) {
    length = quarter === previous + 1 ? length + 1 : 1;
    longest = Math.max(longest, length);
    previous = quarter;
  }
  return longest;
}

/**
 * An order that its own conditions could never let trade is a mistake. `pointer` is where the mistake lies: at the
 * condition where it is posted, at the delivery where that is changed. Error: condition_unsatisfiable.
 */
export function unsatisfiable(
  terms: ConditionTerms,
  requested: LotsByQuarter,
  product: Product,
  pointer?: '/delivery',
): Problem | undefined {
  const withheld = withheldQuarters(terms, requested, product);
  if (withheld.size === 0 || withheld.size < requested.size) return undefined;
  const reaching = tradable(requested, terms, product);
  const longest = longestStretch(reaching);
  const [at, detail] =
    reaching.size === 0
      ? ['/minimumLot', 'The minimum lot is above the quantity of every quarter.']
      : longest < (terms.minimumQuarters ?? 1)
        ? ['/minimumQuarters', `At most ${longest} consecutive quarters could deliver.`]
        : ['/allOrNone', 'Not every quarter could meet the other conditions.'];
  return fieldProblem(
    'condition_unsatisfiable',
    pointer ?? at,
    `The order could never trade: ${lowered(detail)}`,
  );
}

const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

/** The quarters whose quantity reaches the minimum lot. */
function tradable(lots: LotsByQuarter, { minimumLot }: ConditionTerms, product: Product): LotsByQuarter {
  const least = minimumLot === undefined ? ok(1n) : lotsOf(minimumLot, product, '/minimumLot', 'up');
  return new Map([...lots].filter(([, count]) => least.ok && count >= least.value));
}

/** Quarters of what is left of an order that can trade no more, with the condition that keeps each out. */
export function withheldQuarters(
  { minimumLot, allOrNone = false, minimumQuarters = 1 }: ConditionTerms,
  remaining: LotsByQuarter,
  product: Product,
): Map<Quarter, ConditionCode> {
  const withheld = new Map<Quarter, ConditionCode>();
  const open = new Map([...remaining].filter(([, lots]) => lots > 0n));
  const reaching = tradable(open, { minimumLot }, product);
  for (const quarter of open.keys()) if (!reaching.has(quarter)) withheld.set(quarter, 'minimum_lot');
  const quarters = [...reaching.keys()].sort();
  let stretch: Quarter[] = [];
  const close = (): void => {
    if (stretch.length < minimumQuarters)
      for (const quarter of stretch) withheld.set(quarter, 'minimum_quarters');
    stretch = [];
  };
  for (const quarter of quarters) {
    const last = stretch.at(-1);
    if (last !== undefined && quarterNumber(quarter) !== quarterNumber(last) + 1) close();
    stretch.push(quarter);
  }
  close();
  if (allOrNone && withheld.size > 0)
    for (const quarter of open.keys()) if (!withheld.has(quarter)) withheld.set(quarter, 'all_or_none');
  return withheld;
}

/** One warning for each condition that keeps what is left of an order from ever trading again. */
export function conditionWarnings(
  terms: ConditionTerms,
  remaining: LotsByQuarter,
  product: Product,
): Warning[] {
  const withheld = withheldQuarters(terms, remaining, product);
  return conditionCodes.flatMap((code) => {
    const quarters = [...withheld].filter(([, each]) => each === code).map(([quarter]) => quarter);
    return quarters.length === 0 ? [] : [{ code, detail: `${quarters.join(', ')}: ${warningDetails[code]}` }];
  });
}

const warningDetails: Record<ConditionCode, string> = {
  minimum_lot: 'what is left is below the minimum lot and trades no more.',
  all_or_none: 'not all that is left can trade, so none of it does.',
  minimum_quarters:
    'what is left is open for fewer consecutive quarters than the minimum and trades no more.',
};
