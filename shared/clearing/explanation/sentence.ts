import { formatDecimal } from '../../kernel/decimal.ts';
import { quarterNumber, type Quarter } from '../../kernel/quarter.ts';
import { amountOfTicks, quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { WouldNeed } from './explanation.ts';

export type OrderSide = 'offer' | 'bid';

/** What became of an order in one quarter. */
export interface QuarterFacts {
  readonly quarter: Quarter;
  /** In lots. */
  readonly requested: bigint;
  readonly awarded: bigint;
  /** In ticks: what a seller is paid, or a buyer pays landed, at least and at most; undefined where nothing traded. */
  readonly paid: { readonly low: bigint; readonly high: bigint } | undefined;
  /** What kept the rest from trading, as the end of a sentence that begins with a quantity; '' where nothing is left. */
  readonly kept: string;
  /** What would have been enough, as the beginning of a sentence that ends so; '' where nothing is told. */
  readonly cure: string;
}

/**
 * What became of an order, in one plain sentence over all of its quarters: "Sold 300 t of 500 t at 112.40 USD/t in
 * 2027-Q1; the rest found no buyer left at its ask."
 */
export function sentenceOf(side: OrderSide, product: Product, all: readonly QuarterFacts[]): string {
  const facts = all.filter(({ requested }) => requested > 0n);
  const [verb, infinitive] = side === 'offer' ? ['Sold', 'sell'] : ['Bought', 'buy'];
  if (facts.length === 0) return `Nothing was left to ${infinitive}.`;
  const mass = (lots: bigint): string => {
    const { amount, unit } = quantityOf(lots, product);
    return `${formatDecimal(amount)} ${unit}`;
  };
  const requested = lotsIn(facts, 'requested');
  const awarded = lotsIn(facts, 'awarded');
  const traded = facts.filter((each) => each.awarded > 0n);
  const when = ` ${quartersText((traded.length > 0 ? traded : facts).map(({ quarter }) => quarter))}`;
  const price = traded.length > 0 ? ` ${paidText(side, product, traded)}` : '';
  if (awarded === requested) return `${verb} all ${mass(requested)}${price}${when}.`;

  const unfilled = facts.filter((each) => each.awarded < each.requested);
  const reasons = [...Map.groupBy(unfilled, ({ kept }) => kept)].map(([kept, group]) => ({
    kept,
    lots: lotsIn(group, 'requested') - lotsIn(group, 'awarded'),
    when: quartersText(group.map(({ quarter }) => quarter)),
  }));
  const [only] = reasons;
  const subject = awarded === 0n ? 'it' : 'the rest';
  const why =
    reasons.length === 1 && only !== undefined
      ? `${subject} ${only.kept}`
      : reasons.map((reason) => `${mass(reason.lots)} ${reason.when} ${reason.kept}`).join('; ');
  const more = awarded === 0n ? 'some of it' : 'more';
  const cures = new Set(unfilled.map(({ cure }) => cure));
  const [cure = ''] = cures;
  const enough =
    cures.size === 1 && cure !== '' ? `; ${cure} would have been enough to ${infinitive} ${more}` : '';
  return awarded === 0n
    ? `${verb} none of ${mass(requested)}${when}: ${why}${enough}.`
    : `${verb} ${mass(awarded)} of ${mass(requested)}${price}${when}; ${why}${enough}.`;
}

const lotsIn = (facts: readonly QuarterFacts[], of: 'requested' | 'awarded'): bigint =>
  facts.reduce((sum, each) => sum + each[of], 0n);

function paidText(side: OrderSide, product: Product, traded: readonly QuarterFacts[]): string {
  const paid = traded.flatMap((each) => (each.paid === undefined ? [] : [each.paid]));
  const low = paid.reduce((least, each) => (each.low < least ? each.low : least), paid[0]?.low ?? 0n);
  const high = paid.reduce((most, each) => (each.high > most ? each.high : most), 0n);
  const landed = side === 'offer' ? '' : low === high ? 'a landed price of ' : 'landed prices of ';
  return low === high
    ? `at ${landed}${priceText(low, product)}`
    : `at ${landed}${formatDecimal(amountOfTicks(low, product))} to ${priceText(high, product)}`;
}

/** "112.40 USD/kg". */
const priceText = (ticks: bigint, product: Product): string =>
  `${formatDecimal(amountOfTicks(ticks, product))} ${product.currency}/${product.unit}`;

/** "in 2027-Q1", "from 2027-Q1 to 2027-Q4", "in 2027-Q1 and 2027-Q3", "in 5 quarters between 2027-Q1 and 2029-Q4". */
export function quartersText(quarters: readonly Quarter[]): string {
  const sorted = quarters.toSorted();
  const [first = '', second] = sorted;
  const last = sorted.at(-1) ?? '';
  if (second === undefined) return `in ${first}`;
  if (sorted.length === 2) return `in ${first} and ${second}`;
  return quarterNumber(last) - quarterNumber(first) + 1 === sorted.length
    ? `from ${first} to ${last}`
    : `in ${sorted.length} quarters between ${first} and ${last}`;
}

/** What of a cure lay in the order's own hands, as the beginning of a sentence; '' where nothing did. */
export function cureText(side: OrderSide, need: WouldNeed): string {
  const { limit, ask, floor, certificates, verifiedSite, delivery, origins, certain } = need;
  if (certain === false) return '';
  const price = (amount: NonNullable<WouldNeed['limit']>): string =>
    `${formatDecimal(amount.amount)} ${amount.currency}/${amount.per}`;
  const least = limit ?? floor;
  const parts = [
    ...(least === undefined ? [] : [`a limit of ${price(least)}`]),
    ...(ask === undefined ? [] : [`an ask of ${price(ask)}`]),
    ...(origins === undefined ? [] : [`letting in ${origins.join(' or ')}`]),
    ...(need.levels ?? []).map((each) => `asking for ${schemeText(each)} only`),
    ...(need.quantity === undefined
      ? []
      : [`a quantity of ${formatDecimal(need.quantity.amount)} ${need.quantity.unit}`]),
    ...(need.quarters === undefined ? [] : [`delivery in ${need.quarters.join(' or ')} instead`]),
    ...(need.acceptsConditional === undefined ? [] : ['accepting offers that hang on conditions']),
    ...(need.without ?? []).map((term) => `doing without ${droppedText[term]}`),
  ];
  const others = [
    ...(certificates ?? []).map(({ anyOf }) => `a certificate of ${anyOf.map(schemeText).join(' or ')}`),
    ...(verifiedSite === undefined ? [] : ['a verified site']),
    ...(delivery === undefined ? [] : ['delivery to more destinations']),
  ];
  // Certificates, sites and deliveries are the seller's: a buyer cannot do anything about them.
  return [...parts, ...(side === 'offer' ? others : [])].join(' and ');
}

const schemeText = ({ scheme, level }: { scheme: string; level?: string | undefined }): string =>
  level === undefined ? scheme : `${scheme} at level ${level} or above`;

const droppedText: Record<NonNullable<WouldNeed['without']>[number], string> = {
  requires: 'the certificates it asks for itself',
  minimumPurity: 'its minimum purity',
  maxOriginShare: 'its limit on supply from one country',
  minimumLot: 'its minimum lot',
  allOrNone: 'its condition of all or none',
  minimumQuarters: 'its minimum number of quarters',
};
