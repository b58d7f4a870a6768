import type { PairAward } from '../awards/sharing.ts';
import type { TradeTerms } from '../eligibility/trade-terms.ts';
import type { Market } from '../market.ts';
import type { Setting } from '../quarters.ts';
import { bidOf, promise } from '../solver/network.ts';
import { isTight, type Prices } from '../solver/prices.ts';

/** The pairs of classes that are tight and trade, by class of offers. */
export class TightPairs {
  readonly #pairs: { readonly head: number; readonly terms: number }[][];
  readonly #terms = new Map<string, number>();
  readonly #lanes = new Map<number, number>();

  constructor(
    { facets, eligibility }: Setting,
    { network, offers, bids }: Market,
    prices: Prices,
    awards: readonly PairAward[],
  ) {
    const selling = new Uint8Array(offers.length);
    const buying = new Uint8Array(bids.length);
    for (const { offerClass, bidClass } of awards) {
      selling[offerClass] = 1;
      buying[bidClass] = 1;
    }
    this.#pairs = offers.map(() => []);
    for (let pair = 0; pair < network.pairOffer.length; pair++) {
      const offerClass = network.pairOffer[pair]!;
      const head = network.pairHead[pair]!;
      const bidClass = bidOf(network, head);
      if (selling[offerClass] === 0 || buying[bidClass] === 0 || !isTight(network, prices, pair)) continue;
      const offer = facets.offers[offers[offerClass]!.facet]!;
      const bid = facets.bids[bids[bidClass]!.facet]!;
      const lane = offer.origin * facets.destinations.length + bid.destination;
      const known = this.#lanes.get(lane);
      const limits = network.laneLimits[network.pairLane[pair] ?? -1] ?? [];
      const terms = known ?? this.#number(eligibility.terms(offer, bid), limits);
      if (known === undefined) this.#lanes.set(lane, terms);
      this.#pairs[offerClass]!.push({ head, terms });
    }
  }

  #number({ inside, effect, floor, dutyRate }: TradeTerms, limits: readonly number[]): number {
    const key = [inside, effect, floor, dutyRate.units, dutyRate.scale, ...limits].join();
    const known = this.#terms.get(key) ?? this.#terms.size;
    this.#terms.set(key, known);
    return known;
  }

  of(offerClass: number): readonly { readonly head: number; readonly terms: number }[] {
    return this.#pairs[offerClass]!;
  }

  termsOf(offerClass: number, head: number): number {
    const pair = this.#pairs[offerClass]!.find((each) => each.head === head);
    promise(pair !== undefined, 'what trades is tight');
    return pair.terms;
  }
}
