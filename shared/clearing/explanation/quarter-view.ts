import type { Quarter } from '../../kernel/quarter.ts';
import type { Award } from '../awards/award.ts';
import type { BidEntry, OfferEntry } from '../book.ts';
import { curesOfBid, curesOfOffer, publicAsk, publicLimit, type Cure } from './cures.ts';
import type { Reasons } from './misses.ts';
import { publishedPrices, type PriceInterval } from '../documents/published.ts';
import type { ClearedMarket, ClearedQuarter, Setting } from '../quarters.ts';
import { reasonsOf, type QuarterReasons } from './reasons.ts';
import type { MarketCause } from '../eligibility/refusal.ts';

/** What is told of every member of a class that was not filled. */
export interface Told {
  readonly binding: readonly MarketCause[];
  readonly cures: readonly Cure[];
  /** The limit or ask, in ticks, that public prices suggest. */
  readonly price: bigint | undefined;
}

/** What a cleared quarter says of single orders. */
export interface QuarterView {
  readonly awarded: ReadonlyMap<OfferEntry | BidEntry, number>;
  readonly told: ReadonlyMap<OfferEntry | BidEntry, Told>;
}

/** Quarters that were solved once, and of which equal prices are public, are explained once. */
export function viewsOf(
  setting: Setting,
  { quarters, bars }: ClearedMarket,
  awards: readonly Award[],
): Map<Quarter, QuarterView> {
  const published = publishedPrices(setting.snapshot, awards);
  const reasons = new Map<ClearedQuarter, QuarterReasons>();
  const known = new Map<QuarterReasons, Map<string, QuarterView>>();
  return new Map(
    setting.book.quarters.map((name, quarter) => {
      const cleared = quarters[quarter]!;
      const why = reasons.get(cleared) ?? reasonsOf(setting, bars, cleared, quarter);
      reasons.set(cleared, why);
      const prices = published.get(name);
      const key = prices === undefined ? '' : `${prices.low}:${prices.high}`;
      const ofReasons = known.get(why) ?? new Map<string, QuarterView>();
      known.set(why, ofReasons);
      const view = ofReasons.get(key) ?? viewOf(setting, cleared, why, prices);
      ofReasons.set(key, view);
      return [name, view];
    }),
  );
}

function viewOf(
  setting: Setting,
  { market, awards }: ClearedQuarter,
  reasons: QuarterReasons,
  prices: PriceInterval | undefined,
): QuarterView {
  const { facets } = setting;
  const awarded = new Map<OfferEntry | BidEntry, number>();
  for (const { offer, bid, lots } of awards)
    for (const entry of [offer, bid]) awarded.set(entry, (awarded.get(entry) ?? 0) + lots);
  const told = new Map<OfferEntry | BidEntry, Told>();
  const spread = (
    classes: readonly { readonly facet: number; readonly members: readonly (OfferEntry | BidEntry)[] }[],
    found: ReadonlyMap<number, Reasons>,
    of: (facet: number, reasons: Reasons) => Omit<Told, 'binding'>,
  ): void => {
    for (const [index, why] of found) {
      const { facet, members } = classes[index]!;
      const each = { binding: why.binding, ...of(facet, why) };
      for (const entry of members) told.set(entry, each);
    }
  };
  spread(market.offers, reasons.offers, (number, { misses }) => {
    const facet = facets.offers[number]!;
    return {
      cures: curesOfOffer(setting, facet, misses, prices),
      price: publicAsk(setting, facet, prices),
    };
  });
  spread(market.bids, reasons.bids, (number, { misses }) => {
    const facet = facets.bids[number]!;
    return { cures: curesOfBid(setting, facet, misses, prices), price: publicLimit(facet, prices) };
  });
  return { awarded, told };
}
