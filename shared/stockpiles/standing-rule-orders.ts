import { derivedId } from '../kernel/derived-id.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, divide, tenTo } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays } from '../kernel/time.ts';
import { lotsOf } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';
import { inOrderOfIssue } from './issue.ts';
import { freeOf } from './lots.ts';
import type { StandingRule, StandingRuleTerms } from './standing-rule.ts';
import { massOfSteps, stepsOf, stepsOfLots } from './steps.ts';
import type { StockLot } from './stock-lot.ts';
import type { StockpileProduct } from './stockpile.ts';

/** The id of what a rule places on a day: whoever carries it out again places the same order. */
export const placedId = (
  kind: 'bid' | 'offer',
  rule: Pick<StandingRule, 'id'>,
  day: CalendarDate,
  lot?: string,
): string =>
  derivedId(kind, `${day}T00:00:00.000Z`, canonicalJson(['standing rule', rule.id, day, lot ?? null]));

/** The most that is bought in a month: the pace's share of a twelfth of a year's declared use, rounded down. In steps. */
export function monthlyPace(
  { annualUse, paceShare }: Pick<StockpileProduct, 'annualUse' | 'paceShare'>,
  product: Product,
): Result<bigint> {
  const annual = stepsOf(annualUse.quantity, product, '/annualUse/quantity');
  return annual.ok
    ? ok(divide(annual.value * paceShare.units, 12n * tenTo(paceShare.scale), 'down'))
    : annual;
}

/** What a rule that buys at the floor rests on; masses in steps. */
export interface FloorBuying {
  /**
   * The lowest landed price that the last clearing brought about in the zone that the rule buys for, each destination's
   * first quarter; none where it brought nothing there.
   */
  readonly landed: Price | undefined;
  /** In force where it is delivered to; none where there is no floor. */
  readonly floor: Price | undefined;
  /** Of the target, what is neither there nor on its way. */
  readonly deficit: bigint;
  /** What open bids of the stockpile still ask for. */
  readonly openBids: bigint;
  readonly pace: bigint;
  /** Contracted for the stockpile in this month. */
  readonly boughtThisMonth: bigint;
}

/** Why nothing is placed. */
export interface Wait {
  readonly code: string;
  readonly detail: string;
}
export type Answer<T> = { readonly place: T } | { readonly wait: Wait };
const waits = (code: string, detail: string): { readonly wait: Wait } => ({ wait: { code, detail } });

const atLeast = (value: bigint): bigint => (value < 0n ? 0n : value);
const least = (...values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a));

/**
 * How many whole lots to bid for at the floor today: what is missing of the target and of the month's pace, less what open
 * bids ask for, at most the rule's own bound. Errors: those of the bound's unit.
 */
export function floorPurchase(
  terms: Extract<StandingRuleTerms, { kind: 'buy-at-floor' }>,
  { landed, floor, deficit, openBids, pace, boughtThisMonth }: FloorBuying,
  product: Product,
): Result<Answer<{ readonly lots: bigint; readonly price: Price }>> {
  if (floor === undefined) return ok(waits('no_floor', 'There is no floor where it is delivered to.'));
  if (landed === undefined)
    return ok(waits('no_price', 'The last clearing has brought nothing to the zone.'));
  if (compareDecimal(landed.amount, floor.amount) > 0)
    return ok(waits('above_floor', 'The landed price is above the floor.'));
  const most = terms.most === undefined ? undefined : stepsOf(terms.most, product, '/most');
  if (most?.ok === false) return most;
  const room = least(
    atLeast(deficit - openBids),
    atLeast(pace - boughtThisMonth - openBids),
    ...(most === undefined ? [] : [most.value]),
  );
  const lots = room / stepsOfLots(1n, product);
  return ok(lots === 0n ? roomless(deficit - openBids, product) : { place: { lots, price: floor } });
}

const roomless = (deficit: bigint, product: Product): { readonly wait: Wait } =>
  deficit < stepsOfLots(1n, product)
    ? waits('target_reached', 'The target is reached, or open bids ask for what is missing.')
    : waits('pace_reached', 'The pace of the month, or the bound of the rule, leaves no whole lot.');

/** What becomes of a lot that a rule rotates. */
export type Rotation =
  /** Buy as much, at least as pure. */
  | { readonly step: 'buy'; readonly lot: StockLot; readonly lots: bigint; readonly minimumPurity?: Decimal }
  /** As much has been contracted: offer so much of the old. */
  | { readonly step: 'sell'; readonly lot: StockLot; readonly lots: bigint };

/** What a rule has bought, and what it has offered, to rotate a lot. In lots of the product. */
export interface RotatedSoFar {
  /** An order of the rule for the lot is open: nothing else is placed for it. */
  readonly isBidOpen: boolean;
  readonly contracted: bigint;
  readonly offered: bigint;
}

/**
 * The next step for the lots whose shelf life ends within the rule's days: the first lot, in order of issue, of which
 * something is to be done. Never more goes out than has been contracted to come in. Errors: those of units.
 */
export function nextRotation(
  { daysBefore }: Extract<StandingRuleTerms, { kind: 'rotate' }>,
  lots: readonly StockLot[],
  soFar: (lot: StockLot) => RotatedSoFar,
  product: Product,
  today: CalendarDate,
): Rotation | undefined {
  const until = addDays(today, daysBefore);
  for (const lot of inOrderOfIssue(lots)) {
    if (lot.status !== 'held' || lot.shelfLifeEnds === undefined || lot.shelfLifeEnds > until) continue;
    const free = freeOf(lot, product);
    const whole = free < stepsOfLots(1n, product) ? 0n : wholeLots(free, product);
    const { isBidOpen, contracted, offered } = soFar(lot);
    const toSell = least(atLeast(contracted - offered), whole);
    if (toSell > 0n) return { step: 'sell', lot, lots: toSell };
    const toBuy = atLeast(whole - atLeast(contracted - offered));
    if (toBuy > 0n && !isBidOpen)
      return {
        ...{ step: 'buy', lot, lots: toBuy },
        ...(lot.purity === undefined ? {} : { minimumPurity: lot.purity }),
      };
  }
  return undefined;
}

/** Whole lots of a mass that has one at least. */
function wholeLots(steps: bigint, product: Product): bigint {
  const lots = steps / stepsOfLots(1n, product);
  const read = lotsOf(massOfSteps(lots * stepsOfLots(1n, product), product), product);
  if (!read.ok || read.value !== lots) throw new Error('steps and lots of a product do not agree');
  return lots;
}
