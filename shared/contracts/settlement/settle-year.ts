import { atScale, plus, sumOf, times } from '../../kernel/arithmetic.ts';
import { divide, tenTo } from '../../kernel/decimal.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import type { Price } from '../../kernel/money.ts';
import { digitsOf, moneyOf } from '../../kernel/money.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { yearOf } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { signedMoneyOf } from '../../kernel/signed.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import { accounts } from '../../ledger/account.ts';
import type { Movement } from '../../ledger/posting.ts';
import { minorUnits } from '../../ledger/posting.ts';
import { upsideOf } from '../../pricing/upside.ts';
import type { EventOf } from '../contract-events.ts';
import type { Contract } from '../contract.ts';
import { isLive, performanceOf, quartersOwed } from '../quantities.ts';
import type { StandardTermsTerms } from '../standard-terms.ts';
import { settlesYears } from '../standard-terms.ts';
import type { ContractState } from '../state.ts';
import type { TakeOrPayOutcome } from '../take-or-pay.ts';
import { takeOrPayOf } from '../take-or-pay.ts';
import type { QuarterSettlement, Settlement, YearSettlement } from './settlement.ts';
import type { Settled } from './settle-quarter.ts';
import { endOf, lastQuarterOf, posted, postingsOf, settlementId } from './settle-quarter.ts';

export interface YearInput {
  readonly contract: Contract;
  readonly state: ContractState;
  /** The version that the contract keeps, before any amendment. */
  readonly standardTerms: StandardTermsTerms;
  readonly year: number;
  readonly earlier: readonly Settlement[];
  readonly containedFactor?: Decimal | undefined;
  readonly at: Instant;
}

/** What the event of a settled year says beside its number: what it leaves for later years, and used up of earlier ones. */
export type YearBanks = Omit<
  EventOf<'year_settled'>,
  'type' | 'at' | 'by' | 'hash' | 'sequence' | 'settlement' | 'year'
>;

export interface SettledYear extends Settled<YearSettlement> {
  readonly banks: YearBanks;
}

/**
 * Whether a year is to be settled: it is over (or the contract is), all that was owed or delivered in it is settled, and
 * something is settled by the year.
 */
export function isYearDue(state: ContractState, year: number, at: Instant): boolean {
  const { terms, ended, deliveries, settled } = state;
  const isOver = endOf(lastQuarterOf(year)) <= dateOf(at);
  const delivered = deliveries.filter(isLive).map(({ quarter }) => quarter);
  const owed = quartersOwed(state, year);
  if (ended !== undefined && owed.length === 0 && !state.settledYears.has(year)) return false;
  return (
    (settlesYears(terms) || state.settledYears.has(year)) &&
    (isOver || ended !== undefined) &&
    [...owed, ...(ended === undefined ? [] : delivered.filter((quarter) => yearOf(quarter) === year))].every(
      (quarter) => settled.has(quarter),
    )
  );
}

/**
 * Settles take-or-pay, the sharing of upside and the seller's shortfall of one calendar year, each as an entry of its own. What was settled of
 * the year before is taken off; `undefined` where nothing has changed.
 */
export function settleYear(input: YearInput): SettledYear | undefined {
  const { contract, state, standardTerms, year, earlier, at } = input;
  const quarters = lastOfEach(earlier, year);
  const price = meanPrice(contract, quarters, state, year);
  const outcome = takeOrPayOf(contract, standardTerms, year, price);
  const upside = upsideIn(state, quarters, input.containedFactor);
  const shortfall = shortfallIn(state, year, price);
  const own = earlier.filter((each): each is YearSettlement => each.kind === 'year' && each.year === year);
  const last = own.at(-1);
  const target = {
    takeOrPay: outcome === undefined ? 0n : outcome.payment - outcome.credit,
    upside: upside === undefined ? 0n : minorUnits(upside.owed),
    shortfall: shortfall === undefined ? 0n : minorUnits(shortfall.owed),
  };
  const standing = {
    takeOrPay:
      last?.takeOrPay === undefined
        ? 0n
        : minorUnits(last.takeOrPay.payment) - minorUnits(last.takeOrPay.credit),
    upside: last?.upside === undefined ? 0n : minorUnits(last.upside.owed),
    shortfall: last?.shortfall === undefined ? 0n : minorUnits(last.shortfall.owed),
  };
  const banks = banksOf(outcome, state);
  const before = contract.events.findLast((event) => event.type === 'year_settled' && event.year === year);
  const unchanged =
    target.takeOrPay === standing.takeOrPay &&
    target.upside === standing.upside &&
    target.shortfall === standing.shortfall &&
    sameBanks(before, banks);
  if (last !== undefined && unchanged) return undefined;

  const sequence = own.length + 1;
  const quarter = lastQuarterOf(year);
  const correction = sequence === 1 ? '' : `, correction ${sequence - 1}`;
  const entry = (kind: 'take-or-pay' | 'upside' | 'shortfall', amount: bigint, words: string) =>
    posted(
      { kind, contract: contract.id, year, sequence },
      quarter,
      contract,
      at,
      { price },
      fromBuyer(contract, amount),
      `${words} of ${year}${correction}`,
    );
  const entries = [
    entry('take-or-pay', target.takeOrPay - standing.takeOrPay, 'Take-or-pay'),
    entry('upside', standing.upside - target.upside, 'Upside shared'),
    entry('shortfall', standing.shortfall - target.shortfall, "Seller's shortfall"),
  ].filter((each) => each !== undefined);
  return {
    settlement: {
      id: settlementId('year', { contract: contract.id, quarter, sequence }),
      ...{ contract: contract.id, product: contract.product, seller: contract.seller, buyer: contract.buyer },
      ...{ kind: 'year', quarter, year, sequence, events: contract.events.length, price },
      ...(outcome === undefined ? {} : { takeOrPay: toldOf(outcome, state, year, price) }),
      ...(upside === undefined ? {} : { upside }),
      ...(shortfall === undefined ? {} : { shortfall }),
      buyerPays: signedMoneyOf(target.takeOrPay - target.upside - target.shortfall, price.currency),
      ...postingsOf(...entries),
      settledAt: at,
    },
    entries,
    banks,
  };
}

