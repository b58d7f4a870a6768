import { describe, expect, it } from 'vitest';
import { contractsOnlyIn } from '../../../shared/clearing/preview/changes.ts';
import { figuresOf, shareOf } from '../../../shared/clearing/preview/figures.ts';
import { differenceOf, sideOf } from '../../../shared/clearing/preview/present.ts';
import {
  signedMoney,
  signedPrice,
  signedQuantity,
  signedShare,
} from '../../../shared/clearing/preview/signed.ts';
import { previewTermsSchema } from '../../../shared/clearing/preview/terms.ts';
import { previewOf } from '../../../shared/clearing/preview/preview.ts';
import type { Award } from '../../../shared/clearing/awards/award.ts';
import { aMarket, kg, price, type MarketBuilder } from '../../support/market.ts';
import { floorAt, previewOn, termsOf, tryPreview, wireOf } from '../../support/previews.ts';

const { product } = aMarket().snapshot();

/**
 * AU sells 40 at home; CL sells 60, taxed at the border: under a floor of 100.00 its levy and a duty of 5 % are owed.
 * A bid at 104.00 and one at 99.00 drop out under higher floors. In the second quarter only CL sells.
 */
const market = () =>
  aMarket()
    .zone()
    .floor('100.00', { duties: [{ origin: 'CL', rate: '0.05' }] })
    .offer('au', 'AU', '90.00', '50')
    .offer('cl', 'CL', '80.00', { '2027-Q1': '70', '2027-Q2': '20' })
    .bid('high', 'DE', '130.00', '60')
    .bid('mid', 'DE', '104.00', '40')
    .bid('low', 'DE', '99.00', '7')
    .bid('later', 'JP', '104.00', { '2027-Q2': '10' });

describe('one side of a preview', () => {
  it('is what the clearing comes to, quarter by quarter and part by part', () => {
    const { current } = wireOf(previewOn(market().snapshot(), {}));
    expect(current).toEqual({
      volume: kg('110'),
      contracts: 4,
      prices: [
        {
          ...{ quarter: '2027-Q1', volume: kg('100') },
          price: { low: price('80.00'), high: price('100.00') },
          landedPrice: { low: price('100.00'), high: price('100.00') },
        },
        {
          ...{ quarter: '2027-Q2', volume: kg('10') },
          price: { low: price('80.00'), high: price('80.00') },
          landedPrice: { low: price('100.00'), high: price('100.00') },
        },
      ],
      buyerCost: { amount: '11000.00', currency: 'USD' },
      sellerReceipts: { amount: '9800.00', currency: 'USD' },
      duties: { amount: '240.00', currency: 'USD' },
      levy: { amount: '960.00', currency: 'USD' },
      support: { amount: '0.00', currency: 'USD' },
      blocked: [{ code: 'price_below_floor', quantity: kg('7') }],
      concentration: {
        origins: [
          { origin: 'CL', quantity: kg('60'), share: '0.5454' },
          { origin: 'AU', quantity: kg('50'), share: '0.4545' },
        ],
        index: 5041,
      },
    });
  });

  it('has no index and no prices where nothing trades', () => {
    const { current } = wireOf(previewOn(aMarket().zone().offer('o', 'AU', '90.00', '5').snapshot(), {}));
    expect(current).toMatchObject({ contracts: 0, prices: [], blocked: [] });
    expect(current.concentration).toEqual({ origins: [], index: null });
  });

  it('lists what is largest first, and equal ones by name', () => {
    const side = sideOf(
      {
        ...figuresOf(aMarket().snapshot(), { awards: [], explanations: new Map() }),
        ...{
          lots: 10n,
          origins: new Map([
            ['PE', 3n],
            ['CL', 4n],
            ['AU', 3n],
            ['KR', 0n],
          ]),
        },
      },
      product,
    );
    expect(side.concentration.origins.map(({ origin }) => origin)).toEqual(['CL', 'AU', 'PE']);
  });

  it('rounds shares down, and has none of nothing', () => {
    expect([shareOf(2n, 3n), shareOf(3n, 3n), shareOf(0n, 0n)]).toEqual([6666n, 10_000n, 0n]);
  });
});

