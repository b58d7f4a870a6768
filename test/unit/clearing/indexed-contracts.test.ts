import { describe, expect, it } from 'vitest';
import { contractsOf } from '../../../shared/clearing/documents/conclude.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import { settledPrice } from '../../../shared/pricing/indexed-price.ts';
import { aMarket, price, type MarketBuilder } from '../../support/market.ts';

const indexed = (cap?: string) => ({
  priceTerms: { kind: 'indexed' as const, reference: 'index', ...(cap !== undefined && { cap: price(cap) }) },
});
const perKg = (amount: string) => ({ amount: decimal(amount), currency: 'USD' as const, per: 'kg' as const });

const contractOf = (market: MarketBuilder) => {
  const snapshot = market.snapshot();
  const { awards } = must(clearAndDocument(snapshot));
  return { snapshot, contracts: contractsOf(snapshot, 1, awards, (party) => party) };
};
const settledAt = (market: MarketBuilder, reference: string) => {
  const { snapshot, contracts } = contractOf(market);
  return contracts.map(({ schedule, priceTerms, floor }) => {
    if (priceTerms === undefined) return 'fixed';
    const settled = must(
      settledPrice(schedule[0]!, { priceTerms, floor }, perKg(reference), snapshot.product),
    );
    const { landed, duties, levy } = settled;
    return [settled.price.amount, duties, levy, landed.amount].map(formatDecimal).join(' ');
  });
};

describe('the contract of indexed orders', () => {
  it('keeps the reference of the day, the figure behind it, and the offer’s cap', () => {
    const market = aMarket()
      .reference('index', '95.5')
      .offer('o', 'AU', '90.00', '10', indexed('120.00'))
      .bid('b', 'DE', '130.00', '10', indexed('150.00'))
      .offer('f', 'AU', '90.00', '10')
      .bid('g', 'DE', '130.00', '10');
    const { contracts } = contractOf(market);
    expect(contracts.map(({ priceTerms }) => priceTerms)).toEqual([
      undefined,
      {
        kind: 'indexed',
        reference: 'index',
        referencePrice: perKg('95.5'),
        fixing: {
          series: 'index',
          seriesVersion: 1,
          window: { from: '2026-10-24', to: '2026-11-22' },
          price: perKg('95.5'),
          pointsDigest: '0'.repeat(64),
          basis: { kind: 'primary' },
        },
        cap: perKg('120.00'),
        floorEffect: 'none',
        dutyRate: decimal('0'),
      },
    ]);
  });

  it('settles at the reference of the day at what was cleared, levy and duties included', () => {
    const duties = [{ origin: 'CL', rate: '0.037' }];
    const market = () =>
      aMarket()
        .zone()
        .floor('110.00', { duties })
        .reference('index', '95.5')
        .offer('o', 'CL', '72.00', '20', indexed())
        .bid('b', 'DE', '130.00', '10', indexed());
    // the floor less the price and its duty, as the clearing has it
    expect(settledAt(market(), '95.5')).toEqual(['72.00 2.67 35.33 110.00']);
    expect(settledAt(market(), '85.5')).toEqual(['62.00 2.30 45.70 110.00']);
    expect(settledAt(market(), '145.5')).toEqual(['122.00 4.52 0.00 126.52']);
  });

  it('inside the zone settles at its hard floor at least, and at the cap at most', () => {
    const market = () =>
      aMarket()
        .zone()
        .floor('92.00')
        .reference('index', '95.5')
        .offer('o', 'AU', '90.00', '20', indexed('110.00'))
        .bid('b', 'DE', '130.00', '10', indexed());
    expect(settledAt(market(), '95.5')).toEqual(['92.00 0.00 0.00 92.00']);
    expect(settledAt(market(), '80')).toEqual(['92.00 0.00 0.00 92.00']);
    expect(settledAt(market(), '130')).toEqual(['110.00 0.00 0.00 110.00']);
  });

  it('of a pool has the duties of each member’s own destination', () => {
    const duties = [{ origin: 'CL', destination: 'JP', rate: '0.05' }];
    const market = aMarket()
      .zone()
      .floor('50.00', { duties })
      .reference('index', '95.5')
      .offer('o', 'CL', '90.00', '20', indexed())
      .pool(
        'p',
        '130.00',
        { m: { destination: 'DE', amounts: '5' }, n: { destination: 'JP', amounts: '5' } },
        indexed(),
      );
    expect(contractOf(market).contracts.map(({ priceTerms }) => priceTerms?.dutyRate)).toEqual([
      { units: 0n, scale: 0 },
      decimal('0.05'),
    ]);
  });
});
