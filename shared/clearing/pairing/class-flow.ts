import type { PairAward } from '../awards/sharing.ts';
import type { Facets } from '../eligibility/facet.ts';
import type { Market } from '../market.ts';

/** The flow between classes that awards add up to: explanations read from it which origin caps are full. */
export function flowOf(
  facets: Facets,
  { network, offers, headOf }: Market,
  awards: readonly PairAward[],
): Float64Array {
  const heads = network.demand.length + network.capLots.length;
  const lotsOf = new Map<number, number>();
  for (const { offerClass, bidClass, lots } of awards) {
    const head = headOf[bidClass]![facets.offers[offers[offerClass]!.facet]!.origin]!;
    lotsOf.set(offerClass * heads + head, (lotsOf.get(offerClass * heads + head) ?? 0) + lots);
  }
  const { pairOffer, pairHead } = network;
  const flow = new Float64Array(pairOffer.length);
  const trades = new Uint8Array(offers.length);
  for (const { offerClass } of awards) trades[offerClass] = 1;
  for (let pair = 0; pair < flow.length; pair++) {
    const offer = pairOffer[pair]!;
    if (trades[offer] === 1) flow[pair] = lotsOf.get(offer * heads + pairHead[pair]!) ?? 0;
  }
  return flow;
}
