import type { Quarter } from '../../kernel/quarter.ts';
import type { QuarterQuantity } from '../../orders/delivery.ts';
import type { WouldNeed } from './explanation.ts';
import type { Order } from './near-miss.ts';
import type { BookBid, BookOffer, Snapshot } from '../snapshot.ts';

/** The market in which one order has what it would have needed in a quarter, and nothing else is different. */
export function withChangedOrder(
  snapshot: Snapshot,
  order: Order,
  quarter: Quarter,
  need: WouldNeed,
): Snapshot {
  if (!('site' in order))
    return {
      ...snapshot,
      bids: snapshot.bids.map((bid) => (bid.id === order.id ? changedBid(bid, quarter, need) : bid)),
    };
  return {
    ...snapshot,
    offers: snapshot.offers.map((offer) =>
      offer.id === order.id ? changedOffer(offer, quarter, need) : offer,
    ),
    sites: snapshot.sites.map((site) =>
      site.id === order.site && need.verifiedSite === true ? { ...site, verified: true } : site,
    ),
    certificates: [...snapshot.certificates, ...certificatesOf(snapshot, order.site, need)],
  };
}

function changedOffer(offer: BookOffer, quarter: Quarter, need: WouldNeed): BookOffer {
  return {
    ...offer,
    price: need.ask ?? offer.price,
    ...(need.delivery !== undefined && { destinations: undefined }),
    remaining: moved(offer.remaining, quarter, need),
    ...dropped(need),
  };
}

function changedBid(bid: BookBid, quarter: Quarter, need: WouldNeed): BookBid {
  const { levels = [], origins = [] } = need;
  const levelOf = new Map(levels.map(({ scheme, level }) => [scheme, level]));
  return {
    ...bid,
    price: need.limit ?? need.floor ?? bid.price,
    ...(need.acceptsConditional === true && { acceptsConditional: true }),
    excludedOrigins: bid.excludedOrigins?.filter((origin) => !origins.includes(origin)),
    requires: bid.requires?.map((each) =>
      levelOf.has(each.scheme) ? { ...each, level: levelOf.get(each.scheme) } : each,
    ),
    remaining: moved(bid.remaining, quarter, need),
    requested: moved(bid.requested, quarter, need),
    ...dropped(need),
  };
}

const dropped = ({ without = [] }: WouldNeed): Record<string, undefined> =>
  Object.fromEntries(without.map((term) => [term, undefined]));

/** The quarter's quantity lessened, or moved to another quarter. */
function moved(list: readonly QuarterQuantity[], from: Quarter, need: WouldNeed): QuarterQuantity[] {
  const { quantity } = need;
  const [to] = need.quarters ?? [];
  const all = list.map((entry) =>
    quantity !== undefined && entry.quarter === from ? { ...entry, quantity } : entry,
  );
  const found = all.find((entry) => entry.quarter === from);
  if (to === undefined || found === undefined) return all;
  const rest = all.filter((entry) => entry.quarter !== from && entry.quarter !== to);
  const there = all.find((entry) => entry.quarter === to);
  return [...rest, { quarter: to, quantity: sumOf(found.quantity, there?.quantity) }];
}

function sumOf(
  a: QuarterQuantity['quantity'],
  b: QuarterQuantity['quantity'] | undefined,
): QuarterQuantity['quantity'] {
  if (b === undefined) return a;
  const scale = Math.max(a.amount.scale, b.amount.scale);
  const units = [a, b].reduce(
    (sum, { amount }) => sum + amount.units * 10n ** BigInt(scale - amount.scale),
    0n,
  );
  return { ...a, amount: { units, scale } };
}

/** Certificates that would show what is asked for, of the first alternative each, valid whenever the product is delivered. */
const certificatesOf = (
  { gateClosure }: Snapshot,
  site: string,
  { certificates = [] }: WouldNeed,
): Snapshot['certificates'] =>
  certificates.flatMap(({ anyOf: [first] }, index) =>
    first === undefined
      ? []
      : [
          {
            id: `crt_${String(index).padStart(20, '0')}`,
            site,
            scheme: first.scheme,
            ...(first.level !== undefined && { level: first.level }),
            validFrom: '2000-01-01',
            validTo: '2999-12-31',
            status: 'active' as const,
            version: 1,
            recordedAt: gateClosure,
          },
        ],
  );
