import type { Quarter } from '../kernel/quarter.ts';
import type { ClearedQuarter, Setting } from './quarters.ts';

/**
 * With the snapshot, all that is needed to check a quarter in one pass, without the engine: the flow is feasible,
 * the duals are, and both sides' values are equal. Duals in ticks per lot, by order; those that are zero are left
 * out.
 */
export interface QuarterProof {
  readonly quarter: Quarter;
  readonly flows: readonly { readonly offer: string; readonly bid: string; readonly lots: bigint }[];
  /** What an offer earns above its landed reserve. */
  readonly scarcity: readonly { readonly offer: string; readonly ticks: bigint }[];
  /** What a bid keeps below its limit. */
  readonly surplus: readonly { readonly bid: string; readonly ticks: bigint }[];
  /** What one lot more from a capped origin would be worth. */
  readonly capValue: readonly { readonly bid: string; readonly origin: string; readonly ticks: bigint }[];
  /** Σ weight × lots and its bound, in ticks × lots. */
  readonly primal: bigint;
  readonly dual: bigint;
}

/** Spreads a quarter's duals from classes over their members; each class's value is the sum of its members'. */
export function proofOf(
  { facets }: Setting,
  { market, solution, awards }: ClearedQuarter,
  quarter: Quarter,
): QuarterProof {
  const { prices, certificate } = solution;
  const byId = (a: string, b: string): number => (a < b ? -1 : 1);
  const dualsOf = (
    classes: readonly { readonly members: readonly { readonly order: { readonly id: string } }[] }[],
    duals: Float64Array,
  ): { id: string; ticks: bigint }[] =>
    classes
      .flatMap(({ members }, index) =>
        duals[index] === 0
          ? []
          : members.map(({ order }) => ({ id: order.id, ticks: BigInt(duals[index]!) })),
      )
      .sort((a, b) => byId(a.id, b.id));
  const capValue = market.bids.flatMap(({ members }, bid) =>
    facets.origins.flatMap((origin, index) => {
      const cap = market.headOf[bid]![index]! - market.bids.length;
      const ticks = cap < 0 ? 0 : prices.capValue[cap]!;
      return ticks === 0 ? [] : members.map(({ order }) => ({ bid: order.id, origin, ticks: BigInt(ticks) }));
    }),
  );
  return {
    quarter,
    flows: awards
      .map(({ offer, bid, lots }) => ({ offer: offer.order.id, bid: bid.order.id, lots: BigInt(lots) }))
      .sort((a, b) => byId(`${a.offer}:${a.bid}`, `${b.offer}:${b.bid}`)),
    scarcity: dualsOf(market.offers, prices.scarcity).map(({ id, ticks }) => ({ offer: id, ticks })),
    surplus: dualsOf(market.bids, prices.surplus).map(({ id, ticks }) => ({ bid: id, ticks })),
    capValue: capValue.sort((a, b) => byId(`${a.bid}:${a.origin}`, `${b.bid}:${b.origin}`)),
    primal: certificate.primal,
    dual: certificate.dual,
  };
}
