import type { Decimal } from '../../kernel/decimal.ts';
import { compareDecimal } from '../../kernel/decimal.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { isStockLot } from '../../orders/offer.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Award } from '../awards/award.ts';
import { lotsFrom } from '../book.ts';
import type { BookBid, BookOffer, Snapshot, SnapshotProgramme, SnapshotSite } from '../snapshot.ts';

/**
 * What a programme's round clears: the snapshot with what has been awarded taken from its orders and counted against
 * caps, reduced to the offers and bids that the programme may serve and the quarters that it runs for. Orders with
 * conditions, and pools, take no part: support is given lot by lot, and could break what they ask for.
 *
 * Certificates must be valid in each quarter itself: a supported award may begin in any of them.
 */
export function residualSnapshot(
  snapshot: Snapshot,
  awards: readonly Award[],
  programme: SnapshotProgramme,
): Snapshot {
  const { product } = snapshot;
  const taken = lotsTaken(awards);
  const sites = new Map(snapshot.sites.map((site) => [site.id, site]));
  const members = snapshot.zones.find(({ id }) => id === programme.zone)?.members ?? [];
  const gate = leastLimit(snapshot, programme);
  const { standards = [] } = programme.eligible;
  const remainingOf = ({ id, remaining }: BookOffer | BookBid) =>
    remaining
      .filter(({ quarter }) => quarter >= programme.from && quarter <= programme.to)
      .flatMap(({ quarter, quantity }) => {
        const left = BigInt(lotsFrom(quantity, snapshot)) - (taken.get(`${id} ${quarter}`) ?? 0n);
        return left > 0n ? [{ quarter, quantity: quantityOf(left, product) }] : [];
      });
  const use = awards.flatMap(({ bid, origin, destination, schedule }) =>
    schedule.map(({ quarter, lots }) => ({
      ...{ bid, origin, destination, quarter },
      quantity: quantityOf(lots, product),
    })),
  );
  const usedBy = Map.groupBy(use, ({ bid }) => bid);
  const bids = snapshot.bids.filter(
    (bid) =>
      isServed(bid) &&
      bid.destination !== undefined &&
      members.includes(bid.destination) &&
      gate !== undefined &&
      compareDecimal(bid.price.amount, gate) >= 0,
  );
  const offers = snapshot.offers.filter(
    (offer) => bids.length > 0 && isServed(offer) && isEligible(sites.get(offer.site), programme),
  );
  return {
    ...snapshot,
    standards: snapshot.standards.map((rule) => ({ ...rule, renewalCovenant: false })),
    offers: offers.map((offer) => ({ ...offer, remaining: remainingOf(offer) })),
    bids: bids.map((bid) => ({
      ...bid,
      remaining: remainingOf(bid),
      requires: [...(bid.requires ?? []), ...standards],
      contractedByOrigin: [
        ...bid.contractedByOrigin,
        ...(usedBy.get(bid.id) ?? []).map(({ origin, quarter, quantity }) => ({ origin, quarter, quantity })),
      ],
    })),
    originUse: [
      ...snapshot.originUse,
      ...use.map(({ origin, destination, quarter, quantity }) => ({
        origin,
        destination,
        quarter,
        quantity,
      })),
    ],
    members: [],
  };
}

/**
 * The least limit that takes part: the programme's reference price of the day, so that shading a limit does not buy a
 * subsidy, or the least that counts where that is more. Undefined where there is none of the day.
 */
function leastLimit(
  { references = [] }: Snapshot,
  { reference, minimumReference }: SnapshotProgramme,
): Decimal | undefined {
  const found = references.find(({ id }) => id === reference);
  if (found?.status !== 'available') return undefined;
  const { amount } = found.price;
  const least = minimumReference?.amount ?? amount;
  return compareDecimal(least, amount) > 0 ? least : amount;
}

/** Support is given lot by lot; an order that asks for more than that, or for several buyers at once, is passed over. */
const isServed = (order: BookOffer | BookBid): boolean =>
  order.minimumLot === undefined &&
  order.allOrNone !== true &&
  (order.minimumQuarters ?? 1) <= 1 &&
  !('pool' in order && order.pool !== undefined);

function isEligible(site: SnapshotSite | undefined, { eligible }: SnapshotProgramme): boolean {
  // A programme supports what is made, not what is sold out of a reserve.
  if (site === undefined || isStockLot(site.id)) return false;
  const { sites, origins, stages, recycledOnly } = eligible;
  return (
    (sites?.includes(site.id) ?? true) &&
    (origins?.includes(site.country) ?? true) &&
    (stages?.includes(site.stage) ?? true) &&
    (recycledOnly !== true || site.stage === 'recycling')
  );
}

/** By order and quarter. */
function lotsTaken(awards: readonly Award[]): Map<string, bigint> {
  const taken = new Map<string, bigint>();
  const add = (order: string, quarter: Quarter, lots: bigint): void => {
    const key = `${order} ${quarter}`;
    taken.set(key, (taken.get(key) ?? 0n) + lots);
  };
  for (const { offer, bid, schedule } of awards)
    for (const { quarter, lots } of schedule) {
      add(offer, quarter, lots);
      add(bid, quarter, lots);
    }
  return taken;
}
