import type { Quarter } from '../../kernel/quarter.ts';
import type { ConditionCode } from '../../orders/conditions.ts';
import type { BidEntry, OfferEntry } from '../book.ts';
import type { ClearedMarket, ClearedQuarter, Setting } from '../quarters.ts';

const withheldDetails: Record<ConditionCode, string> = {
  minimum_lot: 'What is left of the order is below its minimum lot, so it trades no more.',
  all_or_none: 'Another quarter of the order can trade no more, so nothing of it can.',
  minimum_quarters: 'What is left of the order is open for fewer consecutive quarters than its minimum.',
};

/**
 * How a condition kept an order out: `withheld` whatever the market, `rejected` since it could not be kept, `paradox` where
 * the order would have gained at the prices all the same.
 */
export type ConditionStanding = 'withheld' | 'rejected' | 'paradox';

export interface ConditionReason {
  readonly code: ConditionCode;
  readonly detail: string;
  readonly standing: ConditionStanding;
}

const rejectedDetails: Record<ConditionCode, string> = {
  minimum_lot: 'Its awards could not all reach the minimum lot.',
  all_or_none: 'Not all of the order could trade, so none of it did.',
  minimum_quarters: 'Its awards could not all run for the minimum number of consecutive quarters.',
};

/** By which condition of its own an order was kept out of a quarter, if it was. */
export function conditionReason(
  setting: Setting,
  { quarters, bars, rejected }: ClearedMarket,
  order: string,
  quarter: Quarter,
  entry: OfferEntry | BidEntry | undefined,
): ConditionReason | undefined {
  const withheld = setting.book.withheld.get(order)?.get(quarter);
  if (withheld !== undefined)
    return { code: withheld, detail: withheldDetails[withheld], standing: 'withheld' };
  const code = rejected.get(order);
  const index = setting.book.quarters.indexOf(quarter);
  if (code === undefined || entry === undefined || index < 0) return undefined;
  const cleared = quarters[index]!;
  const isParadox = looksGood(setting, cleared, entry, (offer, bid) => bars.has(index, offer, bid), index);
  const paradox =
    ' At the prices it would have gained: it was rejected paradoxically, since with it no prices clear the market.';
  return {
    code,
    detail: `${rejectedDetails[code]}${isParadox ? paradox : ''}`,
    standing: isParadox ? 'paradox' : 'rejected',
  };
}

/** Whether an order that took no part would gain from a trade at the prices of the quarter. */
function looksGood(
  { facets, eligibility }: Setting,
  { market, solution }: ClearedQuarter,
  entry: OfferEntry | BidEntry,
  isBarred: (offerFacet: number, bidFacet: number) => boolean,
  quarter: number,
): boolean {
  const { scarcity, surplus, capValue, scale } = solution.prices;
  const gains = (offer: number, bid: number, value: number): boolean =>
    scale * eligibility.weight(offer, bid) > value &&
    eligibility.refusals(offer, bid, quarter) === 0 &&
    !isBarred(offer, bid);
  const bidFacet = facets.bidFacet.get(entry as BidEntry);
  if (bidFacet !== undefined)
    return market.offers.some(({ facet }, row) => gains(facet, bidFacet, scarcity[row]!));
  const offerFacet = facets.offerFacet.get(entry as OfferEntry)!;
  const { origin } = facets.offers[offerFacet]!;
  return market.bids.some(({ facet }, row) => {
    const head = market.headOf[row]![origin]!;
    return head >= 0 && gains(offerFacet, facet, surplus[row]! + (capValue[head - market.bids.length] ?? 0));
  });
}
