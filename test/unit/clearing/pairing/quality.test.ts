import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairThrough } from '../../../../shared/clearing/pairing/pairing.ts';
import type { ClearedQuarter } from '../../../../shared/clearing/quarters.ts';
import { rampMarkets, tiedMarkets } from '../../../support/tied-markets.ts';
import { sharedQuarters } from '../../../support/shared-quarters.ts';
import { aMarket, type MarketBuilder } from '../../../support/market.ts';

/** Contracts, and lots of a quarter that the same two orders do not trade in the next, over some markets. */
function measure(markets: readonly MarketBuilder[], minimum?: number) {
  const sums = { contracts: 0, moved: 0, short: 0 };
  for (const market of markets) {
    const { setting, quarters } = sharedQuarters(market.snapshot());
    const paired =
      minimum === undefined ? pairThrough(setting, quarters) : pairThrough(setting, quarters, () => minimum);
    const flows = paired.map(lotsByPair);
    sums.contracts += new Set(flows.flatMap((flow) => [...flow.keys()])).size;
    for (const [index, flow] of flows.entries())
      for (const [pair, lots] of flow) {
        sums.moved += Math.max(lots - (flows[index + 1]?.get(pair) ?? 0), 0);
        if (lots < (minimum ?? 1)) sums.short++;
      }
  }
  return sums;
}

const lotsByPair = ({ awards }: ClearedQuarter): Map<string, number> =>
  new Map(awards.map(({ offer, bid, lots }) => [`${offer.rank}:${bid.rank}`, lots]));

/** So many sellers and buyers of unlike sizes, all tied with each other, in three quarters that differ a little. */
function crowded(count: number): MarketBuilder {
  const market = aMarket().zone().floor('110.00');
  const amounts = (lots: number, index: number): Record<string, string> => ({
    '2027-Q1': String(lots),
    '2027-Q2': String(lots + (index % 3 === 0 ? 2 : 0)),
    '2027-Q3': String(lots),
  });
  for (let index = 0; index < count; index++)
    market
      .offer(`o${index}x`, index % 2 === 0 ? 'AU' : 'US', '90.00', amounts(10 + 3 * index, index))
      .bid(`b${index}x`, 'DE', '130.00', amounts(11 + 3 * ((index * 7) % count), index));
  return market;
}

describe('pairings of markets that stay the same', () => {
  const ramps = fc.sample(rampMarkets, { numRuns: 30, seed: 7 });
  const tied = fc.sample(tiedMarkets, { numRuns: 30, seed: 7 });

  it.each([
    ['many alike', [crowded(9), crowded(24)], undefined, { contracts: 42, moved: 1292, short: 0 }],
    ['six quarters of ramps', ramps, undefined, { contracts: 264, moved: 1086, short: 0 }],
    ['two quarters of ties', tied, undefined, { contracts: 221, moved: 1304, short: 0 }],
    ['ramps with a minimum', ramps, 4, { contracts: 267, moved: 1117, short: 244 }],
    ['ties with a minimum', tied, 5, { contracts: 223, moved: 1304, short: 202 }],
  ] as const)('are as good as measured, or better: %s', (_, markets, minimum, measured) => {
    const { contracts, moved, short } = measure(markets, minimum);
    expect(contracts).toBeLessThanOrEqual(measured.contracts);
    expect(moved).toBeLessThanOrEqual(measured.moved);
    expect(short).toBeLessThanOrEqual(measured.short);
  });
});
