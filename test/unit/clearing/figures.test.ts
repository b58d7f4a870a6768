import { describe, expect, it } from 'vitest';
import { countedZones, originCaps } from '../../../shared/clearing/documents/headroom.ts';
import { marketView } from '../../../shared/clearing/documents/market-view.ts';
import type { MarketRun } from '../../../shared/clearing/documents/record.ts';
import { marketFigures, quarterTrades } from '../../../shared/clearing/documents/summary.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import { aMarket, kg, price } from '../../support/market.ts';

const names = ['a', 'b', 'c'] as const;
type Lots = readonly [number, number, number];

/** Three sellers of `origin` at 70 and three buyers in `destination`, who trade so many lots each way. */
function threeOnThree(
  market: ReturnType<typeof aMarket>,
  tag: string,
  [origin, destination]: readonly [string, string],
  sold: Lots,
  bought: Lots = sold,
  quarter = '2027-Q1',
) {
  for (const [index, name] of names.entries()) {
    market.offer(
      `${tag}s${name}`,
      origin,
      '70.00',
      { [quarter]: String(sold[index]) },
      {
        destinations: [destination],
      },
    );
    market.bid(`${tag}b${name}`, destination, '130.00', { [quarter]: String(bought[index]) });
  }
  return market;
}
const capping = () => aMarket().zone({ maxOriginShare: '0.9' }).consumption(['2027-Q1', '2027-Q2'], '1000');
const hides = (market: ReturnType<typeof aMarket>): boolean => {
  const snapshot = market.snapshot();
  return marketFigures(snapshot, market.clear().outcome.awards).counted?.hides === true;
};
const even: Lots = [20, 20, 20];
const steep: Lots = [80, 10, 10];

describe('what a run adds to the counts of zones’ caps', () => {
  it('hides everybody where every part that the counts divide a quarter into does', () => {
    expect(hides(threeOnThree(capping(), 'x', ['CL', 'DE'], even))).toBe(true);
    expect(hides(threeOnThree(capping(), 'x', ['CL', 'DE'], steep, [40, 30, 30]))).toBe(false);
    expect(hides(threeOnThree(capping(), 'x', ['CL', 'DE'], [40, 30, 30], steep))).toBe(false);
    expect(hides(capping())).toBe(true);
  });

  it('not where the volume is withheld beside what earlier runs have shown: the counts grow by it', () => {
    const market = threeOnThree(capping(), 'x', ['CL', 'DE'], even);
    const { awards } = market.clear().outcome;
    const told = (...volumes: string[]) => ({
      ...{ volumes: new Set(volumes), supply: new Set<string>(), demand: new Set<string>(), origins: true },
    });
    const figures = (...volumes: string[]) => marketFigures(market.snapshot(), awards, told(...volumes));
    expect(figures('2027-Q1').counted?.hides).toBe(true);
    expect(figures('2027-Q2').counted?.hides).toBe(false);
    expect(figures().total?.told).toBe(false);
  });

  it('not where one origin of a quarter is one seller’s, though the quarter is not', () => {
    const mixed = threeOnThree(capping(), 'x', ['CL', 'DE'], even).offer('alone', 'PE', '70.00', '6');
    expect(hides(mixed.bid('more', 'DE', '130.00', '6'))).toBe(false);
    // Inside the zone nothing is counted: those lots are one part, whatever their origin.
    const inside = threeOnThree(capping(), 'x', ['AU', 'DE'], even).offer('alone', 'US', '70.00', '6');
    expect(hides(inside.bid('more', 'DE', '130.00', '6'))).toBe(true);
  });

  it('nor where one of its quarters is one buyer’s', () => {
    const later = threeOnThree(capping(), 'x', ['CL', 'DE'], even);
    threeOnThree(later, 'y', ['CL', 'DE'], even, [58, 1, 1], '2027-Q2');
    expect(hides(later)).toBe(false);
  });

  it('is judged by the zones that cap and their members, in whatever order they are listed', () => {
    const zones = (changes: object) => aMarket().zone(changes).zone({ id: 'other' }).snapshot().zones;
    const judged = countedZones(zones({ maxOriginShare: '0.5' }));
    expect(countedZones(zones({ maxOriginShare: '0.6' }))).toBe(judged);
    expect(countedZones(zones({ maxOriginShare: '0.5', members: ['AU', 'DE', 'JP', 'US'] }))).toBe(judged);
    expect(countedZones(zones({ maxOriginShare: '0.5' }).toReversed())).toBe(judged);
    expect(countedZones(zones({ maxOriginShare: '0.5', members: ['AU', 'DE', 'JP'] }))).not.toBe(judged);
    expect(countedZones(zones({}))).not.toBe(judged);
  });
});