describe('the difference that a preview shows', () => {
  it('is proposed less current, figure by figure, and leaves out of lists what stays', () => {
    const { difference, proposed } = wireOf(previewOn(market().snapshot(), { floors: [floorAt(10_500)] }));
    expect(proposed.concentration.index).not.toBeNull();
    const { vanishing, appearing, steps, ...figures } = difference;
    expect(figures).toEqual({
      volume: kg('-50'),
      contracts: -2,
      prices: [
        {
          ...{ quarter: '2027-Q1', volume: kg('-40') },
          price: { low: price('0.00'), high: price('5.00') },
          landedPrice: { low: price('5.00'), high: price('5.00') },
        },
        { quarter: '2027-Q2', volume: kg('-10'), price: null, landedPrice: null },
      ],
      buyerCost: { amount: '-4700.00', currency: 'USD' },
      sellerReceipts: { amount: '-3750.00', currency: 'USD' },
      duties: { amount: '-200.00', currency: 'USD' },
      levy: { amount: '-750.00', currency: 'USD' },
      support: { amount: '0.00', currency: 'USD' },
      blocked: [{ code: 'price_below_floor', quantity: kg('50') }],
      concentration: {
        origins: [
          { origin: 'AU', quantity: kg('0'), share: '0.3788' },
          { origin: 'CL', quantity: kg('-50'), share: '-0.3788' },
        ],
        index: 2181,
      },
    });
    expect(vanishing).toEqual({ contracts: null, quantity: null, withheld: true, origins: [] });
    expect(appearing).toEqual(vanishing);
    expect(steps).toEqual({ floors: [{ zone: 'partners', price: price('105.00') }], caps: [] });
  });

  it('is nothing where nothing changes, and has no index where a side trades nothing', () => {
    const { difference } = wireOf(previewOn(market().snapshot(), {}));
    expect(difference).toMatchObject({ volume: kg('0'), contracts: 0, blocked: [] });
    expect(difference.concentration).toEqual({ origins: [], index: 0 });
    const none = wireOf(previewOn(market().snapshot(), { floors: [floorAt(20_000)] })).difference;
    expect(none.concentration.index).toBeNull();
    expect(none.prices.map((entry) => entry.price)).toEqual([null, null]);
  });

  it('shows quarters, codes and origins of either side, in order', () => {
    const figures = figuresOf(aMarket().snapshot(), { awards: [], explanations: new Map() });
    const quarter = (name: string, low: bigint) => ({
      ...{ quarter: name, lots: 2n, price: { low, high: low + 1n }, landedPrice: { low, high: low + 3n } },
    });
    const { prices, concentration } = differenceOf(
      {
        ...figures,
        lots: 4n,
        quarters: [quarter('2027-Q3', 5n), quarter('2027-Q4', 5n)],
        origins: new Map([['CL', 4n]]),
      },
      {
        ...figures,
        lots: 4n,
        quarters: [quarter('2027-Q1', 9n), quarter('2027-Q3', 3n)],
        origins: new Map([['AU', 4n]]),
      },
      product,
    );
    expect(prices.map((each) => [each.quarter, each.volume.amount, each.price?.low.amount])).toEqual([
      ['2027-Q1', '2', undefined],
      ['2027-Q3', '0', '-0.02'],
      ['2027-Q4', '-2', undefined],
    ]);
    expect(concentration.origins).toEqual([
      { origin: 'AU', quantity: kg('4'), share: '1.0000' },
      { origin: 'CL', quantity: kg('-4'), share: '-1.0000' },
    ]);
    expect(concentration.index).toBe(0);
  });

  it('writes what falls with a minus, and nothing as nothing', () => {
    expect(signedQuantity(-5n, product)).toEqual(kg('-5'));
    expect(signedMoney(-105n, 'USD')).toEqual({ amount: '-1.05', currency: 'USD' });
    expect(signedPrice(-7n, product)).toEqual(price('-0.07'));
    expect([signedShare(-1n), signedShare(0n), signedShare(12_500n)]).toEqual([
      '-0.0001',
      '0.0000',
      '1.2500',
    ]);
  });
});

