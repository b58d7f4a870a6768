import type { Bid, Offer } from './book.ts';
import { many, pairOf, sum, type Case, type Trade } from './case.ts';
import { dualsOf, keyOf, type DualValues } from './duals.ts';
import type { Duals } from './shape.ts';

/** Some duals of a quarter, and the orders that they are said to bound. */
interface Bounded {
  readonly quarter: string;
  /** Their place in the proof. */
  readonly at: string;
  readonly duals: DualValues;
  readonly offers: readonly Offer[];
  readonly bids: readonly Bid[];
  readonly trades: readonly Trade[];
}

/**
 * Weak duality, quarter by quarter: where no pair that may trade gains more per lot than the duals of its two sides
 * and its caps together, no outcome whatever gains more than the duals of all that is offered, wanted and let
 * through.
 */
export function optimal(c: Case): string {
  const total = { pairs: 0n, primal: 0n, dual: 0n };
  const byQuarter = Map.groupBy(c.trades, ({ quarter }) => quarter);
  for (const [index, proven] of c.proof.quarters.entries()) {
    const { quarter, prices, bound } = proven;
    const trades = byQuarter.get(quarter) ?? [];
    const bounded = (
      name: 'prices' | 'bound',
      duals: Duals,
      isIn: (order: Offer | Bid) => boolean,
    ): Bounded => {
      const at = `/quarters/${index}/${name}`;
      const wants = (order: Offer | Bid): boolean => (order.lots.get(quarter) ?? 0n) > 0n && isIn(order);
      const offers = [...c.book.offers.values()].filter(wants);
      const bids = [...c.book.bids.values()].filter(wants);
      return { quarter, at, duals: dualsOf(duals, at, c), offers, bids, trades };
    };
    const everybody = (): boolean => true;
    const pricing = bounded('prices', prices, bound ? ({ json }) => !c.rejected.has(json.id) : everybody);
    const bounding = bound ? bounded('bound', bound, everybody) : pricing;
    for (const each of new Set([pricing, bounding])) total.pairs += wouldRather(c, each);

    const gains = sum(trades.map((trade) => trade.lots * weightOf(c, trade)));
    if (BigInt(proven.primal) !== gains)
      c.fail(`/quarters/${index}/primal`, `the trades gain ${gains} ticks × lots`);
    const { scale } = pricing.duals;
    const promised = worth(c, pricing);
    // What the prices promise and the trades do not gain can only lie in a zone's cap that is not used up.
    if (gains * scale + unusedWorth(c, pricing) !== promised)
      c.fail(
        pricing.at,
        `the prices promise gains of ${promised}/${scale} ticks × lots; the trades gain ${gains}`,
      );
    const most = worth(c, bounding) / bounding.duals.scale;
    if (BigInt(proven.dual) !== most)
      c.fail(`/quarters/${index}/dual`, `the duals bound the gains by ${most} ticks × lots`);
    total.primal += gains;
    total.dual += most;
  }
  const gap = total.dual - total.primal;
  const close = gap === 0n ? 'equal' : `are within ${gap.toLocaleString('en')} of`;
  return `${many(total.pairs, 'pair')} of offer and bid: none that may trade would rather; gains of ${total.primal.toLocaleString('en')} ticks × lots ${close} their upper bound`;
}

const weightOf = ({ rules }: Case, { offer, bid }: Trade): bigint =>
  bid.price - rules.reserve(offer.price, rules.lane(offer.origin, bid.json.destination));

/**
 * Fails for every pair that gains more per lot than its duals and may trade. One that does not trade is held to the
 * certificates of the quarter itself: a renewal covenant only prolongs a contract. Answers how many pairs there are.
 */
function wouldRather(c: Case, { quarter, at, duals, offers, bids, trades }: Bounded): bigint {
  const { rules, began } = c;
  const scale = Number(duals.scale);
  const trading = new Set(trades.map(({ pair }) => pair));
  c.tell(`${quarter}: ${many(offers.length * bids.length, 'pair')}`);
  const asked = (offer: Offer, destination: string): number => {
    const lane = rules.lane(offer.origin, destination);
    const limits = lane.caps.map((zone) => duals.limitValue.get(keyOf(zone, offer.origin)) ?? 0);
    const scarcity = duals.scarcity.get(offer.json.id) ?? 0;
    return limits.reduce(
      (all, value) => all + value,
      scale * Number(rules.reserve(offer.price, lane)) + scarcity,
    );
  };
  const given = ({ price, json }: Bid): number => scale * Number(price) - (duals.surplus.get(json.id) ?? 0);
  for (const { offer, bid, more } of pairsThatGive(offers, bids, given, asked)) {
    if (more <= (duals.capValue.get(keyOf(bid.json.id, offer.origin)) ?? 0)) continue;
    const pair = pairOf(offer, bid);
    const since = trading.has(pair) ? began.get(pair) : undefined;
    if (rules.refusal(offer, bid, quarter, since) !== undefined || isShut(c, offer, bid, quarter)) continue;
    c.fail(at, `${offer.json.id} and ${bid.json.id} may trade, and would rather than keep to these duals`);
  }
  return BigInt(offers.length) * BigInt(bids.length);
}