describe('the figures of a quarter', () => {
  it('are sums, the greatest part of one organisation, and the lowest and highest landed price', () => {
    const market = aMarket()
      .zone()
      .floor('110.00')
      .offer('s', 'AU', '70.00', { '2027-Q1': '30', '2027-Q2': '8' }, { group: 'one' })
      .offer('t', 'CL', '70.00', '50', { destinations: ['KR'], group: 'one' })
      .bid('b', 'DE', '130.00', { '2027-Q1': '20', '2027-Q2': '8' })
      .bid('k', 'KR', '90.00', '40');
    const trades = quarterTrades(market.snapshot(), market.clear().outcome.awards);
    expect(trades.map(({ quarter, lots }) => [quarter, lots])).toEqual([
      ['2027-Q1', 60n],
      ['2027-Q2', 8n],
    ]);
    expect(trades[0]).toMatchObject({
      ...{ low: 7000n, high: 11_000n },
      sellers: { parties: 1, topLots: 60n },
      buyers: { parties: 2, topLots: 40n },
    });
  });
});

describe('the headroom of a zone’s cap', () => {
  const product = aMarket().snapshot().product;
  const rules = () => {
    const { zones, consumption } = aMarket()
      .zone({ maxOriginShare: '0.65' })
      .zone({ id: 'open', name: 'Open', members: ['KR'] })
      .consumption(['2026-Q4', '2027-Q1', '2027-Q2'], '1000')
      .snapshot();
    return { zones, consumption };
  };
  const use = (origin: string, amount: bigint, quarter = '2027-Q1', destination = 'DE') => ({
    ...{ origin, destination, quarter },
    quantity: { amount: { units: amount, scale: 0 }, unit: 'kg' as const },
  });
  const at = '2026-11-22T12:00:00.000Z';
  const open = () => new Map([['2027-Q1', countedZones(rules().zones)]]);
  const caps = (used: ReturnType<typeof use>[], openQuarters = open()) =>
    originCaps(product, rules(), used, openQuarters, at);

  it('is stated for capping zones and quarters that have not begun, origin by origin', () => {
    const [cap, ...others] = caps([use('PE', 651n), use('CL', 300n), use('CL', 25n), use('AU', 99n)]);
    expect(others).toEqual([]);
    expect(cap?.quarters.map(({ quarter }) => quarter)).toEqual(['2027-Q1', '2027-Q2']);
    expect(cap?.quarters[0]).toMatchObject({ limit: { amount: { units: 650n } }, withheld: false });
    expect(
      cap?.quarters[0]?.origins?.map(({ origin, contracted, headroom, share }) => [
        ...[origin, contracted.amount.units, headroom.amount.units, share?.units],
      ]),
    ).toEqual([
      ['CL', 325n, 325n, 3250n],
      ['PE', 651n, 0n, 6510n],
    ]);
    expect(cap?.quarters[1]).toMatchObject({ origins: [], withheld: false });
  });

  it('is of each zone’s own consumption of the product, zones by id; of none where nothing is declared', () => {
    const { zones, consumption } = aMarket()
      .zone({ maxOriginShare: '0.65' })
      .zone({ id: 'a-union', name: 'Union', members: ['DE'], maxOriginShare: '0.5' })
      .zone({ id: 'z-union', name: 'Others', members: ['KR'], maxOriginShare: '0.5' })
      .consumption('2027-Q1', '1000')
      .consumption('2027-Q1', '60', 'a-union')
      .snapshot();
    const limits = (plans: typeof consumption) =>
      originCaps(product, { zones, consumption: plans }, [], new Map(), at).map(({ zone, quarters }) => [
        zone,
        ...quarters.map(({ limit }) => limit.amount.units),
      ]);
    expect(limits(consumption)).toEqual([['a-union', 30n], ['partners', 650n], ['z-union']]);
    expect(limits(consumption.map((plan) => ({ ...plan, product: 'cobalt' })))).toEqual([
      ['a-union'],
      ['partners'],
      ['z-union'],
    ]);
    expect(
      marketView(product, [], [], originCaps(product, { zones, consumption }, [], new Map(), at)).originCaps,
    ).toHaveLength(3);
  });

  it('keeps origins back where the quarter’s counts do not hide everybody, or were judged by other zones', () => {
    const withheld = (openQuarters: Map<string, string>) =>
      caps([use('CL', 5n)], openQuarters)[0]?.quarters[0];
    expect(withheld(new Map())).toMatchObject({ origins: null, withheld: true });
    expect(withheld(new Map([['2027-Q1', countedZones([])]]))).toMatchObject({
      origins: null,
      withheld: true,
    });
    expect(withheld(open())).toMatchObject({ withheld: false });
  });

  it('of Japan in January 2026: 1 127 of 1 478 t from one country are 166.3 t too many, or 255.9 t too few from others', () => {
    const tonnes = {
      ...product,
      unit: 't' as const,
      lot: { amount: { units: 1n, scale: 1 }, unit: 't' as const },
    };
    const january = (planned: bigint, from: bigint) => {
      const { zones, consumption } = rules();
      const quantity = { amount: { units: planned, scale: 1 }, unit: 't' as const };
      const plans = consumption.map((plan) => ({ ...plan, quarters: [{ quarter: '2027-Q1', quantity }] }));
      const used = {
        ...use('CN', 0n, '2027-Q1', 'JP'),
        quantity: { ...quantity, amount: { units: from, scale: 1 } },
      };
      const [cap] = originCaps(tonnes, { zones, consumption: plans }, [used], open(), at);
      const { limit, origins } = cap!.quarters[0]!;
      const [only] = origins!;
      return [limit.amount, only!.headroom.amount, only!.share!].map(formatDecimal);
    };
    expect(january(14_780n, 11_270n)).toEqual(['960.7', '0', '0.7625']);
    expect(january(14_780n, 11_270n - 1663n), 'swapped for others').toEqual(['960.7', '0', '0.6500']);
    expect(january(14_780n, 11_270n - 1664n)).toEqual(['960.7', '0.1', '0.6499']);
    expect(january(14_780n + 2558n, 11_270n), 'not yet').toEqual(['1126.9', '0', '0.6500']);
    expect(january(14_780n + 2559n, 11_270n), 'beside others').toEqual(['1127', '0', '0.6499']);
  });

  it('has no share of a consumption of nothing', () => {
    const { zones } = rules();
    const { consumption } = aMarket().consumption('2027-Q1', '0').snapshot();
    const [cap] = originCaps(product, { zones, consumption }, [use('CL', 5n)], open(), at);
    expect(cap?.quarters[0]?.origins?.[0]).toMatchObject({
      share: null,
      headroom: { amount: { units: 0n } },
    });
  });
});