/** A positive amount is owed by the buyer, a negative one by the seller. */
const fromBuyer = ({ buyer, seller }: Contract, amount: bigint): Movement[] => [
  { account: accounts.organisation(buyer), amount: -amount },
  { account: accounts.organisation(seller), amount },
];

/** The last word on each settled quarter of a year. */
function lastOfEach(earlier: readonly Settlement[], year: number): Map<Quarter, QuarterSettlement> {
  const last = new Map<Quarter, QuarterSettlement>();
  for (const each of earlier)
    if (each.kind === 'delivery' && yearOf(each.quarter) === year) last.set(each.quarter, each);
  return last;
}

/** The prices at which the year's quarters settled, by the quantities agreed; rounded down to the ninth digit. */
function meanPrice(
  { schedule }: Contract,
  quarters: ReadonlyMap<Quarter, QuarterSettlement>,
  state: ContractState,
  year: number,
): Price {
  const ofYear = schedule.filter(({ quarter }) => yearOf(quarter) === year);
  // Of a contract that was terminated, those that were over; else the whole year, as it was agreed.
  const owed = quartersOwed(state, year);
  const over = ofYear.filter(({ quarter }) => owed.includes(quarter));
  const own = state.ended === undefined || over.length === 0 ? ofYear : over;
  const weights = own.map(({ quantity }) => quantity.amount);
  const prices = own.map(({ quarter, price }) => quarters.get(quarter)?.unit.price ?? price);
  const value = sumOf(prices.map(({ amount }, index) => times(amount, weights[index]!)));
  const weight = weights.reduce(plus);
  const amount = {
    units: divide(value.units * tenTo(9 + weight.scale), weight.units * tenTo(value.scale), 'down'),
    scale: 9,
  };
  return { ...prices[0]!, amount: atScale({ ...amount }, 9, 'down') };
}

function upsideIn(
  { terms: { upsideShare } }: ContractState,
  quarters: ReadonlyMap<Quarter, QuarterSettlement>,
  containedFactor: Decimal | undefined,
) {
  if (upsideShare === undefined) return undefined;
  const sales = [...quarters.values()].flatMap(({ lines, unit }) =>
    lines
      .filter(({ basis }) => basis === 'final')
      .map(({ price, quantity }) => ({ price: { ...unit.price, amount: price }, quantity })),
  );
  return must(upsideOf(upsideShare, sales, containedFactor));
}

/** Rounded down to the minor unit. */
function shortfallIn(
  state: ContractState,
  year: number,
  price: Price,
): NonNullable<YearSettlement['shortfall']> | undefined {
  const { sellerShortfall } = state.terms;
  if (sellerShortfall === undefined) return undefined;
  const { shortfall: amount } = performanceOf(state, year);
  const digits = digitsOf(price.currency);
  const { units, scale } = atScale(times(times(amount, price.amount), sellerShortfall.share), digits, 'down');
  return {
    quantity: { amount, unit: state.unit },
    owed: moneyOf(units * tenTo(digits - scale), price.currency),
  };
}

const toldOf = (
  outcome: TakeOrPayOutcome,
  state: ContractState,
  year: number,
  { currency }: Price,
): NonNullable<YearSettlement['takeOrPay']> => ({
  minimum: { amount: outcome.minimum, unit: state.unit },
  taken: { amount: performanceOf(state, year).accepted, unit: state.unit },
  deficiency: { amount: outcome.deficiency, unit: state.unit },
  payment: moneyOf(outcome.payment, currency),
  credit: moneyOf(outcome.credit, currency),
});

function banksOf(outcome: TakeOrPayOutcome | undefined, { unit }: ContractState): YearBanks {
  if (outcome === undefined) return {};
  const { makeUp, makeUpTaken, carriedForward, carryForwardUsed } = outcome;
  const ofYear = ({ year, quantity }: { year: number; quantity: Decimal }) => ({
    year,
    quantity: { amount: quantity, unit },
  });
  return {
    ...(makeUp === undefined ? {} : { makeUp: { ...makeUp, quantity: { amount: makeUp.quantity, unit } } }),
    ...(makeUpTaken.length === 0 ? {} : { makeUpTaken: makeUpTaken.map(ofYear) }),
    ...(carriedForward.units === 0n ? {} : { carriedForward: { amount: carriedForward, unit } }),
    ...(carryForwardUsed.length === 0 ? {} : { carryForwardUsed: carryForwardUsed.map(ofYear) }),
  };
}

const bankNames = ['makeUp', 'makeUpTaken', 'carriedForward', 'carryForwardUsed'] as const;

const sameBanks = (before: object | undefined, banks: YearBanks): boolean => {
  const told = (from: Partial<Record<(typeof bankNames)[number], unknown>>): string =>
    canonicalJson(
      JSON.parse(
        JSON.stringify(
          bankNames.map((name) => from[name] ?? null),
          asText,
        ),
      ),
    );
  return told(before ?? {}) === told(banks);
};
/** 5 and 5.00 are the same quantity. */
const asText = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('units' in value)) return value;
  const { units, scale } = atScale(value as Decimal, 9, 'down');
  return `${units}e-${scale}`;
};
