import type { ContractTerms } from '../contracts/chain.ts';
import { compareDecimal } from '../kernel/decimal.ts';
import type { Bid } from '../orders/bid.ts';
import type { Offer } from '../orders/offer.ts';
import type { Suspicion, Watched } from './surveillance.ts';
import { latest, suspicion } from './surveillance.ts';

/**
 * Contracts between related parties. The market itself matches nobody with its own group (`related_party`), as registered
 * at gate closure: what is left are groups that were registered afterwards.
 */
export const relatedContracts = ({ contracts, groupOf }: Watched): Suspicion[] =>
  contracts
    .filter(({ seller, buyer }) => groupOf(seller) === groupOf(buyer))
    .map(({ id, seller, buyer, offer, bid, concludedAt }) =>
      suspicion(
        'related_contract',
        concludedAt,
        `${seller} sold to ${buyer}, which is of the same group today and was not registered as such at gate closure.`,
        { organisations: [seller, buyer], evidence: [id, offer, bid] },
      ),
    );

/** Longest ring that is looked for: longer ones cost more in spreads than they could make believe. */
const longestRing = 3;

/**
 * Rings of two or three groups, each of which sold to the next for one quarter: volume and a price with no change of
 * hands. A contract between related parties is a ring of one, and told by itself.
 */
export function roundTrips({ contracts, groupOf }: Watched): Suspicion[] {
  const rings = new Map<string, Suspicion>();
  const quarters = new Set(contracts.flatMap(({ schedule }) => schedule.map(({ quarter }) => quarter)));
  for (const quarter of [...quarters].sort()) {
    const sales = contracts.filter(
      ({ schedule, seller, buyer }) =>
        groupOf(seller) !== groupOf(buyer) && schedule.some((entry) => entry.quarter === quarter),
    );
    const bySeller = Map.groupBy(sales, ({ seller }) => groupOf(seller));
    const follow = (path: readonly ContractTerms[]): void => {
      const first = groupOf(path[0]!.seller);
      for (const sale of bySeller.get(groupOf(path.at(-1)!.buyer)) ?? []) {
        const ring = [...path, sale];
        if (groupOf(sale.buyer) === first) {
          const found = ringOf(ring, quarter);
          if (!rings.has(found.id)) rings.set(found.id, found);
        } else if (ring.length < longestRing) follow(ring);
      }
    };
    for (const sale of sales) follow([sale]);
  }
  return [...rings.values()];
}

const ringOf = (ring: readonly ContractTerms[], quarter: string): Suspicion =>
  suspicion(
    'round_trip',
    latest(ring.map(({ concludedAt }) => concludedAt)),
    `Sold in a ring of ${ring.length} for ${quarter}: what each sells, the next sells on.`,
    {
      organisations: ring.flatMap(({ seller, buyer }) => [seller, buyer]),
      evidence: ring.map(({ id }) => id),
    },
  );

/** Open offers and bids of one group that would trade with one another if they were not of one group. */
export function bothSides({ offers, bids, groupOf }: Watched): Suspicion[] {
  const open = <T extends Offer | Bid>(orders: readonly T[]) =>
    orders.filter(({ status }) => status === 'open');
  const bidsByGroup = Map.groupBy(open(bids), ({ buyer }) => groupOf(buyer));
  const crossing = open(offers).flatMap((offer) =>
    (bidsByGroup.get(groupOf(offer.seller)) ?? [])
      .filter((bid) => compareDecimal(bid.price.amount, offer.price.amount) >= 0 && meet(offer, bid))
      .map((bid) => ({ offer, bid })),
  );
  return [...Map.groupBy(crossing, ({ offer }) => groupOf(offer.seller)).values()].map((pairs) =>
    suspicion(
      'both_sides',
      latest(pairs.flatMap(({ offer, bid }) => [offer.postedAt, bid.postedAt])),
      `One group has ${pairs.length === 1 ? 'an offer and a bid' : 'offers and bids'} at prices that would trade: they never match, but stand in the depth of the book.`,
      {
        organisations: pairs.flatMap(({ offer, bid }) => [offer.seller, bid.buyer]),
        evidence: pairs.flatMap(({ offer, bid }) => [offer.id, bid.id]),
      },
    ),
  );
}

const meet = (offer: Offer, bid: Bid): boolean =>
  offer.remaining.some(
    ({ quarter, quantity }) =>
      quantity.amount.units > 0n &&
      bid.remaining.some((other) => other.quarter === quarter && other.quantity.amount.units > 0n),
  );
