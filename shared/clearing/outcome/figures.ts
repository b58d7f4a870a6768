import * as z from 'zod';
import type { Contract } from '../../contracts/contract.ts';
import type { Delivery } from '../../contracts/delivery.ts';
import { stateOf } from '../../contracts/life.ts';
import { acceptedIn, performanceIn, scheduled } from '../../contracts/quantities.ts';
import { endOf } from '../../contracts/settlement/settle-quarter.ts';
import type { QuarterSettlement, Settlement } from '../../contracts/settlement/settlement.ts';
import type { StandardTermsTerms } from '../../contracts/standard-terms.ts';
import { isZero, plus, sumOf, zero } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import { decimalCodec, trimDecimal } from '../../kernel/decimal.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { firstDayOf } from '../../kernel/quarter.ts';
import type { Instant } from '../../kernel/time.ts';

/** Masses in the product's own unit, dry; in the order in which they are judged for what they give away. */
export const massFigures = [
  'matched',
  'contracted',
  'accepted',
  'delivered',
  'noticed',
  'short',
  'rejected',
  'late',
] as const;
/** In the product's currency. */
export const moneyFigures = ['paid', 'duties', 'levy', 'support'] as const;
export const figureNames = [...massFigures, ...moneyFigures] as const;
export type FigureName = (typeof figureNames)[number];

export const figuresSchema = z.record(z.enum(figureNames), decimalCodec);
export type Figures = Readonly<Record<FigureName, Decimal>>;

/** What one contract adds to the figures of one quarter. */
export interface Contribution {
  readonly contract: string;
  readonly clearing: string;
  readonly seller: string;
  readonly buyer: string;
  readonly figures: Figures;
  readonly lateDeliveries: number;
  /** Of what was accepted: settled, or `since` (after the instant), or `open` still. */
  readonly settlement: 'settled' | 'since' | 'open';
}

/** Immutable records of a contract: its terms, events and settlements. */
export interface OutcomeSource {
  readonly contract: Contract;
  readonly terms: StandardTermsTerms;
  readonly settlements: readonly Settlement[];
}

/**
 * Of events and settlements up to an instant, so that the same history always comes to the same. `matched` is what the
 * clearing awarded; `contracted` the schedule as amended, nothing if the contract ended before the quarter began.
 * `undefined` where the contract has nothing to do with the quarter.
 */
export function contributionOf(
  { contract, terms, settlements }: OutcomeSource,
  quarter: Quarter,
  asOf: Instant,
): Contribution | undefined {
  const events = contract.events.filter(({ at }) => at <= asOf);
  if (events.length === 0) return undefined;
  const state = stateOf({ ...contract, events }, terms);
  const ended = events.find(({ type }) => type === 'terminated');
  const hasEnded = ended !== undefined && ended.at < firstDayOf(quarter);
  const deliveries = state.deliveries.filter(
    (each) => each.quarter === quarter && each.status !== 'withdrawn',
  );
  const received = deliveries.filter(({ receipt }) => receipt !== undefined);
  const late = received.filter(({ receipt }) => receipt!.receivedOn >= endOf(quarter));
  const standing = settlements.filter(
    (each): each is QuarterSettlement =>
      each.kind !== 'year' && each.quarter === quarter && each.settledAt <= asOf,
  );
  const accepted = acceptedIn(state, quarter);
  const settled = standing.findLast(({ kind }) => kind === 'delivery');
  const settlement =
    settled !== undefined || isZero(accepted)
      ? 'settled'
      : settlements.some((each) => each.kind === 'delivery' && each.quarter === quarter)
        ? 'since'
        : 'open';
  const last = settled ?? standing.at(-1);
  const figures: Figures = {
    matched: contract.schedule.find((entry) => entry.quarter === quarter)?.quantity.amount ?? zero,
    contracted: hasEnded ? zero : scheduled(state, quarter),
    noticed: sumOf(deliveries.map(({ notice }) => notice.quantity.amount)),
    delivered: massOf(received),
    accepted,
    rejected: massOf(deliveries.filter(({ status }) => status === 'rejected')),
    short: hasEnded ? zero : performanceIn(state, quarter).shortfall,
    late: massOf(late),
    paid: last?.goods.amount ?? zero,
    duties: last?.duties.amount ?? zero,
    levy: last?.levy.amount ?? zero,
    support: last?.support.amount ?? zero,
  };
  if (figureNames.every((name) => isZero(figures[name]))) return undefined;
  return {
    ...{ contract: contract.id, clearing: contract.clearing, seller: contract.seller, buyer: contract.buyer },
    ...{ figures, lateDeliveries: late.length, settlement },
  };
}

const massOf = (deliveries: readonly Delivery[]): Decimal =>
  sumOf(
    deliveries.map(({ finalQuantity, provisionalQuantity }) => (finalQuantity ?? provisionalQuantity).amount),
  );

export const totalsOf = (contributions: readonly Contribution[]): Figures =>
  Object.fromEntries(
    figureNames.map((name) => [
      name,
      trimDecimal(contributions.map(({ figures }) => figures[name]).reduce(plus, zero)),
    ]),
  ) as Figures;
