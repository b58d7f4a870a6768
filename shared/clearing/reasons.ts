import type { Entry } from './book.ts';
import type { Bars, ClearedQuarter, Setting } from './quarters.ts';
import { causesIn, refusalBit, type BindingCause, type RefusalCause } from './refusal.ts';

/** Why a class of orders was not filled. */
export interface Reasons {
  /** What binds, those that concern the most lots of the other side first. */
  readonly binding: readonly BindingCause[];
  /** Refusals that alone stood against some trade, with the checks of certificates that failed. */
  readonly nearMisses: ReadonlyMap<RefusalCause, ReadonlySet<number>>;
}

/** Reasons per class of a cleared quarter; only classes that were not filled have any. */
export interface QuarterReasons {
  readonly offers: ReadonlyMap<number, Reasons>;
  readonly bids: ReadonlyMap<number, Reasons>;
}

/** Collects what stood between a class and the other side. */
class Collector {
  readonly #weights = new Map<BindingCause, number>();
  readonly #refusals = new Map<BindingCause, number>();
  readonly #nearMisses = new Map<RefusalCause, Set<number>>();

  competed(cause: BindingCause, lots: number): void {
    this.#weights.set(cause, (this.#weights.get(cause) ?? 0) + lots);
  }

  refused(bits: number, lots: number, failedChecks: () => readonly number[]): void {
    const causes = causesIn(bits);
    for (const cause of causes) this.#refusals.set(cause, (this.#refusals.get(cause) ?? 0) + lots);
    const [only] = causes;
    if (causes.length !== 1 || only === undefined) return;
    const checks = this.#nearMisses.get(only) ?? new Set();
    this.#nearMisses.set(only, checks);
    if (only.startsWith('certificate_')) for (const check of failedChecks()) checks.add(check);
  }

  /** What competition says goes before refusals: an order that could trade was not kept back by those. */
  reasons(whenAlone: BindingCause): Reasons {
    const found = this.#weights.size > 0 ? this.#weights : this.#refusals;
    const binding = [...found.entries()].sort(([, a], [, b]) => b - a).map(([cause]) => cause);
    return { binding: binding.length > 0 ? binding : [whenAlone], nearMisses: this.#nearMisses };
  }
}

/** Explains a cleared quarter, class by class. */
export function reasonsOf(
  setting: Setting,
  bars: Bars,
  cleared: ClearedQuarter,
  quarter: number,
): QuarterReasons {
  const { facets, eligibility, book } = setting;
  const { market, solution } = cleared;
  const { network } = market;
  const { scarcity, surplus, capValue } = solution.prices;
  const sold = new Float64Array(market.offers.length);
  const bought = new Float64Array(market.bids.length);
  const through = new Float64Array(network.capLots.length);
  for (const [pair, lots] of solution.pairFlow.entries()) {
    const cap = network.pairHead[pair]! - market.bids.length;
    sold[network.pairOffer[pair]!]! += lots;
    bought[cap < 0 ? network.pairHead[pair]! : network.capBid[cap]!]! += lots;
    if (cap >= 0) through[cap]! += lots;
  }
  const offersLeft = collectors(market.offers, sold);
  const bidsLeft = collectors(market.bids, bought);

  for (const [i, offer] of market.offers.entries())
    for (const [j, bid] of market.bids.entries()) {
      const ofOffer = offersLeft.get(i);
      const ofBid = bidsLeft.get(j);
      if (ofOffer === undefined && ofBid === undefined) continue;
      const offerFacet = facets.offers[offer.facet]!;
      const head = market.headOf[j]![offerFacet.origin]!;
      const refused =
        eligibility.refusals(offer.facet, bid.facet, quarter) |
        (bars.has(quarter, offer.facet, bid.facet) ? refusalBit.certificate_expired : 0) |
        (head < 0 ? refusalBit.concentration_limit : 0);
      if (refused !== 0) {
        const failed = (): number[] => failedChecks(setting, offer.facet, bid.facet, quarter);
        ofOffer?.refused(refused, bid.total, failed);
        ofBid?.refused(refused, offer.total, failed);
        continue;
      }
      const weight = eligibility.weight(offer.facet, bid.facet);
      const cap = head - market.bids.length;
      const capFull = cap >= 0 && through[cap] === network.capLots[cap];
      const value = surplus[j]! + (cap >= 0 ? capValue[cap]! : 0);
      // Where even the bid's price elsewhere is below what the offer needs, it is not the cap that keeps it out.
      const keptOut = capFull && weight >= surplus[j]!;
      if (keptOut) ofOffer?.competed('concentration_limit', bid.total);
      // A bid that others then filled has no demand left either; one that was not would take more but for its cap.
      if (!keptOut || ofBid === undefined)
        ofOffer?.competed(weight < value ? 'out_of_competition' : 'insufficient_demand', bid.total);
      const bidCode = capFull ? 'concentration_limit' : undefined;
      ofBid?.competed(
        bidCode ?? (weight < scarcity[i]! ? 'out_of_competition' : 'insufficient_supply'),
        offer.total,
      );
    }
  // Nobody of the other side in the market: they have no quarter in common, or none of those in it took part.
  const alone = (others: readonly Entry<unknown>[], lacking: BindingCause): BindingCause =>
    others.length > 0 && others.every(({ lots }) => lots[quarter] === 0) ? 'window_mismatch' : lacking;
  return {
    offers: reasonsFrom(offersLeft, alone(book.bids, 'insufficient_demand')),
    bids: reasonsFrom(bidsLeft, alone(book.offers, 'insufficient_supply')),
  };
}

function collectors(classes: readonly { total: number }[], traded: Float64Array): Map<number, Collector> {
  const unfilled = [...classes.keys()].filter((index) => traded[index]! < classes[index]!.total);
  return new Map(unfilled.map((index) => [index, new Collector()]));
}

const reasonsFrom = (left: ReadonlyMap<number, Collector>, whenAlone: BindingCause): Map<number, Reasons> =>
  new Map([...left].map(([index, collector]) => [index, collector.reasons(whenAlone)]));

function failedChecks(
  { facets }: Setting,
  offerNumber: number,
  bidNumber: number,
  quarter: number,
): number[] {
  const offer = facets.offers[offerNumber]!;
  const bid = facets.bids[bidNumber]!;
  const first = Math.max(offer.firstQuarter, bid.firstQuarter);
  return bid.checks.filter((check) => facets.evidence.refusals(offer.record, [check], first, quarter) !== 0);
}