describe('contracts of one clearing and not of another', () => {
  /** So many sellers of one origin, who sell so many lots each to a buyer of their own. */
  const awards = (origin: string, ...lots: readonly bigint[]): Award[] =>
    lots.map((count, index) => ({
      ...{
        offer: `off_${origin}${index}`,
        bid: `bid_${origin}${index}`,
        site: 'sit',
        origin,
        destination: 'DE',
      },
      schedule: [1n, count - 1n].map((part) => ({ lots: part })) as unknown as Award['schedule'],
      ...{ floor: undefined, standards: [], certificates: [] },
    }));
  const none = { offers: [], bids: [] };
  const groups = (...ids: readonly string[]) =>
    ids.map((id) => ({ id, group: 'one' })) as unknown as (typeof none)['offers'];

  it('are told rounded down, in all and by origin, origins by name', () => {
    const from = [...awards('PE', 5n, 5n, 5n, 5n), ...awards('AU', 9n, 9n, 9n)];
    expect(contractsOnlyIn(from, [], none)).toEqual({
      total: { contracts: 5n, lots: 20n },
      origins: [
        { origin: 'AU', lots: 20n },
        { origin: 'PE', lots: 20n },
      ],
    });
    expect(contractsOnlyIn(from, from.slice(4), none)).toMatchObject({
      total: { contracts: 2n },
      origins: [{ origin: 'PE' }],
    });
    expect(contractsOnlyIn(from, from, none)).toEqual({ total: undefined, origins: [] });
  });

  it('are withheld where fewer than three stand on either side, or one has more than 70 %', () => {
    const total = (of: readonly Award[], snapshot = none) => contractsOnlyIn(of, [], snapshot).total?.lots;
    expect(total(awards('AU', 5n, 5n))).toBeUndefined();
    expect(total(awards('AU', 14n, 3n, 3n))).toBe(20n);
    expect(total(awards('AU', 15n, 3n, 3n))).toBeUndefined();
    const three = awards('AU', 5n, 5n, 5n);
    expect(total(three, { ...none, offers: groups('off_AU0', 'off_AU1') })).toBeUndefined();
    expect(total(three, { ...none, bids: groups('bid_AU0', 'bid_AU1') })).toBeUndefined();
    expect(total(three)).toBe(10n);
  });

  it('name no origin alone where the total is withheld or the origin itself is too few', () => {
    const origins = (of: readonly Award[]) =>
      contractsOnlyIn(of, [], none).origins.map(({ origin }) => origin);
    expect(origins([...awards('AU', 5n, 5n, 5n), ...awards('CL', 5n, 5n)])).toEqual(['AU']);
    expect(origins([...awards('AU', 5n, 5n, 5n), ...awards('CL', 90n)])).toEqual([]);
  });
});

describe('the terms of a preview', () => {
  const accepts = (terms: object) =>
    previewTermsSchema.safeParse({ product: 'ndpr-oxide', ...terms }).success;
  const rule = { zone: 'partners', topics: [{ topic: 'any', anyOf: [{ scheme: 'irma' }] }] };

  it('name each zone once, and caps’ zones only beside a cap', () => {
    expect(accepts({ floors: [floorAt(1), floorAt(1, 'union')], standards: [rule] })).toBe(true);
    expect(accepts({ floors: [floorAt(1), floorAt(2)] })).toBe(false);
    expect(accepts({ standards: [rule, rule] })).toBe(false);
    for (const list of ['endFloors', 'endStandards']) {
      expect(accepts({ [list]: ['partners', 'union'] }), list).toBe(true);
      expect(accepts({ [list]: ['partners', 'partners'] }), list).toBe(false);
    }
    expect(accepts({ maxOriginShare: '0.5', capZones: ['partners'] })).toBe(true);
    expect(accepts({ capZones: ['partners'] })).toBe(false);
    expect(accepts({ maxOriginShare: '0.5' })).toBe(true);
    expect(accepts({ unheardOf: 1 })).toBe(false);
  });
});

describe('a preview', () => {
  it('is refused as its terms are, or as too large', () => {
    const snapshot = market().snapshot();
    expect(tryPreview(snapshot, { endFloors: ['nowhere'] })).toMatchObject({
      problem: { code: 'unknown_reference' },
    });
    const within = (pairs: number) =>
      previewOf(snapshot, termsOf(snapshot, {}), [], { pairs, isOverTime: () => false });
    expect(within(6)).toMatchObject({ ok: false, problem: { code: 'market_too_large' } });
    expect(within(7).ok).toBe(true);
  });

  it('supposes floors and caps on steps where it tells of contracts, and says which', () => {
    const capped = (market_: MarketBuilder) => market_.zone({ id: 'union', name: 'Union', members: ['KR'] });
    const { steps } = wireOf(
      previewOn(capped(market()).snapshot(), {
        ...{ floors: [floorAt(12_037)], maxOriginShare: '0.651', capZones: ['union'] },
      }),
    ).difference;
    expect(steps).toEqual({
      floors: [{ zone: 'partners', price: price('121.00') }],
      caps: [{ zone: 'union', maxOriginShare: '0.70' }],
    });
  });
});
