import * as fc from 'fast-check';
import { aMarket, type Amounts, type MarketBuilder } from './market.ts';

const quarters = ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4', '2028-Q1', '2028-Q2'];

/** So many lots a quarter from a first quarter on, growing by a step, for some quarters. */
const ramp: fc.Arbitrary<Amounts> = fc
  .record({
    first: fc.integer({ min: 0, max: 3 }),
    length: fc.integer({ min: 1, max: 6 }),
    lots: fc.integer({ min: 1, max: 12 }),
    step: fc.constantFrom(0, 0, 1, 3),
  })
  .map(({ first, length, lots, step }) =>
    Object.fromEntries(
      quarters.slice(first, first + length).map((quarter, index) => [quarter, String(lots + step * index)]),
    ),
  );

/** Random markets of six quarters under floors that tie most sellers: ramps, partial windows, two zones, caps. */
export const rampMarkets: fc.Arbitrary<MarketBuilder> = fc
  .record({
    offers: fc.array(
      fc.record({
        country: fc.constantFrom('AU', 'US', 'CL', 'KR'),
        ask: fc.constantFrom('70.00', '90.00', '105.00'),
        amounts: ramp,
      }),
      { minLength: 2, maxLength: 7 },
    ),
    bids: fc.array(
      fc.record({
        destination: fc.constantFrom('DE', 'JP', 'KR'),
        limit: fc.constantFrom('110.00', '120.00', '130.00'),
        amounts: ramp,
        share: fc.constantFrom(undefined, undefined, '0.5'),
      }),
      { minLength: 2, maxLength: 7 },
    ),
    /** What the partners consume a quarter, half of it at most from any one outside. */
    consumption: fc.option(fc.integer({ min: 4, max: 16 }), { freq: 2, nil: undefined }),
  })
  .map(({ offers, bids, consumption }) => {
    const market = aMarket()
      .zone(consumption === undefined ? {} : { maxOriginShare: '0.5' })
      .zone({ id: 'union', name: 'Union', members: ['KR'] })
      .floor('110.00')
      .floor('95.00', { zone: 'union' });
    if (consumption !== undefined) market.consumption(quarters, String(consumption));
    for (const [index, { country, ask, amounts }] of offers.entries())
      market.offer(`o${index}x`, country, ask, amounts);
    for (const [index, { destination, limit, amounts, share }] of bids.entries())
      market.bid(
        `b${index}x`,
        destination,
        limit,
        amounts,
        share === undefined ? {} : { maxOriginShare: share },
      );
    return market;
  });

/** Random markets of two equal quarters in which nearly everybody is tied with everybody, some bids capped. */
export const tiedMarkets: fc.Arbitrary<MarketBuilder> = fc
  .record({
    offers: fc.array(
      fc.record({ country: fc.constantFrom('AU', 'US', 'JP'), lots: fc.integer({ min: 1, max: 24 }) }),
      { minLength: 3, maxLength: 7 },
    ),
    bids: fc.array(
      fc.record({
        limit: fc.constantFrom('120.00', '120.00', '130.00'),
        lots: fc.integer({ min: 1, max: 24 }),
        share: fc.constantFrom(undefined, undefined, undefined, '0.65'),
        excluded: fc.constantFrom(undefined, undefined, 'AU', 'US'),
      }),
      { minLength: 3, maxLength: 7 },
    ),
  })
  .map(({ offers, bids }) => {
    const both = (lots: number): Amounts => ({ '2027-Q1': String(lots), '2027-Q2': String(lots) });
    const market = aMarket().zone().floor('110.00');
    for (const [index, { country, lots }] of offers.entries())
      market.offer(`o${index}x`, country, '90.00', both(lots));
    for (const [index, { limit, lots, share, excluded }] of bids.entries())
      market.bid(`b${index}x`, 'DE', limit, both(lots), {
        ...(share !== undefined && { maxOriginShare: share }),
        ...(excluded !== undefined && { excludedOrigins: [excluded] }),
      });
    return market;
  });
