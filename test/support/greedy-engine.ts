import type { AwardedQuarter } from '../../shared/clearing/awards/award.ts';
import type { AwardTerms } from '../../shared/clearing/documents/conclude.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import { must, ok } from '../../shared/kernel/result.ts';
import { lotsOf, ticksOf } from '../../shared/pricing/product-terms.ts';
import type { Clear } from '../../functions/clearing/dependencies.ts';

/**
 * Stands in for the engine where the protocol is what is tested: cheapest offers to dearest bids, each seller paid its
 * ask. Pure, and nothing that could trade is left over.
 */
export const greedyEngine: Clear = (snapshot) => {
  const { product } = snapshot;
  const order = <T extends { price: Parameters<typeof ticksOf>[0] }>(entry: T) => ({
    ...entry,
    ticks: must(ticksOf(entry.price, product, 'up')),
  });
  const offers = snapshot.offers.map(order).sort((a, b) => Number(a.ticks - b.ticks));
  const bids = snapshot.bids.map(order).sort((a, b) => Number(b.ticks - a.ticks));
  const left = balances(snapshot);
  const awards = new Map<string, AwardTerms & { schedule: AwardedQuarter[] }>();
  for (const quarter of [...left.quarters].sort())
    for (const bid of bids)
      for (const offer of offers) {
        const lots = left.take(quarter, offer.id, bid.id);
        if (offer.ticks > bid.ticks || lots === 0n) continue;
        left.draw(quarter, offer.id, bid.id, lots);
        const key = `${offer.id}:${bid.id}`;
        const award = awards.get(key) ?? {
          ...{ offer: offer.id, bid: bid.id, site: offer.site, origin: 'AU' },
          destination: bid.destination ?? '',
          ...{ schedule: [], floor: undefined, standards: [], certificates: [] },
        };
        awards.set(key, award);
        award.schedule.push(atAsk(quarter, lots, offer.ticks));
      }
  return ok({
    awards: [...awards.values()],
    quarters: [...left.quarters]
      .sort()
      .map((quarter) => ({ quarter, optimality: { primal: 0n, dual: 0n, gap: 0n } })),
    inputDigest: sha256(snapshot.clearing),
    explanations: () => [0, 1, 2].map((shard) => ({ shard, awards: awards.size })),
    proof: { awards: awards.size },
  });
};

function atAsk(quarter: Quarter, lots: bigint, ask: bigint): AwardedQuarter {
  const nothing = { floorUplift: 0n, scarcity: 0n, duties: 0n, levy: 0n, support: 0n };
  return {
    ...{ quarter, lots, price: ask, landed: ask },
    waterfall: { ...nothing, ask, landed: ask },
    interval: { low: ask, high: ask },
  };
}

function balances({ product, offers, bids }: Snapshot) {
  const lots = new Map<string, bigint>();
  const quarters = new Set<Quarter>();
  for (const order of [...offers, ...bids])
    for (const { quarter, quantity } of order.remaining) {
      quarters.add(quarter);
      const count = quantity.amount.units === 0n ? 0n : must(lotsOf(quantity, product));
      lots.set(`${order.id} ${quarter}`, count);
    }
  const of = (quarter: Quarter, order: string): bigint => lots.get(`${order} ${quarter}`) ?? 0n;
  return {
    quarters,
    take: (quarter: Quarter, offer: string, bid: string): bigint =>
      of(quarter, offer) < of(quarter, bid) ? of(quarter, offer) : of(quarter, bid),
    draw: (quarter: Quarter, offer: string, bid: string, count: bigint): void => {
      for (const order of [offer, bid]) lots.set(`${order} ${quarter}`, of(quarter, order) - count);
    },
  };
}
