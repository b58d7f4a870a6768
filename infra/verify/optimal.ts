import { rowsOf, type Bid, type Offer } from './book.ts';
import { many, pairOf, sum, type Case, type Trade } from './case.ts';
import { keyOf, type DualValues } from './duals.ts';
import { reserve } from './lanes.ts';
import { whole } from './exact.ts';
import { pairsThatGive } from './pairs.ts';

/** Some duals of a quarter, and the orders that they are said to bound. */
interface Bounded {
  readonly quarter: string;
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
    const { quarter } = proven;
    const [prices, bound] = [
      c.duals.get(`/quarters/${index}/prices`),
      c.duals.get(`/quarters/${index}/bound`),
    ];
    if (prices === undefined) continue;
    const trades = byQuarter.get(quarter) ?? [];
    const wants = (order: Offer | Bid): boolean => (order.lots.get(quarter) ?? 0n) > 0n;
    const isIn = (order: Offer | Bid): boolean => wants(order) && !c.rejected.has(order.json.id);
    const among = (duals: DualValues, takesPart: typeof isIn, bids: readonly Bid[]): Bounded => ({
      ...{ quarter, duals, trades },
      offers: [...c.book.offers.values()].filter(takesPart),
      bids: bids.filter(takesPart),
    });
    const priced = [...c.book.bids.values()];
    const everybody = priced.map((bid) => bid.unabridged ?? bid);
    const pricing = among(prices, bound ? isIn : wants, priced);
    const bounding = bound ? among(bound, wants, everybody) : pricing;
    for (const each of new Set([pricing, bounding])) total.pairs += wouldRather(c, each);

    const gains = sum(trades.map((trade) => trade.lots * weightOf(c, trade)));
    if (whole(proven.primal) !== gains)
      c.fail(`/quarters/${index}/primal`, `the trades gain ${gains} ticks × lots`);
    const promised = worth(c, pricing);
    // What the prices promise and the trades do not gain can only lie in a zone's cap that is not used up.
    if (gains * prices.scale + unusedWorth(c, pricing) !== promised)
      c.fail(
        prices.at,
        `the prices promise gains of ${promised}/${prices.scale} ticks × lots; the trades gain ${gains}`,
      );
    const most = worth(c, bounding) / bounding.duals.scale;
    if (whole(proven.dual) !== most)
      c.fail(`/quarters/${index}/dual`, `the duals bound the gains by ${most} ticks × lots`);
    total.primal += gains;
    total.dual += most;
  }
  const gap = total.dual - total.primal;
  const close = gap === 0n ? 'equal' : `are within ${gap.toLocaleString('en')} of`;
  return `${many(total.pairs, 'pair')} of offer and bid: none that may trade would rather; gains of ${total.primal.toLocaleString('en')} ticks × lots ${close} their upper bound`;
}

const weightOf = ({ rules }: Case, { offer, bid }: Trade): bigint =>
  bid.price - reserve(offer.price, rules.lane(offer.origin, bid.json.destination));

/**
 * Fails for every pair that gains more per lot than its duals and may trade. One that does not trade is held to the
 * certificates of the quarter itself: a renewal covenant only prolongs a contract. Answers how many pairs there are.
 */
function wouldRather(c: Case, { quarter, duals, offers, bids, trades }: Bounded): bigint {
  const { rules, began, fail } = c;
  const scale = Number(duals.scale);
  const pairs = BigInt(offers.length) * BigInt(bids.length);
  c.tell(`${quarter}: ${many(pairs, 'pair')}`);
  // A cap that earlier contracts use up lets nothing through, whatever it would be worth.
  const asked = (offer: Offer, destination: string): number => {
    const { origin } = offer;
    const lane = rules.lane(origin, destination);
    if (lane.caps.some((zone) => rules.zoneCap(zone, origin, quarter) === 0n)) return Infinity;
    const limits = lane.caps.map((zone) => duals.limitValue.get(keyOf(zone, origin)) ?? 0);
    const scarcity = duals.scarcity.get(offer.json.id) ?? 0;
    return limits.reduce((all, value) => all + value, scale * Number(reserve(offer.price, lane)) + scarcity);
  };
  const given = (bid: Bid, origin: string): number => {
    const { id } = bid.json;
    if (rules.bidCap(bid, origin, quarter) === 0n) return -Infinity;
    return (
      scale * Number(bid.price) - (duals.surplus.get(id) ?? 0) - (duals.capValue.get(keyOf(id, origin)) ?? 0)
    );
  };
  const check = (offer: Offer, bid: Bid, since: string | undefined): void => {
    if (rules.refusal(offer, bid, quarter, since) !== undefined) return;
    if (isHopeless(c, offer, bid, quarter)) return;
    fail(
      duals.at,
      `${offer.json.id} and ${bid.json.id} may trade, and would rather than keep to these duals`,
    );
  };
  const trading = new Set(trades.map(({ pair }) => pair));
  const [sellers, buyers] = [byId(offers), byId(bids)];
  for (const trade of trades) {
    const [offer, bid] = [sellers.get(trade.offer.json.id), buyers.get(trade.bid.json.id)];
    if (offer && bid && given(bid, offer.origin) > asked(offer, bid.json.destination))
      check(offer, bid, began.get(trade.pair));
  }
  const mayTrade = (offer: Offer, bid: Bid): boolean =>
    rules.refusalOfKind(offer, bid, quarter) === undefined;
  for (const [offer, bid] of pairsThatGive(offers, bids, { given, asked, mayTrade }))
    if (!trading.has(pairOf(offer, bid))) check(offer, bid, undefined);
  return pairs;
}

const byId = <Order extends Offer | Bid>(orders: readonly Order[]): ReadonlyMap<string, Order> =>
  new Map(orders.map((order) => [order.json.id, order]));

/** One of the two asks for more lots, or more quarters in a row, than they could ever trade with one another. */
function isHopeless({ rules }: Case, offer: Offer, bid: Bid, quarter: string): boolean {
  const least = offer.minimumLot > bid.minimumLot ? offer.minimumLot : bid.minimumLot;
  const most = [offer.lots.get(quarter), bid.lots.get(quarter), rules.bidCap(bid, offer.origin, quarter)];
  if (most.some((lots) => lots !== undefined && lots < least)) return true;
  const inARow = Math.max(offer.json.minimumQuarters ?? 1, bid.json.minimumQuarters ?? 1);
  const both = [...offer.lots.keys()].filter((each) => bid.lots.has(each));
  return (rowsOf(both).find((row) => row.includes(quarter))?.length ?? 0) < inARow;
}

/** What duals promise for all that is offered, wanted and let through, in 1/scale ticks × lots. */
function worth({ rules }: Case, { quarter, duals, offers, bids }: Bounded): bigint {
  const of = (values: ReadonlyMap<string, number>, { json, lots }: Offer | Bid): bigint =>
    BigInt(values.get(json.id) ?? 0) * lots.get(quarter)!;
  const wanted = new Map(bids.map((bid) => [bid.json.id, bid]));
  const caps = duals.caps.map(({ bid: id, origin, value }) => {
    const bid = wanted.get(id);
    const cap = bid && rules.bidCap(bid, origin, quarter);
    const lots = bid?.lots.get(quarter) ?? 0n;
    return whole(value) * (cap !== undefined && cap < lots ? cap : lots);
  });
  const limits = duals.limits.map(
    ({ zone, origin, value }) => whole(value) * (rules.zoneCap(zone, origin, quarter) ?? 0n),
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
        whole(value) * ((rules.zoneCap(zone, origin, quarter) ?? 0n) - sum(used.map(({ lots }) => lots)))
      );
    }),
  );
}
