import type { BookBid, BookOffer, Snapshot } from '../../shared/clearing/snapshot.ts';
import { quarterFromNumber, quarterNumber } from '../../shared/kernel/quarter.ts';
import { aMarket } from '../support/market.ts';
import { seeded } from './networks.ts';

const ORIGINS = ['AU', 'US', 'CL', 'CN', 'BR', 'ZA', 'CA', 'VN'];
const DESTINATIONS = ['DE', 'JP', 'US', 'KR', 'IN', 'FR'];

/**
 * A book of `orders` orders, each over as many quarters, of a few thousand kinds, as a market of many small parties on a price grid has: offers of
 * 25 asks from eight countries with or without a certificate, bids of 60 limits into six countries, a tenth of them
 * with an origin cap, of 1 to 20 lots each. A zone with a floor, a rule and a levy decides for three of the
 * destinations.
 */
export function largeBook(orders: number, quarters = 1, seed = 1): Snapshot {
  const draw = seeded(seed);
  const market = aMarket().zone().floor('95.00').scheme().rule();
  for (const [place, country] of ORIGINS.entries())
    for (const grade of ['a', 'b']) {
      market.offer(`site${place}${grade}`, country, '100.00', '1');
      if (grade === 'a') market.certificate(`site${place}${grade}`);
    }
  market.bid('pattern', 'DE', '100.00', '1').bid('capped', 'DE', '100.00', '1', { maxOriginShare: '0.65' });
  const { offers: sites, bids: patterns, ...rules } = market.snapshot();
  const pattern = patterns.find(({ maxOriginShare }) => maxOriginShare === undefined)!;
  const capped = patterns.find(({ maxOriginShare }) => maxOriginShare !== undefined)!;

  const inQuarters = Array.from({ length: quarters }, (_, at) =>
    quarterFromNumber(quarterNumber('2027-Q1') + at),
  );
  const number = (at: number): string => at.toString().padStart(20, '0');
  const terms = (tick: bigint) => {
    const lots = BigInt(1 + draw(20));
    const quantity = { amount: { units: lots, scale: 0 }, unit: 'kg' } as const;
    return {
      price: { ...pattern.price, amount: { units: tick, scale: 2 } },
      remaining: inQuarters.map((quarter) => ({ quarter, quantity })),
    };
  };
  const offers = Array.from({ length: orders >> 1 }, (_, at): BookOffer => ({
    ...sites[draw(sites.length)]!,
    ...terms(BigInt(8000 + 100 * draw(25))),
    ...{ id: `off_${number(at)}`, party: `seller-${at % 5000}`, group: `seller-${at % 5000}` },
  }));
  const bids = Array.from({ length: orders - offers.length }, (_, at): BookBid => {
    const own = terms(BigInt(9000 + 50 * draw(60)));
    return {
      ...(draw(10) === 0 ? capped : pattern),
      ...own,
      ...{ requested: own.remaining, destination: DESTINATIONS[draw(DESTINATIONS.length)]! },
      ...{ id: `bid_${number(at)}`, party: `buyer-${at % 5000}`, group: `buyer-${at % 5000}` },
    };
  });
  return { ...rules, offers, bids };
}
