import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairThrough } from '../../../../shared/clearing/pairing/pairing.ts';
import type { ClearedQuarter } from '../../../../shared/clearing/quarters.ts';
import { rampMarkets, tiedMarkets } from '../../../support/tied-markets.ts';
import { sharedQuarters } from '../../../support/shared-quarters.ts';
import type { MarketBuilder } from '../../../support/market.ts';

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

describe('pairings of markets that stay the same', () => {
  const ramps = fc.sample(rampMarkets, { numRuns: 30, seed: 7 });
  const tied = fc.sample(tiedMarkets, { numRuns: 30, seed: 7 });

  it.each([
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
