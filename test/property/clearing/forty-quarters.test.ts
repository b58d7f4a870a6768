import { describe, expect, it } from 'vitest';
import { readBook } from '../../../shared/clearing/book.ts';
import { seeded } from '../../bench/networks.ts';
import { totals } from '../../support/flows.ts';
import { aMarket, type Cleared } from '../../support/market.ts';
import { naiveQuarter } from '../../support/naive-market.ts';
import { sharedQuarters } from '../../support/shared-quarters.ts';

const quartersFrom = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${2027 + (index >> 2)}-Q${(index % 4) + 1}`);
/** So many lots in the first quarter, `step` more in each after it. */
const ramp = (quarters: readonly string[], lots: number, step: number): Record<string, string> =>
  Object.fromEntries(quarters.map((quarter, index) => [quarter, String(lots + step * index)]));

describe('forty quarters', () => {
  const quarters = quartersFrom(40);

  /** Ramps, partial windows, two floored zones and the rest of the world, origin caps. */
  function market(offers: number, bids: number) {
    const draw = seeded(3);
    const countries = ['AU', 'US', 'CL', 'CN', 'KR', 'BR'];
    const destinations = ['DE', 'JP', 'KR', 'IN'];
    const amounts = (): Record<string, string> => {
      const first = draw(20);
      const window = quarters.slice(first, first + 8 + draw(32));
      return ramp(window, 5 + draw(60), draw(3) === 0 ? 1 + draw(6) : 0);
    };
    const built = aMarket()
      .zone()
      .zone({ id: 'union', name: 'Union', members: ['KR'] })
      .floor('110.00')
      .floor('95.00', { zone: 'union', borderAdjusted: false });
    for (let index = 0; index < offers; index++)
      built.offer(`o${index}x`, countries[draw(6)]!, (60 + draw(50)).toFixed(2), amounts());
    for (let index = 0; index < bids; index++)
      built.bid(`b${index}x`, destinations[draw(4)]!, (100 + draw(40)).toFixed(2), amounts(), {
        ...(draw(3) === 0 && { maxOriginShare: '0.65' }),
      });
    return built;
  }

  /** Every quarter feasible on the market order by order, its gains those stated, and both sides of the proof equal. */
  function expectSound(built: ReturnType<typeof market>, cleared: Cleared): void {
    const snapshot = built.snapshot();
    for (const { quarter, flows, primal, dual } of cleared.outcome.proof) {
      const { offers, bids, network } = naiveQuarter(snapshot, quarter);
      const place = new Map([...offers, ...bids].map(({ id }) => [id, 0]));
      for (const [index, { id }] of offers.entries()) place.set(id, index);
      for (const [index, { id }] of bids.entries()) place.set(id, index);
      const pairs = new Map(
        [...network.pairOffer].map((offer, pair) => {
          const head = network.pairHead[pair]!;
          return [`${offer}:${head < bids.length ? head : network.capBid[head - bids.length]!}`, pair];
        }),
      );
      const flow = new Float64Array(network.pairOffer.length);
      for (const { offer, bid, lots } of flows) {
        const pair = pairs.get(`${place.get(offer)!}:${place.get(bid)!}`);
        expect(pair, 'an eligible pair').toBeDefined();
        flow[pair!]! += Number(lots);
      }
      const { gains, sold, bought, through } = totals(network, flow);
      expect([primal, dual]).toEqual([BigInt(gains), BigInt(gains)]);
      expect(sold.every((lots, offer) => lots <= network.supply[offer]!)).toBe(true);
      expect(bought.every((lots, bid) => lots <= network.demand[bid]!)).toBe(true);
      expect(through.every((lots, cap) => lots <= network.capLots[cap]!)).toBe(true);
    }
  }

  it('of three hundred orders with ramps clear with their proof, in few contracts that last', () => {
    const built = market(150, 150);
    const cleared = built.clear();
    expect(readBook(built.snapshot()).quarters).toEqual(quarters);
    expect(cleared.outcome.proof).toHaveLength(40);
    expectSound(built, cleared);
    const { awards } = cleared.outcome;
    const orders = new Set(awards.flatMap(({ offer, bid }) => [offer, bid]));
    const deliveries = awards.reduce((sum, { schedule }) => sum + schedule.length, 0);
    expect(orders.size).toBeGreaterThan(200);
    const unpaired = new Set(
      sharedQuarters(built.snapshot()).quarters.flatMap((quarter) =>
        quarter.awards.map(({ offer, bid }) => `${offer.order.id}:${bid.order.id}`),
      ),
    );
    expect(awards.length / orders.size, 'contracts an order').toBeLessThan(3);
    expect(awards.length / unpaired.size, 'against quarters left to themselves').toBeLessThan(0.4);
    expect(deliveries / awards.length, 'quarters a contract').toBeGreaterThan(6);
  });
});
