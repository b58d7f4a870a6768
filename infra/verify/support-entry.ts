import type { Bid, Offer } from './book.ts';
import type { Case } from './case.ts';
import { compare } from './exact.ts';
import type { Programme } from './proof.ts';

/**
 * The orders that a programme serves: without conditions and not of pools; of eligible sites, never of stock lots; into its zone; from its
 * reference price of the day on, or the least that counts. Without one, nobody. Bids ask for its certificates, too.
 */
export function entered(
  { proof, book, rejected }: Case,
  programme: Programme,
): { offers: readonly Offer[]; bids: readonly Bid[] } {
  const { snapshot } = proof;
  const { eligible, minimumReference, zone } = programme;
  const reference = snapshot.references?.find(({ id }) => id === programme.reference);
  if (reference?.status !== 'available' || !reference.price) return { offers: [], bids: [] };
  const { amount } = reference.price;
  const least = minimumReference?.amount ?? amount;
  const gate = compare(least, amount) > 0 ? least : amount;
  const members = snapshot.zones.find(({ id }) => id === zone)?.members ?? [];
  const sites = new Map(snapshot.sites.map((site) => [site.id, site]));
  const isServed = ({ json }: Offer | Bid): boolean =>
    !rejected.has(json.id) && !json.minimumLot && json.allOrNone !== true && (json.minimumQuarters ?? 1) <= 1;
  return {
    offers: [...book.offers.values()].filter((offer) => {
      const site = sites.get(offer.json.site);
      return (
        isServed(offer) &&
        site !== undefined &&
        !site.id.startsWith('lot_') &&
        (eligible.sites?.includes(site.id) ?? true) &&
        (eligible.origins?.includes(site.country) ?? true) &&
        (eligible.stages?.includes(site.stage) ?? true) &&
        (eligible.recycledOnly !== true || site.stage === 'recycling')
      );
    }),
    bids: [...book.bids.values()]
      .filter(
        (bid) =>
          isServed(bid) &&
          typeof bid.json.pool !== 'string' &&
          members.includes(bid.json.destination) &&
          compare(bid.json.price.amount, gate) >= 0,
      )
      .map((bid) => ({
        ...bid,
        json: { ...bid.json, requires: [...(bid.json.requires ?? []), ...(eligible.standards ?? [])] },
      })),
  };
}
