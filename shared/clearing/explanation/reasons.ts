import type { Entry } from '../book.ts';
import { useOf } from '../solver/limit-repair.ts';
import { marginsOf } from './margins.ts';
import {
  Collector,
  competition,
  countCauses,
  Failures,
  mostTogether,
  RefusalSets,
  type Reasons,
} from './misses.ts';
import { laneCharges } from '../solver/network.ts';
import { impossibleAward } from '../conditions/possible-awards.ts';
import type { Bars, ClearedQuarter, Setting } from '../quarters.ts';
import { refusalBit, type MarketCause } from '../eligibility/refusal.ts';
import { CLOSED } from '../eligibility/zone-caps.ts';

/** Reasons per class of a cleared quarter; only classes that were not filled have any. */
export interface QuarterReasons {
  readonly offers: ReadonlyMap<number, Reasons>;
  readonly bids: ReadonlyMap<number, Reasons>;
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
  const { scale, scarcity, surplus, capValue, limitValue } = solution.prices;
  const use = useOf(network, solution.pairFlow);
  const charges = laneCharges(network, limitValue);
  // A cap that has a value but is not full lets no whole lot more in at the prices.
  const laneFull = network.laneLimits.map((limits) =>
    limits.some((limit) => limitValue[limit]! > 0 || use[limit] === network.limitLots[limit]),
  );
  const margins = marginsOf(setting, cleared);
  const { sold, bought, through, lotCost, headCost } = margins;
  const failures = new Failures(setting, quarter);
  const sets = new RefusalSets();
  const sides = market.bids.map(({ facet }) => ({
    limit: Number(facets.bids[facet]!.limit),
    destination: facets.bids[facet]!.destination,
  }));
  const collectors = (side: 'offer' | 'bid', classes: readonly { total: number }[], traded: Float64Array) =>
    classes.map(({ total }, index) =>
      traded[index]! < total
        ? new Collector(sets, side, facets.destinations.length, margins.speak && traded[index] === 0)
        : undefined,
    );
  const offersLeft = collectors('offer', market.offers, sold);
  const bidsLeft = collectors('bid', market.bids, bought);

  for (const [i, offer] of market.offers.entries()) {
    const ofOffer = offersLeft[i];
    const { origin } = facets.offers[offer.facet]!;
    const unsold = sold[i]! < offer.total;
    for (let j = 0; j < market.bids.length; j++) {
      const ofBid = bidsLeft[j];
      if (ofOffer === undefined && ofBid === undefined) continue;
      const bid = market.bids[j]!;
      const head = market.headOf[j]![origin]!;
      const lane = market.laneOf[origin]![sides[j]!.destination]!;
      const cap = head - market.bids.length;
      const impossible = impossibleAward(
        book,
        quarter,
        offer.members[0]!,
        bid.members[0]!,
        cap < 0 ? Infinity : network.capLots[cap]! / bid.members.length,
      );
      const refused =
        eligibility.refusals(offer.facet, bid.facet, quarter) |
        (impossible === undefined ? 0 : refusalBit[impossible]) |
        (bars.has(quarter, offer.facet, bid.facet) ? refusalBit.certificate_expired : 0) |
        (head < 0 || lane === CLOSED ? refusalBit.concentration_limit : 0);
      const weight = eligibility.weight(offer.facet, bid.facet);
      const ownCapFull = cap >= 0 && through[cap] === network.capLots[cap];
      const capFull = ownCapFull || (laneFull[lane] === true && scale * weight >= scarcity[i]!);
      const set = sets.of(refused);
      if (refused !== 0) {
        ofOffer?.refused(set, bid.total);
        ofBid?.refused(set, offer.total);
      } else {
        const gain = scale * weight;
        const value = surplus[j]! + (cap >= 0 ? capValue[cap]! : 0) + (charges[lane] ?? 0);
        // Where even the bid's price elsewhere is below what the offer needs, it is not the cap that keeps it out.
        const keptOut = capFull && gain >= surplus[j]!;
        if (keptOut) ofOffer?.competed(competition.concentration, bid.total);
        // A bid that others then filled has no demand left either; one that was not would take more but for its cap.
        if (!keptOut || ofBid === undefined)
          ofOffer?.competed(gain < value ? competition.price : competition.demand, bid.total);
        const lacking = gain < scarcity[i]! ? competition.price : competition.supply;
        ofBid?.competed(capFull ? competition.concentration : lacking, offer.total);
      }
      if (countCauses(refused) > mostTogether) continue;
      const { limit, destination } = sides[j]!;
      // The duals know nothing of a cap that becomes full with a lot more.
      const isSnug = market.isSnug[origin]![destination]!;
      const failure = failures.of(refused, offer.facet, bid.facet);
      if (ofOffer !== undefined && (refused !== 0 || ofOffer.measured)) {
        const open = bought[j]! < bid.total && !capFull;
        const most = open ? limit : limit - headCost[head]! - 1;
        ofOffer.missed(
          set,
          failure,
          -1,
          ofOffer.measured && !isSnug && head >= 0 ? most : -Infinity,
          destination,
        );
      }
      if (ofBid !== undefined && (refused !== 0 || ofBid.measured)) {
        const reserve = limit - weight;
        const least = unsold ? reserve : reserve + lotCost[i]! + 1;
        const excluded = (refused & refusalBit.origin_excluded) === 0 ? -1 : origin;
        ofBid.missed(
          set,
          failure,
          excluded,
          ofBid.measured && !isSnug ? least : Infinity,
          0,
          lane === CLOSED,
        );
      }
    }
  }
  // Nobody of the other side in the market: they have no quarter in common, or none of those in it took part.
  const alone = (others: readonly Entry<unknown>[], lacking: MarketCause): MarketCause =>
    others.length > 0 && others.every(({ lots }) => lots[quarter] === 0) ? 'window_mismatch' : lacking;
  return {
    offers: reasonsFrom(offersLeft, alone(book.bids, 'insufficient_demand')),
    bids: reasonsFrom(bidsLeft, alone(book.offers, 'insufficient_supply')),
  };
}

const reasonsFrom = (
  left: readonly (Collector | undefined)[],
  whenAlone: MarketCause,
): Map<number, Reasons> =>
  new Map(
    [...left.entries()].flatMap(([index, collector]): [number, Reasons][] =>
      collector === undefined ? [] : [[index, collector.reasons(whenAlone)]],
    ),
  );
