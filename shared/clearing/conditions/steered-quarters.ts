import type { BidEntry, OfferEntry } from '../book.ts';
import { bidOf } from '../solver/network.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import { insistOnTime } from '../quarters.ts';
import { shareAmongMembers } from '../awards/sharing.ts';
import { steeredFlow } from './steered-flow.ts';
import { tightMarket, type TightMarket } from './tight-market.ts';

/** What is asked of one quarter: pairs that carry nothing, and pairs that carry at least so many lots. */
export interface Asked {
  readonly forbidden: ReadonlySet<number>;
  readonly minima: ReadonlyMap<number, number>;
}

/** One quarter's tight market, where its pairs are, and the flows that were found for what was asked of it. */
interface Steerable {
  readonly tight: TightMarket;
  /** By offer, then bid: the pair of the tight network. */
  readonly pairOf: ReadonlyMap<OfferEntry, ReadonlyMap<BidEntry, number>>;
  readonly flows: Map<string, ClearedQuarter | undefined>;
}

/** Quarters solved again within equal gains; what is known of a cleared quarter is kept while that quarter is. */
export class SteeredQuarters {
  readonly #setting: Setting;
  readonly #steerable = new WeakMap<ClearedQuarter, { readonly steerable: Steerable | undefined }>();
  /** Pairs solved: what a search may spend is counted in these. */
  effort = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** How many tight pairs a quarter has, single orders with conditions apart; 0 where they are too many. */
  pairsIn(base: ClearedQuarter): number {
    return this.#steerableOf(base)?.tight.market.network.pairOffer.length ?? 0;
  }

  /** The pair of two single orders; undefined where it is not tight. */
  pairAt(base: ClearedQuarter, offer: OfferEntry, bid: BidEntry): number | undefined {
    return this.#steerableOf(base)?.pairOf.get(offer)?.get(bid);
  }

  /** The quarter as it clears with what is asked of it; undefined where that cannot be had at equal gains. */
  solve(
    base: ClearedQuarter,
    asked: Asked,
    filled: readonly (OfferEntry | BidEntry)[],
    evenly: boolean,
  ): ClearedQuarter | undefined {
    const steerable = this.#steerableOf(base);
    if (steerable === undefined) return undefined;
    const { tight, flows } = steerable;
    const key = [
      [...asked.forbidden].sort((a, b) => a - b).join(),
      [...asked.minima]
        .sort(([a], [b]) => a - b)
        .map(([pair, lots]) => `${pair}:${lots}`)
        .join(),
      filled
        .map(({ rank }) => rank)
        .sort()
        .join(),
      evenly,
    ].join('/');
    const known = flows.get(key);
    if (known !== undefined || flows.has(key)) return known;
    insistOnTime(this.#setting);
    const restrictions = { ...asked, filled: new Set(filled) };
    const flow = steeredFlow(tight, restrictions, base.solution.certificate.primal, evenly);
    this.effort += tight.market.network.pairOffer.length;
    const cleared = flow && {
      market: tight.market,
      solution: { pairFlow: flow, prices: tight.prices, certificate: certificateOf(base, flow) },
      awards: shareAmongMembers(tight.market, flow),
      bound: base.bound,
    };
    flows.set(key, cleared);
    return cleared;
  }

  #steerableOf(base: ClearedQuarter): Steerable | undefined {
    const known = this.#steerable.get(base);
    if (known !== undefined) return known.steerable;
    const tight = tightMarket(base, this.#setting.facets);
    this.effort += base.market.network.pairOffer.length;
    const steerable = tight && { tight, pairOf: pairsOf(tight), flows: new Map() };
    this.#steerable.set(base, { steerable });
    return steerable;
  }
}

/** The same gains, at another volume perhaps. */
function certificateOf({ solution }: ClearedQuarter, flow: Float64Array) {
  return { ...solution.certificate, volume: BigInt(flow.reduce((sum, lots) => sum + lots, 0)) };
}

/** Single orders' pairs; classes of several hold no order whose single awards matter. */
function pairsOf({ market }: TightMarket): Map<OfferEntry, Map<BidEntry, number>> {
  const { network, offers, bids } = market;
  const pairs = new Map<OfferEntry, Map<BidEntry, number>>();
  for (const [pair, row] of network.pairOffer.entries()) {
    const offer = offers[row]!.members;
    const bid = bids[bidOf(network, network.pairHead[pair]!)]!.members;
    if (offer.length > 1 || bid.length > 1) continue;
    const ofOffer = pairs.get(offer[0]!) ?? new Map<BidEntry, number>();
    pairs.set(offer[0]!, ofOffer.set(bid[0]!, pair));
  }
  return pairs;
}
