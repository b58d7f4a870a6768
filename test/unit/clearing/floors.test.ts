import { describe, expect, it } from 'vitest';
import { aMarket, price } from '../../support/market.ts';

const partners = () => aMarket().zone().floor('110.00');

describe('a floor of 110 in the zone', () => {
  it('binds an origin inside: an ask of 90 sells at 110 or more', () => {
    const [entry] = partners()
      .offer('au', 'AU', '90.00', '100')
      .bid('de', 'DE', '130.00', '100')
      .clear()
      .award('au', 'de')!.schedule;
    // One seller, sold out: midway between the floor and the limit.
    expect(entry).toMatchObject({
      lots: 100n,
      price: 12000n,
      landed: 12000n,
      interval: { low: 11000n, high: 13000n },
    });
  });

  it('splits the price of an inside origin into ask, uplift and scarcity', () => {
    const [entry] = partners()
      .offer('au', 'AU', '90.00', '300')
      .bid('de', 'DE', '130.00', '100')
      .clear()
      .award('au', 'de')!.schedule;
    expect(entry!.waterfall).toEqual({
      ask: 9000n,
      floorUplift: 2000n,
      scarcity: 0n,
      duties: 0n,
      levy: 0n,
      support: 0n,
      landed: 11000n,
    });
  });

  it('pays an outside origin with supply to spare its ask, and levies the gap', () => {
    const cleared = partners().offer('cl', 'CL', '70.00', '500').bid('de', 'DE', '130.00', '100').clear();
    const [entry] = cleared.award('cl', 'de')!.schedule;
    expect(entry).toMatchObject({ lots: 100n, price: 7000n, landed: 11000n });
    expect(entry!.waterfall).toMatchObject({
      ask: 7000n,
      floorUplift: 0n,
      scarcity: 0n,
      duties: 0n,
      levy: 4000n,
    });
    expect(cleared.outcome.levyTotal).toBe(400_000n);
  });

  it('leaves nothing to levy where buyers compete for an import', () => {
    const cleared = partners().offer('cl', 'CL', '70.00', '100').bid('de', 'DE', '130.00', '300').clear();
    const [entry] = cleared.award('cl', 'de')!.schedule;
    expect(entry!.waterfall).toMatchObject({ ask: 7000n, floorUplift: 4000n, scarcity: 2000n, levy: 0n });
    expect(entry!.landed).toBe(13000n);
    expect(cleared.outcome.levyTotal).toBe(0n);
  });

  it('counts duty already paid before it levies (CIF 72.00, duty 3.7 %, 20 t)', () => {
    const cleared = aMarket({ priceTick: price('0.001') })
      .zone()
      .floor('110.000', { duties: [{ origin: 'CL', rate: '0.037' }] })
      .offer('cl', 'CL', '72.000', '50000')
      .bid('de', 'DE', '130.000', '20000')
      .clear();
    expect(cleared.award('cl', 'de')!.schedule[0]!.waterfall).toMatchObject({
      ask: 72_000n,
      duties: 2_664n,
      levy: 35_336n,
      landed: 110_000n,
    });
    expect(cleared.outcome.levyTotal).toBe(70_672_000n);
  });

  it('adds duty on top of a hard floor, rounded up to the tick', () => {
    const [entry] = aMarket()
      .zone()
      .floor('110.01', { duties: [{ origin: 'AU', destination: 'DE', rate: '0.037' }] })
      .offer('au', 'AU', '90.00', '300')
      .bid('de', 'DE', '130.00', '100')
      .clear()
      .award('au', 'de')!.schedule;
    // 3.7 % of 110.01 is 4.07037.
    expect(entry).toMatchObject({ price: 11001n, landed: 11409n });
    expect(entry!.waterfall).toMatchObject({ floorUplift: 2001n, duties: 408n, levy: 0n });
  });

  it("binds an origin with an equivalent floor like the zone's own: no levy, no price below it", () => {
    const market = (product?: string) =>
      aMarket()
        .zone({ equivalentOrigins: [{ origin: 'CL', ...(product !== undefined && { product }) }] })
        .floor('110.00')
        .offer('cl', 'CL', '70.00', '500')
        .bid('de', 'DE', '130.00', '100')
        .clear()
        .award('cl', 'de')!.schedule[0]!.waterfall;
    expect(market()).toMatchObject({ floorUplift: 4000n, levy: 0n, landed: 11000n });
    expect(market('ndpr-oxide')).toMatchObject({ floorUplift: 4000n, levy: 0n });
    expect(market('cobalt')).toMatchObject({ floorUplift: 0n, levy: 4000n });
  });

  it('without border adjustment binds inside origins only', () => {
    const cleared = aMarket()
      .zone({ equivalentOrigins: [{ origin: 'CL' }] })
      .floor('110.00', { borderAdjusted: false })
      .offer('cl', 'CL', '70.00', '500')
      .bid('de', 'DE', '130.00', '100')
      .clear();
    expect(cleared.award('cl', 'de')!.schedule[0]).toMatchObject({ price: 7000n, landed: 7000n });
    expect(cleared.outcome.levyTotal).toBe(0n);
  });

  it('does not reach a destination outside every zone, nor before its approval or after its end', () => {
    const open = (market: ReturnType<typeof aMarket>, destination = 'DE') =>
      market
        .offer('au', 'AU', '90.00', '300')
        .bid('buyer', destination, '100.00', '100')
        .clear()
        .award('au', 'buyer')?.schedule[0]?.landed;
    expect(open(partners(), 'CL')).toBe(9000n);
    expect(open(partners())).toBeUndefined();
    expect(open(aMarket().zone().floor('110.00', { approvedAt: '2026-11-22T12:00:00.000Z' }))).toBe(9000n);
    expect(
      open(aMarket().zone().floor('110.00', { approvedAt: '2026-11-22T11:59:59.999Z' })),
    ).toBeUndefined();
    expect(open(aMarket().zone().floor('110.00', { effectiveTo: '2026-11-21' }))).toBe(9000n);
    expect(open(aMarket().zone().floor('110.00', { effectiveTo: '2026-11-22' }))).toBeUndefined();
    expect(open(aMarket().zone().floor('110.00', { effectiveFrom: '2026-11-23' }))).toBe(9000n);
    expect(open(aMarket().zone().floor('110.00', { status: 'proposed' }))).toBe(9000n);
  });

  it('is compared in the product’s own basis: metal at 125 is oxide at 106.24', () => {
    const market = (limit: string) =>
      aMarket({ containedFactor: '0.84994' })
        .zone()
        .floor('110.00')
        .offer('au', 'AU', '90.00', '300')
        .bid('de', 'DE', '1.00', '100', { price: price(limit, 'kg contained') })
        .clear();
    expect(market('125').trades()).toEqual({});
    expect(market('125').binding('bid', 'de')).toEqual(['price_below_floor']);
    expect(market('129.42').trades()).toEqual({});
    expect(market('129.43').trades()).toEqual({ 'au→de': 100 });
  });

  it('never sells an offer to two zones at two scarcities', () => {
    const cleared = aMarket()
      .zone()
      .zone({ id: 'union', name: 'Union', members: ['KR'] })
      .floor('110.00')
      .floor('95.00', { zone: 'union' })
      .offer('au', 'AU', '90.00', '150')
      .bid('de', 'DE', '130.00', '100')
      .bid('kr', 'KR', '130.00', '100')
      .clear();
    const entries = ['de', 'kr'].map((buyer) => cleared.award('au', buyer)!.schedule[0]!);
    expect(entries.map(({ landed, waterfall }) => landed - (waterfall.ask + waterfall.floorUplift))).toEqual(
      Array(2).fill(entries[0]!.waterfall.scarcity),
    );
    expect(cleared.trades()).toEqual({ 'au→kr': 100, 'au→de': 50 });
  });
});
