import * as fc from 'fast-check';
import { clear } from '../../shared/clearing/clear.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { must } from '../../shared/kernel/result.ts';
import { conditionedMarkets } from '../support/conditioned-markets.ts';
import { makeConditionOracle } from '../support/condition-oracle.ts';
import { aMarket, kg } from '../support/market.ts';
import { seeded } from './networks.ts';
import { median, progress, report } from './report.ts';

const quarters = ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4'];

/** The gains with conditions, as a share of what is possible, and what larger books take. */
export async function benchConditions(
  markets = 400,
  sizes: readonly number[] = [30, 100, 300],
): Promise<void> {
  await benchShare(markets);
  for (const size of sizes) benchSize(size);
}

/** Small random markets against exact mixed-integer programmes over every set of orders with conditions. */
async function benchShare(markets: number): Promise<void> {
  progress(`conditions: ${markets} small markets against HiGHS`);
  const oracle = await makeConditionOracle();
  const supported: number[] = [];
  const unsupported: number[] = [];
  for (const market of fc.sample(conditionedMarkets, { numRuns: markets, seed: 7 })) {
    const snapshot = market.snapshot();
    const { gains } = clearingOf(snapshot);
    const best = oracle(snapshot);
    if (gains > best.supported) throw new Error(`gains of ${gains}, where prices support ${best.supported}`);
    if (best.supported > 0) supported.push(gains / best.supported);
    if (best.unsupported > 0) unsupported.push(gains / best.unsupported);
  }
  const name = `conditions: share of the optimum, ${supported.length} markets`;
  const least = (shares: readonly number[]) => Math.min(...shares);
  const mean = (shares: readonly number[]) => shares.reduce((sum, each) => sum + each, 0) / shares.length;
  report({ name: `${name}, mean`, value: mean(supported), unit: 'share', versus: 'price-supported (MILP)' });
  report({
    name: `${name}, worst`,
    value: least(supported),
    unit: 'share',
    versus: 'price-supported (MILP)',
  });
  report({ name: `${name}, mean`, value: mean(unsupported), unit: 'share', versus: 'MILP without prices' });
  report({ name: `${name}, worst`, value: least(unsupported), unit: 'share', versus: 'MILP without prices' });
}

/** Larger books, a tenth of the orders with conditions, over four quarters. */
function benchSize(size: number): void {
  progress(`conditions: ${size} offers × ${size} bids`);
  const shares: number[] = [];
  const times: number[] = [];
  for (const seed of [1, 2, 3]) {
    const snapshot = largeMarket(size, seed);
    const begun = performance.now();
    const { gains, bound } = clearingOf(snapshot);
    times.push(performance.now() - begun);
    shares.push(gains / bound);
  }
  const plain = performance.now();
  clearingOf(withoutConditions(largeMarket(size, 1)));
  const alone = performance.now() - plain;
  const name = `clear ${size}² orders over 4 quarters, a tenth with conditions`;
  const versus = 'the same book without conditions';
  report({ name, value: median(times), unit: 'ms', versus, ratio: alone / median(times) });
  report({
    name: `${name}, least share of the bound`,
    value: Math.min(...shares),
    unit: 'share',
    versus: 'the dual bound',
  });
}

function clearingOf(snapshot: Snapshot): { gains: number; bound: number } {
  const outcome = must(clear(snapshot));
  let gains = 0;
  let bound = 0;
  for (const { optimality } of outcome.quarters) {
    gains += Number(optimality.primal);
    bound += Number(optimality.dual);
  }
  return { gains, bound };
}

function largeMarket(size: number, seed: number): Snapshot {
  const draw = seeded(seed);
  const market = aMarket().zone().floor('90.00');
  const pick = <T>(values: readonly T[]): T => values[draw(values.length)]!;
  const amounts = (): Record<string, string> => {
    const from = draw(3);
    const lots = String(1 + draw(100));
    return Object.fromEntries(quarters.slice(from, from + 1 + draw(4)).map((quarter) => [quarter, lots]));
  };
  const conditions = () =>
    draw(10) > 0
      ? {}
      : pick([
          { allOrNone: true },
          { minimumLot: kg(String(2 + draw(30))) },
          { minimumQuarters: 2 },
          { allOrNone: true, minimumQuarters: 2 },
        ]);
  const money = (from: number, range: number): string => (from + draw(range * 100) / 100).toFixed(2);
  for (let index = 0; index < size; index++) {
    const origin = pick(['AU', 'US', 'CL', 'BR', 'KR']);
    market.offer(`o${index}x`, origin, money(60, 60), amounts(), conditions());
    market.bid(`b${index}x`, pick(['DE', 'JP', 'US']), money(80, 60), amounts(), {
      ...conditions(),
      ...(draw(3) === 0 && { maxOriginShare: '0.65' }),
    });
  }
  return market.snapshot();
}

const withoutConditions = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  offers: snapshot.offers.map(plainOrder),
  bids: snapshot.bids.map(plainOrder),
});

function plainOrder<Order extends Snapshot['offers'][number] | Snapshot['bids'][number]>(
  order: Order,
): Order {
  return { ...order, minimumLot: undefined, allOrNone: undefined, minimumQuarters: undefined };
}
