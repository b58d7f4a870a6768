import { lessAtMost, zero } from '../../kernel/arithmetic.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { derivedId } from '../../kernel/derived-id.ts';
import { moneyOf } from '../../kernel/money.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { firstDayOf, quarterFromNumber, quarterNumber, yearOf } from '../../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../../kernel/time.ts';
import { addDays, dateOf, instantOf, millisecondsOf } from '../../kernel/time.ts';
import type { Cause, Entry } from '../../ledger/entry.ts';
import type { Movement } from '../../ledger/posting.ts';
import { entryOf } from '../../ledger/posting.ts';
import type { Contract } from '../contract.ts';
import type { Delivery } from '../delivery.ts';
import { acceptedIn } from '../quantities.ts';
import type { ContractState } from '../state.ts';
import type { Goods, GoodsAccounts } from './goods.ts';
import {
  buyerPays,
  finalLine,
  goodsMovements,
  goodsOf,
  lessGoods,
  provisionalLine,
  sumOfGoods,
} from './goods.ts';
import type { QuarterSettlement, Settlement, UnitPrices } from './settlement.ts';

/** After so many days a quarter is settled with what is final; the rest follows as a correction. */
export const settledAfterDays = 45;

export const endOf = (quarter: Quarter): CalendarDate =>
  firstDayOf(quarterFromNumber(quarterNumber(quarter) + 1));

const undecided: readonly Delivery['status'][] = ['noticed', 'received', 'assayed', 'blocked'];

/** Of a quarter's deliveries, make-up included. */
const deliveriesOf = ({ deliveries }: ContractState, quarter: Quarter): Delivery[] =>
  deliveries.filter((delivery) => delivery.quarter === quarter);

/**
 * The first day on which a quarter is settled: the day after its end where something was accepted and nothing is
 * undecided, 45 days later at the latest. A settled quarter stays due: what changes is corrected at once.
 */
export function dueFromDay(state: ContractState, quarter: Quarter): CalendarDate {
  const own = deliveriesOf(state, quarter);
  const isFinal =
    own.some(({ status }) => status === 'accepted') && !own.some(({ status }) => undecided.includes(status));
  return isFinal || state.settled.has(quarter) ? endOf(quarter) : addDays(endOf(quarter), settledAfterDays);
}

export interface QuarterInput {
  readonly contract: Contract;
  readonly state: ContractState;
  readonly quarter: Quarter;
  readonly unit: UnitPrices;
  readonly accounts: GoodsAccounts;
  /** What was settled of the contract before. */
  readonly earlier: readonly Settlement[];
  readonly at: Instant;
}

/** A settlement, and what it posts; no entry where nothing is owed. */
export interface Settled<S extends Settlement> {
  readonly settlement: S;
  readonly entries: readonly Entry[];
}

/**
 * Settles a quarter's goods: once all is final in full, before that (with provisional payment agreed) a share of what
 * has been received. What was settled before is taken off: only the difference is posted, as an entry of its own with
 * the next number. `undefined` where there is nothing to settle, or nothing has changed.
 */
