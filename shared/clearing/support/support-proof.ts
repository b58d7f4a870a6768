import type { Quarter } from '../../kernel/quarter.ts';
import type { Market } from '../market.ts';
import type { SupportedQuarter, SupportRound } from './support-round.ts';

type Value<Of extends string> = Readonly<Record<Of, string>> & { readonly value: bigint };

/** What one offer sells to one bid with a programme's support; prices in ticks per lot. */
interface SupportedFlow {
  readonly quarter: Quarter;
  readonly offer: string;
  readonly bid: string;
  readonly lots: bigint;
  readonly price: bigint;
  readonly landed: bigint;
  readonly duties: bigint;
  readonly levy: bigint;
  readonly support: bigint;
}

/**
 * One programme's round, and why the same budget could not have served more, nor these lots for less: `next` (λ) and
 * values, none negative, such that for each pair that could be supported scarcity + surplus + value of the caps it runs
 * through ≥ λ − gap, and their sum over all orders and caps equals λ × lots − cost. So no flow is worth more at λ a lot:
 * of as many lots none costs less, and one lot more costs at least λ more, which is beyond what is left. Zeros are left
 * out.
 */
export interface ProvenRound {
  readonly programme: string;
  readonly next: bigint;
  readonly flows: readonly SupportedFlow[];
  readonly quarters: readonly {
    readonly quarter: Quarter;
    readonly scarcity: readonly Value<'offer'>[];
    readonly surplus: readonly Value<'bid'>[];
    readonly capValue: readonly Value<'bid' | 'origin'>[];
    /** Of what zones let in from an origin. */
    readonly limitValue: readonly Value<'origin'>[];
  }[];
}

export const provenRound = (round: SupportRound): ProvenRound => ({
  programme: round.programme,
  next: round.next,
  flows: round.awards
    .flatMap(({ offer, bid, schedule }) =>
      schedule.map(({ quarter, lots, price, landed, waterfall: { duties, levy, support } }) => ({
        ...{ quarter, offer, bid, lots, price, landed, duties, levy, support },
      })),
    )
    .sort((a, b) => compare(`${a.quarter}${a.offer}${a.bid}`, `${b.quarter}${b.offer}${b.bid}`)),
  quarters: round.quarters.map((each) => valuesOf(round, each)),
});

function valuesOf(
  { next, facets }: SupportRound,
  { quarter, market, groups, costs }: SupportedQuarter,
): ProvenRound['quarters'][number] {
  const groupOf = new Map(
    groups.flatMap(({ offers }, group) => offers.map((offer) => [offer, group] as const)),
  );
  const originOf = (offer: number): string =>
    facets.origins[facets.offers[market.offers[offer]!.facet]!.origin]!;
  const entry = (offer: number): bigint => costs.groups[groupOf.get(offer) ?? -1] ?? 0n;
  return {
    quarter,
    scarcity: ofMembers(market.offers, (offer) => costs.offers[offer]! - entry(offer)).map(
      ({ id, value }) => ({ offer: id, value }),
    ),
    surplus: ofMembers(market.bids, (bid) => next - costs.bids[bid]!).map(({ id, value }) => ({
      bid: id,
      value,
    })),
    capValue: facets.origins.flatMap((origin, index) =>
      ofMembers(market.bids, (bid) => capValue(market, costs, bid, index)).map(({ id, value }) => ({
        ...{ bid: id, origin, value },
      })),
    ),
    limitValue: groups.flatMap(({ offers }, group) =>
      costs.groups[group]! > 0n ? [{ origin: originOf(offers[0]!), value: costs.groups[group]! }] : [],
    ),
  };
}

const capValue = (market: Market, costs: SupportedQuarter['costs'], bid: number, origin: number): bigint => {
  const cost = costs.caps[market.headOf[bid]![origin]! - market.bids.length];
  return cost === undefined ? 0n : costs.bids[bid]! - cost;
};

/** What is positive, for each member of each class; sorted by order. */
const ofMembers = (
  classes: readonly { readonly members: readonly { readonly order: { readonly id: string } }[] }[],
  valueOf: (index: number) => bigint,
): { id: string; value: bigint }[] =>
  classes
    .flatMap(({ members }, index) => {
      const value = valueOf(index);
      return value > 0n ? members.map(({ order }) => ({ id: order.id, value })) : [];
    })
    .sort((a, b) => compare(a.id, b.id));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
