import type { Quarter } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { lotsOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { AwardTerms } from './conclude.ts';
import type { MarketFigures, Side } from './record.ts';
import type { BookBid, BookMember, BookOffer, Snapshot } from '../snapshot.ts';

/** One order's part in one quarter. */
interface Part {
  readonly quarter: Quarter;
  readonly group: string;
  readonly lots: bigint;
  readonly unfilled: bigint;
}

/** The book at gate closure by quarter and side, with how concentrated each figure is, and what stayed unfilled. */
export function depthOf(snapshot: Snapshot, awards: readonly AwardTerms[]): MarketFigures['depth'] {
  const { product, offers, bids } = snapshot;
  const supply = partsOf(offers, awardedLots(awards, 'offer'), product);
  // A pool's bid counts as its members: each stands for itself.
  const buyers = [...bids.filter(({ pool }) => pool === undefined), ...(snapshot.members ?? [])];
  const demand = partsOf(buyers, awardedLots(awards, 'bid'), product);
  const quarters = [...new Set([...supply, ...demand].map(({ quarter }) => quarter))].sort();
  const inQuarter = (parts: readonly Part[], quarter: Quarter): Side =>
    sideOf(parts.filter((part) => part.quarter === quarter));
  return quarters.map((quarter) => ({
    quarter,
    supply: inQuarter(supply, quarter),
    demand: inQuarter(demand, quarter),
  }));
}

/** By order and quarter. */
function awardedLots(awards: readonly AwardTerms[], side: 'offer' | 'bid'): Map<string, bigint> {
  const awarded = new Map<string, bigint>();
  for (const award of awards)
    for (const { quarter, lots } of award.schedule) {
      const order = side === 'offer' ? award.offer : (award.member ?? award.bid);
      const key = `${order} ${quarter}`;
      awarded.set(key, (awarded.get(key) ?? 0n) + lots);
    }
  return awarded;
}

const partsOf = (
  orders: readonly (BookOffer | BookBid | BookMember)[],
  awarded: ReadonlyMap<string, bigint>,
  product: Product,
): Part[] =>
  orders.flatMap(({ id, group, remaining }) =>
    remaining
      .filter(({ quantity }) => quantity.amount.units > 0n)
      .map(({ quarter, quantity }) => {
        const lots = must(lotsOf(quantity, product));
        return { quarter, group, lots, unfilled: lots - (awarded.get(`${id} ${quarter}`) ?? 0n) };
      }),
  );

function sideOf(parts: readonly Part[]): Side {
  const byGroup = [...Map.groupBy(parts, (part) => part.group).values()];
  const figure = (lotsOfPart: (part: Part) => bigint) => {
    const held = byGroup
      .map((group) => group.reduce((sum, part) => sum + lotsOfPart(part), 0n))
      .filter((lots) => lots > 0n);
    return {
      lots: held.reduce((sum, lots) => sum + lots, 0n),
      parties: held.length,
      topLots: held.reduce((most, lots) => (lots > most ? lots : most), 0n),
    };
  };
  return { ...figure((part) => part.lots), unfilled: figure((part) => part.unfilled) };
}