export function settleQuarter(input: QuarterInput): Settled<QuarterSettlement> | undefined {
  const { contract, state, quarter, unit, earlier, at } = input;
  const isDue = dueFromDay(state, quarter) <= dateOf(at);
  const before = earlier.filter(
    (each): each is QuarterSettlement => each.kind !== 'year' && each.quarter === quarter,
  );
  const settled = before.some(({ kind }) => kind === 'delivery');
  const lines = linesOf(contract, state, quarter, unit, isDue || settled);
  const target = sumOfGoods(lines.map(goodsOf));
  const standing = standingOf(before);
  const difference = lessGoods(target, standing);
  const changes = (Object.values(difference) as bigint[]).some((amount) => amount !== 0n);
  const kind = isDue || settled ? 'delivery' : 'provisional';
  if (!changes && (kind === 'provisional' || settled)) return undefined;
  const sequence = before.filter((each) => each.kind === kind).length + 1;
  const about = { contract: contract.id, quarter, sequence };
  const cause: Cause = { kind, ...about };
  const entry = posted(
    cause,
    quarter,
    contract,
    at,
    unit,
    goodsMovements(difference, input.accounts),
    {
      provisional: `Provisional payment for ${quarter}`,
      delivery:
        sequence === 1 ? `Goods of ${quarter}` : `Correction ${sequence - 1} of the goods of ${quarter}`,
    }[kind],
  );
  const { currency } = unit.price;
  return {
    settlement: {
      id: settlementId(kind, about),
      ...{ contract: contract.id, product: contract.product, seller: contract.seller, buyer: contract.buyer },
      ...{ kind, quarter, sequence, events: contract.events.length, unit, lines },
      quantity: { amount: acceptedIn(state, quarter), unit: state.unit },
      goods: moneyOf(target.goods, currency),
      duties: moneyOf(target.duties, currency),
      levy: moneyOf(target.levy, currency),
      support: moneyOf(target.support, currency),
      buyerPays: moneyOf(buyerPays(target), currency),
      ...postingsOf(entry),
      settledAt: at,
    },
    entries: entry === undefined ? [] : [entry],
  };
}

/**
 * In full what is accepted, once that is due; a share of what was received and not refused, where it was agreed. A
 * programme supports no more than the contract was concluded for, the first that was delivered first: of a tolerance or
 * of make-up the buyer pays the whole landed price.
 */
function linesOf(
  contract: Contract,
  state: ContractState,
  quarter: Quarter,
  unit: UnitPrices,
  full: boolean,
) {
  const { provisionalShare } = state.terms;
  let supported = contract.schedule.find((each) => each.quarter === quarter)?.quantity.amount ?? zero;
  return deliveriesOf(state, quarter).flatMap((delivery) => {
    const { status, receipt } = delivery;
    if (status === 'accepted' && full) {
      const line = finalLine(delivery, unit, state, delivery.notice.makeUp === true ? zero : supported);
      if (delivery.notice.makeUp !== true) supported = lessAtMost(supported, line.quantity.amount);
      return [line];
    }
    const pays = provisionalShare !== undefined && receipt !== undefined;
    return pays && status !== 'rejected' && status !== 'withdrawn'
      ? [provisionalLine(delivery, unit, provisionalShare)]
      : [];
  });
}

/** What the quarter's last settlement says that it comes to: a provisional one is followed by the full one only. */
function standingOf(before: readonly QuarterSettlement[]): Goods {
  const last = (kind: QuarterSettlement['kind']) => before.filter((each) => each.kind === kind).at(-1);
  const standing = last('delivery') ?? last('provisional');
  return standing === undefined ? sumOfGoods([]) : goodsOf(standing);
}

/** Minutes into its quarter by which an id sorts: lists show a quarter's settlements as they follow one another. */
const places = { provisional: 0, delivery: 1, year: 2 } as const;

export function settlementId(
  kind: Settlement['kind'],
  about: { readonly contract: string; readonly quarter: Quarter; readonly sequence: number },
): string {
  const place = millisecondsOf(`${firstDayOf(about.quarter)}T00:00:00.000Z`) + places[kind] * 60_000;
  return derivedId('settlement', instantOf(place + about.sequence), canonicalJson([kind, about]));
}

export const postingsOf = (...entries: readonly (Entry | undefined)[]) => ({
  postings: entries.flatMap((entry) => entry?.postings ?? []),
  entries: entries.flatMap((entry) => (entry === undefined ? [] : [entry.id])),
});

export const posted = (
  cause: Cause,
  quarter: Quarter,
  { product }: Contract,
  postedAt: Instant,
  { price: { currency } }: Pick<UnitPrices, 'price'>,
  movements: readonly Movement[],
  description: string,
): Entry | undefined => entryOf({ cause, quarter, product, postedAt, currency, movements, description });

export const lastQuarterOf = (year: number): Quarter => `${year}-Q4`;
export const yearsOf = ({ schedule }: Pick<Contract, 'schedule'>): number[] => [
  ...new Set(schedule.map(({ quarter }) => yearOf(quarter))),
];
