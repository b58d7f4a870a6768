import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveQuarter } from '../../../../shared/clearing/solver/flow.ts';
import { totals } from '../../../support/flows.ts';
import { networkOf } from '../../../support/networks.ts';
import { runs } from '../../../support/runs.ts';

const quantity = fc.integer({ min: 1, max: 40 });

/** Fails where the next lot of one order lies before the last lot of another: by Sainte-Laguë it came first. */
function expectEven(filled: readonly number[], wanted: ArrayLike<number>): void {
  for (const [mine, lots] of filled.entries())
    for (const [other, most] of filled.entries()) {
      if (lots === 0 || most === wanted[other]) continue;
      // (2k − 1) ÷ 2q is where the middle of lot k of q lies.
      expect(
        (2 * lots - 1) * wanted[other]!,
        `${filled.join()} of ${Array.from(wanted).join()}`,
      ).toBeLessThanOrEqual((2 * most + 1) * wanted[mine]!);
    }
}

describe('orders that compete for the same trade', () => {
  test('are filled in the same proportion to within a lot: bids of one offer, offers of one bid', () => {
    const others = fc.array(quantity, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(others, fc.integer({ min: 1, max: 100 }), (quantities, scarce) => {
        const pairs = quantities.map((_, index) => index);
        const bids = networkOf({
          supply: [scarce],
          demand: quantities,
          pairs: pairs.map((bid) => ({ offer: 0, bid, weight: 3 })),
        });
        const offers = networkOf({
          supply: quantities,
          demand: [scarce],
          pairs: pairs.map((offer) => ({ offer, bid: 0, weight: 3 })),
        });
        const traded = Math.min(
          scarce,
          quantities.reduce((sum, lots) => sum + lots, 0),
        );
        const bought = totals(bids, solveQuarter(bids).pairFlow);
        expect(bought.volume).toBe(traded);
        expectEven(bought.bought, quantities);
        const sold = totals(offers, solveQuarter(offers).pairFlow);
        expect(sold.volume).toBe(traded);
        expectEven(sold.sold, quantities);
      }),
      { numRuns: runs(3000) },
    );
  });

  test('share on both sides at once, those left out of it as they were', () => {
    const side = fc.array(quantity, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(side, side, quantity, (supply, demand, apart) => {
        // Everybody trades with everybody at one gain, but for two who have only each other.
        const network = networkOf({
          supply: [...supply, apart],
          demand: [...demand, 2 * apart],
          pairs: [
            ...supply.flatMap((_, offer) => demand.map((__, bid) => ({ offer, bid, weight: 5 }))),
            { offer: supply.length, bid: demand.length, weight: 1 },
          ],
        });
        const { sold, bought } = totals(network, solveQuarter(network).pairFlow);
        expect([sold.pop(), bought.pop()]).toEqual([apart, apart]);
        expectEven(sold, supply);
        expectEven(bought, demand);
      }),
      { numRuns: runs(2000) },
    );
  });

  test('who gain more are filled first, and the rest evenly; an origin cap holds within that', () => {
    fc.assert(
      fc.property(
        fc.array(quantity, { minLength: 2, maxLength: 4 }),
        quantity,
        quantity,
        (bids, first, scarce) => {
          const lots = bids.map((each) => Math.max(1, each >> 1));
          const network = networkOf({
            supply: [first + scarce],
            demand: [first, ...bids],
            caps: lots.map((most, index) => ({ bid: index + 1, lots: most })),
            pairs: [
              { offer: 0, bid: 0, weight: 9 },
              ...bids.map((_, index) => ({ offer: 0, bid: index + 1, cap: index, weight: 4 })),
            ],
          });
          const { bought, through } = totals(network, solveQuarter(network).pairFlow);
          expect(bought[0]).toBe(first);
          const open = [...bids.keys()].filter((index) => through[index]! < lots[index]!);
          // Who is held by its cap may lag behind; nobody else is ahead of a bid that is not.
          for (const index of open)
            for (const [other, most] of bids.entries())
              if (bought[other + 1]! > 0)
                expect((2 * bought[other + 1]! - 1) * bids[index]!).toBeLessThanOrEqual(
                  (2 * bought[index + 1]! + 1) * most,
                );
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  test('of quantities beyond what doubles multiply exactly are halved to within a lot of the finest part', () => {
    const large = 2 ** 51;
    const network = networkOf({
      supply: [large + 1],
      demand: [large, large],
      pairs: [
        { offer: 0, bid: 0, weight: 1 },
        { offer: 0, bid: 1, weight: 1 },
      ],
    });
    const { bought } = totals(network, solveQuarter(network).pairFlow);
    expect(bought[0]! + bought[1]!).toBe(large + 1);
    expect(Math.abs(bought[0]! - bought[1]!)).toBeLessThanOrEqual(1);
  });

  test('of many billions of lots share what a zone’s cap lets in', () => {
    const large = 2 ** 34;
    const network = networkOf({
      supply: [large, large],
      demand: [4 * large],
      limits: [large],
      pairs: [0, 1].map((offer) => ({ offer, bid: 0, weight: 2 ** 33, limits: [0] })),
    });
    const { pairFlow, certificate } = solveQuarter(network);
    expect(certificate).toMatchObject({ primal: 2n ** 67n, dual: 2n ** 67n });
    expect([...pairFlow]).toEqual([large / 2, large / 2]);
  });
});
