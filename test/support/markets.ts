import * as fc from 'fast-check';
import { aMarket, kg, price, type Amounts, type MarketBuilder } from './market.ts';

const countries = ['AU', 'US', 'CL', 'CN', 'KR'];
const quarters = ['2027-Q1', '2027-Q2'];
const amount = fc.integer({ min: 1, max: 12 }).map(String);
const amounts: fc.Arbitrary<Amounts> = fc.oneof(
  fc
    .record({ both: amount })
    .map(({ both }) => Object.fromEntries(quarters.map((quarter) => [quarter, both]))),
  fc.dictionary(fc.constantFrom(...quarters), amount, { minKeys: 1 }),
);
const country = fc.constantFrom(...countries);
const list = <T>(item: fc.Arbitrary<T>, maxLength: number) =>
  fc.array(item, { minLength: maxLength >> 1, maxLength, size: 'max' });
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });

/** What orders of a market with reference prices may be tied to: `index` has a price of the day, `thin` has none. */
type PriceTerms = { kind: 'indexed'; reference: string; cap?: ReturnType<typeof price> } | undefined;
const priceTerms = fc.constantFrom<PriceTerms>(
  undefined,
  ...[undefined, '100.00', '111.00', '125.00'].flatMap((cap) => {
    const terms = { kind: 'indexed' as const, reference: 'index' };
    return cap === undefined ? [terms, terms] : [{ ...terms, cap: price(cap) }];
  }),
  { kind: 'indexed', reference: 'thin' },
);

const offerArbitrary = fc.record({
  country,
  ask: fc.constantFrom('70.00', '90.00', '99.99', '105.00', '111.00'),
  amounts,
  level: fc.constantFrom('50', '75', '75', '100'),
  validTo: fc.constantFrom('2027-01-31', '2039-12-31', '2039-12-31'),
  status: fc.constantFrom('active', 'active', 'active', 'suspended'),
  priceTerms,
  terms: fc.record(
    {
      group: fc.constantFrom('group-x', 'group-y'),
      destinations: fc.subarray(['DE', 'JP', 'IN'], { minLength: 1 }),
    },
    { requiredKeys: [] },
  ),
});
const bidArbitrary = fc.record({
  destination: fc.constantFrom('DE', 'DE', 'JP', 'KR', 'IN'),
  limit: fc.constantFrom('100.00', '109.99', '110.00', '120.00', '130.00'),
  amounts,
  share: rarely(fc.constantFrom('0.1', '0.3', '0.5', '0.65')),
  used: rarely(fc.record({ origin: country, lots: fc.integer({ min: 1, max: 4 }) })),
  excluded: rarely(fc.array(country, { minLength: 1, maxLength: 2 })),
  requires: rarely(
    fc.constantFrom<{ scheme: string; level?: string }[]>(
      [{ scheme: 'irma', level: '100' }],
      [{ scheme: 'irma' }],
    ),
  ),
  group: rarely(fc.constantFrom('group-x', 'group-y')),
  priceTerms,
});
const floorArbitrary = fc.record({
  price: fc.constantFrom('95.00', '110.00'),
  borderAdjusted: fc.boolean(),
  duties: fc.constantFrom<{ origin: string; rate: string }[]>(
    [],
    [
      { origin: 'CL', rate: '0.037' },
      { origin: 'AU', rate: '0.1' },
    ],
  ),
});

/**
 * Random snapshots in which ties, floors, levies, duties, caps, outsiders, two zones, barred and equivalent
 * origins, related parties and lacking certificates are common.
 */
