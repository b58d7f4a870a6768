import * as fc from 'fast-check';
import { aMarket, kg, type Amounts, type MarketBuilder } from './market.ts';

const quarters = ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4'];
const amount = fc.integer({ min: 1, max: 20 });

/** A window of quarters at one quantity, or a ramp with gaps. */
const amounts: fc.Arbitrary<Amounts> = fc.oneof(
  fc
    .record({ from: fc.nat(2), length: fc.integer({ min: 1, max: 4 }), lots: amount })
    .map(({ from, length, lots }): Amounts =>
      Object.fromEntries(quarters.slice(from, from + length).map((quarter) => [quarter, String(lots)])),
    ),
  fc.dictionary(fc.constantFrom(...quarters), amount.map(String), { minKeys: 1, maxKeys: 4 }),
);

const conditions = fc.record(
  {
    minimumLot: fc.integer({ min: 2, max: 10 }),
    allOrNone: fc.constant(true),
    minimumQuarters: fc.integer({ min: 2, max: 3 }),
  },
  { requiredKeys: [] },
);
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });

const orderArbitrary = fc.record({ amounts, conditions: fc.option(conditions, { nil: undefined, freq: 2 }) });
const offerArbitrary = fc.record({
  order: orderArbitrary,
  country: fc.constantFrom('AU', 'US', 'CL'),
  ask: fc.constantFrom('70.00', '80.00', '80.00', '85.50', '90.00', '97.00'),
});
const bidArbitrary = fc.record({
  order: orderArbitrary,
  destination: fc.constantFrom('DE', 'JP'),
  limit: fc.constantFrom('80.00', '92.00', '100.00', '100.00', '104.50', '120.00'),
  share: rarely(fc.constantFrom('0.5', '0.65')),
});

/** How many of a market's orders may have conditions: the oracle looks at every set of them. */
const MOST_CONDITIONED = 6;

/**
 * Small markets in which conditions on both sides collide with one another, with ties, windows, a floor and origin
 * caps; at most {@link MOST_CONDITIONED} orders have any.
 */
export const conditionedMarkets: fc.Arbitrary<MarketBuilder> = fc
  .record({
    floor: fc.constantFrom(undefined, '80.00', '90.00'),
    offers: fc.array(offerArbitrary, { minLength: 2, maxLength: 5, size: 'max' }),
    bids: fc.array(bidArbitrary, { minLength: 2, maxLength: 5, size: 'max' }),
  })
  .map(({ floor, offers, bids }) => {
    const market = aMarket().zone();
    if (floor !== undefined) market.floor(floor);
    let conditioned = 0;
    const terms = ({ conditions: asked }: (typeof offers)[number]['order']) => {
      if (asked === undefined || Object.keys(asked).length === 0 || conditioned === MOST_CONDITIONED)
        return {};
      conditioned++;
      const { minimumLot, ...others } = asked;
      return { ...others, ...(minimumLot !== undefined && { minimumLot: kg(String(minimumLot)) }) };
    };
    for (const [index, { country, ask, order }] of offers.entries())
      market.offer(`o${index}x`, country, ask, order.amounts, terms(order));
    for (const [index, { destination, limit, order, share }] of bids.entries())
      market.bid(`b${index}x`, destination, limit, order.amounts, {
        ...terms(order),
        ...(share !== undefined && { maxOriginShare: share }),
      });
    return market;
  });
