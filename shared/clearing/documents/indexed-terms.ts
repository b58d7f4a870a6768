import type { Contract } from '../../contracts/contract.ts';
import type { IndexedTerms } from '../../pricing/indexed-price.ts';
import { poolRules, destinationRules, tradeTerms } from '../eligibility/trade-terms.ts';
import type { BookBid, BookOffer, Snapshot } from '../snapshot.ts';

/** Of an award, what its price terms follow from. */
interface Traded {
  readonly offer: string;
  readonly bid: string;
  readonly member?: string | undefined;
  readonly origin: string;
  readonly destination: string;
}

/**
 * What the awards of indexed orders settle by: the reference of the day that they were compared at, the seller's cap,
 * and how floor and duties of the destination act, as of gate closure.
 */
export function indexedTerms(snapshot: Snapshot): (award: Traded) => Pick<Contract, 'priceTerms'> {
  const offers = new Map(snapshot.offers.map((offer) => [offer.id, offer]));
  const bids = new Map(snapshot.bids.map((bid) => [bid.id, bid]));
  return (award) => {
    const terms = offers.get(award.offer)?.priceTerms;
    return terms?.kind === 'indexed'
      ? { priceTerms: termsOf(snapshot, terms, bids.get(award.bid), award) }
      : {};
  };
}

function termsOf(
  snapshot: Snapshot,
  { reference, cap }: Extract<BookOffer['priceTerms'], { kind: 'indexed' }>,
  bid: BookBid | undefined,
  { member, origin, destination }: Traded,
): IndexedTerms {
  const found = snapshot.references?.find(({ id }) => id === reference);
  if (found?.status !== 'available')
    throw new Error(`an award on ${reference}, which has no price of the day`);
  const { series, seriesVersion, window, price, pointsDigest, basis } = found.fixing;
  const rules =
    member === undefined
      ? destinationRules(snapshot, destination)
      : poolRules(snapshot, bid?.zone ?? '', [destination]);
  const { effect, dutyRate } = tradeTerms(snapshot, rules, origin);
  const { unit, containedFactor } = snapshot.product;
  return {
    kind: 'indexed',
    reference,
    referencePrice: found.price,
    fixing: { series, seriesVersion, window, price, pointsDigest, basis },
    ...(cap === undefined ? {} : { cap }),
    ...{ floorEffect: effect, dutyRate },
    ...(price.per === unit || containedFactor === undefined ? {} : { containedFactor }),
  };
}