export const markets: fc.Arbitrary<MarketBuilder> = fc
  .record({
    floorRequired: fc.constantFrom(true, false, false),
    floors: fc.tuple(fc.option(floorArbitrary, { freq: 3 }), fc.option(floorArbitrary)),
    equivalent: fc.boolean(),
    barred: fc.boolean(),
    rule: fc.boolean(),
    isIndexed: fc.constantFrom(true, false, false, false, false, false),
    offers: list(offerArbitrary, 7),
    bids: list(bidArbitrary, 7),
  })
  .map(({ floorRequired, floors, equivalent, barred, rule, isIndexed, offers, bids }) => {
    const market = aMarket({ floorRequired })
      .zone({
        ...(equivalent && { equivalentOrigins: [{ origin: 'CL' }] }),
        ...(barred && { barredOrigins: ['CN'] }),
      })
      .zone({ id: 'union', name: 'Union', members: ['KR'] })
      .scheme();
    for (const [index, floor] of floors.entries()) {
      if (floor === null) continue;
      const { price, ...terms } = floor;
      market.floor(price, { ...terms, zone: index === 0 ? 'partners' : 'union' });
    }
    if (rule) market.rule();
    if (isIndexed) market.reference('index', '98.765432109').reference('thin', undefined);
    const tied = (order: { priceTerms: PriceTerms }) =>
      isIndexed && order.priceTerms !== undefined ? { priceTerms: order.priceTerms } : {};
    for (const [index, offer] of offers.entries()) {
      const { level, validTo, status, terms } = offer;
      market.offer(`o${index}x`, offer.country, offer.ask, offer.amounts, { ...terms, ...tied(offer) });
      if (index % 3 > 0) market.certificate(`o${index}x`, { level, validTo, status });
    }
    for (const [index, bid] of bids.entries()) {
      const remaining = Object.entries(bid.amounts);
      const { used } = bid;
      market.bid(`b${index}x`, bid.destination, bid.limit, bid.amounts, {
        ...tied(bid),
        ...(bid.share !== undefined && { maxOriginShare: bid.share }),
        ...(bid.excluded !== undefined && { excludedOrigins: bid.excluded }),
        ...(bid.requires !== undefined && { requires: bid.requires }),
        ...(bid.group !== undefined && { group: bid.group }),
        ...(used !== undefined && {
          contractedByOrigin: [{ origin: used.origin, quarter: '2027-Q1', quantity: kg(String(used.lots)) }],
          requested: remaining.map(([quarter, lots]) => ({
            quarter,
            quantity: kg(String(Number(lots) + (quarter === '2027-Q1' ? used.lots : 0))),
          })),
        }),
      });
    }
    return market;
  });

const ticks = (low: number, high: number) =>
  fc.integer({ min: low, max: high }).map((cents) => (cents / 100).toFixed(2));

/**
 * Random snapshots of one quarter, with so many on each side that its prices are often public, at prices so close that
 * competition decides: a floor in some, few other rules.
 */
export const contestedMarkets: fc.Arbitrary<MarketBuilder> = fc
  .record({
    floor: fc.option(ticks(9_995, 10_005), { freq: 2 }),
    duty: fc.boolean(),
    offers: fc.array(
      fc.record({ country: fc.constantFrom('AU', 'AU', 'CL'), ask: ticks(9_990, 10_008), lots: amount }),
      { minLength: 5, maxLength: 9, size: 'max' },
    ),
    bids: fc.array(
      fc.record({
        limit: ticks(9_992, 10_010),
        lots: amount,
        share: rarely(fc.constantFrom('0.3', '0.5')),
        pure: rarely(fc.constant('99.5')),
      }),
      { minLength: 5, maxLength: 9, size: 'max' },
    ),
  })
  .map(({ floor, duty, offers, bids }) => {
    const market = aMarket().zone();
    if (floor !== null) market.floor(floor, duty ? { duties: [{ origin: 'CL', rate: '0.0003' }] } : {});
    for (const [index, { country: origin, ask, lots }] of offers.entries())
      market.offer(`o${index}x`, origin, ask, lots, index % 4 === 0 ? {} : { purity: '99.9' });
    for (const [index, { limit, lots, share, pure }] of bids.entries())
      market.bid(`b${index}x`, 'DE', limit, lots, {
        ...(share !== undefined && { maxOriginShare: share }),
        ...(pure !== undefined && { minimumPurity: pure }),
      });
    return market;
  });
