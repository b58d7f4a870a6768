import type { Quarter } from '../../kernel/quarter.ts';
import type { Award } from '../awards/award.ts';
import type { Market } from '../market.ts';
import type { Prices } from '../solver/prices.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';

/** What one offer sells to one bid in the quarter; prices in ticks per lot. */
export interface ProvenFlow {
  readonly offer: string;
  readonly bid: string;
  /** Where the bid is a pool's: whose part this is. */
  readonly member?: string | undefined;
  readonly lots: bigint;
  /** What the seller is paid: price + duties + levy = landed. */
  readonly price: bigint;
  readonly landed: bigint;
  readonly duties: bigint;
  readonly levy: bigint;
}

/** Duals in 1/scale ticks per lot, by order, sorted; those that are zero are left out. */
export interface ProvenDuals {
  readonly scale: bigint;
  /** What an offer earns above its landed reserve. */
  readonly scarcity: readonly { readonly offer: string; readonly value: bigint }[];
  /** What a bid keeps below its limit. */
  readonly surplus: readonly { readonly bid: string; readonly value: bigint }[];
  /** What one lot more from an origin that the bid caps would be worth. */
  readonly capValue: readonly { readonly bid: string; readonly origin: string; readonly value: bigint }[];
  /** What one lot more from an origin that a zone caps would be worth. */
  readonly limitValue: readonly { readonly zone: string; readonly origin: string; readonly value: bigint }[];
}

/** With the snapshot, all that is needed to check a quarter in one pass, without the engine. */
export interface QuarterProof {
  readonly quarter: Quarter;
  readonly flows: readonly ProvenFlow[];
  /** By which the flows were priced. */
  readonly prices: ProvenDuals;
  /** Bounds the whole book where orders were rejected; null where `prices` do. */
  readonly bound: ProvenDuals | null;
  /** Σ weight × lots and its bound rounded down, in ticks × lots. */
  readonly primal: bigint;
  readonly dual: bigint;
}

/** The quarter's flows as they were awarded and priced, and the duals by which nobody could have gained more. */
export function proofOf(
  setting: Setting,
  { market, solution, bound }: ClearedQuarter,
  quarter: Quarter,
  awards: readonly Award[],
): QuarterProof {
  return {
    quarter,
    flows: flowsOf(awards, quarter),
    prices: dualsOf(setting, market, solution.prices),
    bound: bound === undefined ? null : dualsOf(setting, bound.market, bound.solution.prices),
    primal: solution.certificate.primal,
    dual: (bound?.solution ?? solution).certificate.dual,
  };
}

/** Awards are sorted by offer, then bid; so are the flows. */
const flowsOf = (awards: readonly Award[], quarter: Quarter): ProvenFlow[] =>
  awards.flatMap(({ offer, bid, member, schedule }) =>
    schedule
      .filter((entry) => entry.quarter === quarter)
      .map(({ lots, price, landed, waterfall: { duties, levy } }) => ({
        ...{ offer, bid, lots, price, landed, duties, levy },
        ...(member === undefined ? {} : { member }),
      })),
  );

interface OrderGroup {
  readonly members: readonly { readonly order: { readonly id: string } }[];
}

/** Spreads the duals of classes over their members; each class's value is the sum of its members'. */
function dualsOf({ facets }: Setting, market: Market, prices: Prices): ProvenDuals {
  const spread = (classes: readonly OrderGroup[], duals: Float64Array): { id: string; value: bigint }[] =>
    classes.flatMap(({ members }, index) => {
      const value = duals[index]!;
      return value === 0 ? [] : members.map(({ order }) => ({ id: order.id, value: BigInt(value) }));
    });
  const capValue = facets.origins.flatMap((origin, index) => {
    const values = market.headOf.map((heads) => prices.capValue[heads[index]! - market.bids.length] ?? 0);
    return spread(market.bids, Float64Array.from(values)).map(({ id, value }) => ({
      bid: id,
      origin,
      value,
    }));
  });
  return {
    scale: BigInt(prices.scale),
    scarcity: sorted(
      spread(market.offers, prices.scarcity).map(({ id, value }) => ({ offer: id, value })),
      ({ offer }) => offer,
    ),
    surplus: sorted(
      spread(market.bids, prices.surplus).map(({ id, value }) => ({ bid: id, value })),
      ({ bid }) => bid,
    ),
    capValue: sorted(capValue, ({ bid, origin }) => `${bid}:${origin}`),
    // The market has its limits by zone, then origin.
    limitValue: market.limits
      .map((limit, index) => ({ ...limit, value: BigInt(prices.limitValue[index]!) }))
      .filter(({ value }) => value > 0n),
  };
}

const sorted = <T>(list: readonly T[], keyOf: (entry: T) => string): T[] =>
  list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