/** Looks at every pair, one comparison each: those in which a bid gives more than is asked of it. */
function* pairsThatGive(
  offers: readonly Offer[],
  bids: readonly Bid[],
  given: (bid: Bid) => number,
  asked: (offer: Offer, destination: string) => number,
): Generator<{ offer: Offer; bid: Bid; more: number }> {
  const destinations = [...new Set(bids.map(({ json }) => json.destination))];
  const place = Int32Array.from(bids, ({ json }) => destinations.indexOf(json.destination));
  const gives = Float64Array.from(bids, given);
  for (const offer of offers) {
    const asks = Float64Array.from(destinations, (destination) => asked(offer, destination));
    for (let index = 0; index < gives.length; index++) {
      const more = gives[index]! - asks[place[index]!]!;
      if (more > 0) yield { offer, bid: bids[index]!, more };
    }
  }
}

/** Gains aside, volume: no seller and buyer are left with lots that they could still have traded. */
export function exhausted(c: Case): string {
  const { proof, book, trades, rules, rejected, fail } = c;
  const isFree = ({ json }: Offer | Bid): boolean =>
    !rejected.has(json.id) &&
    !json.minimumLot &&
    json.allOrNone !== true &&
    (json.minimumQuarters ?? 1) === 1;
  let left = 0;
  for (const [index, { quarter }] of proof.quarters.entries()) {
    const used = new Map<string, bigint>();
    for (const { offer, bid, lots } of trades.filter((trade) => trade.quarter === quarter))
      for (const key of [offer.json.id, bid.json.id, ...capsOf(c, offer, bid)])
        used.set(key, (used.get(key) ?? 0n) + lots);
    const hasMore = (order: Offer | Bid): boolean =>
      isFree(order) && (order.lots.get(quarter) ?? 0n) > (used.get(order.json.id) ?? 0n);
    const offers = [...book.offers.values()].filter(hasMore);
    const bids = [...book.bids.values()].filter(hasMore);
    left += offers.length + bids.length;
    const asked = (offer: Offer, destination: string): number =>
      Number(rules.reserve(offer.price, rules.lane(offer.origin, destination))) - 1;
    for (const { offer, bid } of pairsThatGive(offers, bids, ({ price }) => Number(price), asked)) {
      const bidCap = rules.bidCap(bid, offer.origin, quarter);
      const isFull = capsOf(c, offer, bid).some((key, at) => {
        const cap = at === 0 ? bidCap : rules.zoneCap(key.slice(0, key.indexOf(' ')), offer.origin, quarter);
        return cap !== undefined && (used.get(key) ?? 0n) >= cap;
      });
      if (isFull || rules.refusal(offer, bid, quarter) !== undefined) continue;
      fail(
        `/quarters/${index}/flows`,
        `${offer.json.id} and ${bid.json.id} could still trade, and have lots left`,
      );
    }
  }
  return `${many(left, 'order')} with lots left: no two of them could still have traded`;
}

/** What caps a pair's lots count against: the bid's own, then its destination's zones'. */
const capsOf = ({ rules }: Case, { origin }: Offer, { json }: Bid): string[] =>
  [json.id, ...rules.lane(origin, json.destination).caps].map((whose) => keyOf(whose, origin));

/** A cap that earlier contracts use up lets nothing through, whatever it would be worth. */
const isShut = ({ rules }: Case, { origin }: Offer, bid: Bid, quarter: string): boolean =>
  rules.bidCap(bid, origin, quarter) === 0n ||
  rules.lane(origin, bid.json.destination).caps.some((zone) => rules.zoneCap(zone, origin, quarter) === 0n);

/** What duals promise for all that is offered, wanted and let through, in 1/scale ticks × lots. */
function worth({ rules }: Case, { quarter, duals, offers, bids }: Bounded): bigint {
  const of = (values: ReadonlyMap<string, number>, { json, lots }: Offer | Bid): bigint =>
    BigInt(values.get(json.id) ?? 0) * lots.get(quarter)!;
  const wanted = new Map(bids.map((bid) => [bid.json.id, bid]));
  const caps = duals.caps.map(({ bid: id, origin, value }) => {
    const bid = wanted.get(id);
    const cap = bid && rules.bidCap(bid, origin, quarter);
    const lots = bid?.lots.get(quarter) ?? 0n;
    return BigInt(value) * (cap !== undefined && cap < lots ? cap : lots);
  });
  const limits = duals.limits.map(
    ({ zone, origin, value }) => BigInt(value) * (rules.zoneCap(zone, origin, quarter) ?? 0n),
  );
  const orders = [
    ...offers.map((offer) => of(duals.scarcity, offer)),
    ...bids.map((bid) => of(duals.surplus, bid)),
  ];
  return sum([...orders, ...caps, ...limits]);
}

/** What a zone's cap would be worth as far as it is not used up, in 1/scale ticks × lots. */
function unusedWorth({ rules }: Case, { quarter, duals, trades }: Bounded): bigint {
  return sum(
    duals.limits.map(({ zone, origin, value }) => {
      const used = trades.filter(
        ({ offer, bid }) =>
          offer.origin === origin && rules.lane(origin, bid.json.destination).caps.includes(zone),
      );
      return (
        BigInt(value) * ((rules.zoneCap(zone, origin, quarter) ?? 0n) - sum(used.map(({ lots }) => lots)))
      );
    }),
  );
}