describe('the public view of a market', () => {
  const enough = (lots: bigint) => ({
    ...{ lots, sellers: { parties: 3, topLots: lots / 2n }, buyers: { parties: 3, topLots: lots / 2n } },
  });
  const run: MarketRun = {
    ...{ run: 1, clearing: 'clr_01JD0000000000000000000000', status: 'completed', contracts: 9 },
    ...{ gateClosure: '2026-11-22T12:00:00.000Z', endedAt: '2026-11-22T12:00:01.000Z' },
    ...{ depth: [], quarters: [], floors: [], levyTotal: null, supportTotal: null },
    total: enough(300n),
    origins: [
      { origin: 'CL', ...enough(60n) },
      { origin: 'PE', ...enough(90n) },
      { origin: 'AU', ...enough(90n) },
      { origin: 'BR', ...enough(59n) },
      { origin: 'US', ...enough(1n) },
    ],
  };

  it('lists origins by share of the volume to four digits, rounded down; equal ones by name', () => {
    const snapshot = aMarket().zone().floor('110.00').snapshot();
    const view = marketView(snapshot.product, snapshot.floors, [run]);
    expect(view.product).toBe('ndpr-oxide');
    expect(view.floors).toEqual([
      {
        id: snapshot.floors[0]!.id,
        zone: 'partners',
        price: { ...price('110.00'), amount: { units: 11_000n, scale: 2 } },
        borderAdjusted: true,
      },
    ]);
    expect(view.originCaps).toEqual([]);
    expect(view.clearings[0]).toMatchObject({ volume: { ...kg('300'), amount: { units: 300n } } });
    expect(
      view.clearings[0]?.concentration.origins?.map(({ origin, share }) => [origin, share.units]),
    ).toEqual([
      ['AU', 3000n],
      ['PE', 3000n],
      ['CL', 2000n],
      ['BR', 1966n],
      ['US', 33n],
    ]);
  });
});
