import { describe, expect, it } from 'vitest';
import { SteeredQuarters, type Asked } from '../../../../shared/clearing/conditions/steered-quarters.ts';
import { MarketTooLarge } from '../../../../shared/clearing/solver/network.ts';
import { QuarterSolver } from '../../../../shared/clearing/quarter-solver.ts';
import { Bars, type Setting } from '../../../../shared/clearing/quarters.ts';
import { aMarket, kg } from '../../../support/market.ts';
import { nameOf, tradesIn } from '../../../support/steering.ts';
import { settingOf } from '../../../support/told.ts';

/** Three sellers of a tie, two of them one class, and one too dear; the first wants six at least. */
function tie(changes: Partial<Setting> = {}) {
  const setting = {
    ...settingOf(
      aMarket()
        .offer('a', 'AU', '80.00', '10', { minimumLot: kg('6') })
        .offer('b', 'AU', '80.00', '10')
        .offer('c', 'AU', '80.00', '10')
        .offer('d', 'AU', '130.00', '10')
        .bid('x', 'DE', '120.00', '14')
        .bid('y', 'DE', '80.00', '12'),
    ),
    ...changes,
  };
  const base = new QuarterSolver(setting, new Bars()).solve(0, new Set());
  const steered = new SteeredQuarters(setting);
  const offer = (name: string) => setting.book.offers.find((entry) => nameOf(entry) === name)!;
  const bid = (name: string) => setting.book.bids.find((entry) => nameOf(entry) === name)!;
  const pair = (o: string, b: string) => steered.pairAt(base, offer(o), bid(b));
  return { base, steered, offer, bid, pair };
}
const asked = (
  forbidden: readonly (number | undefined)[] = [],
  minima: [number | undefined, number][] = [],
) => ({ forbidden: new Set(forbidden), minima: new Map(minima) }) as Asked;

describe('a quarter to steer', () => {
  it('has the tight pairs of single orders, which those of a class are not', () => {
    const { base, steered, pair } = tie();
    // Of a and of the class of b and c, with x and with y.
    expect(steered.pairsIn(base)).toBe(4);
    expect(new Set([pair('a', 'x'), pair('a', 'y')]).size).toBe(2);
    expect([pair('a', 'x'), pair('a', 'y')]).not.toContain(undefined);
    for (const [o, b] of ['bx', 'by', 'cx', 'dx', 'dy']) expect(pair(o!, b!), `${o}→${b}`).toBeUndefined();
  });

  it('is solved with what is asked, at the same gains and prices', () => {
    const { base, steered, offer, pair } = tie();
    const all = steered.solve(base, asked([], [[pair('a', 'x'), 9]]), [], true)!;
    expect(tradesIn([all])[0]).toMatch(/a→x (9|10)/);
    for (const quarter of [all, steered.solve(base, asked([pair('a', 'x')]), [offer('a')], false)!]) {
      const { certificate, prices, pairFlow } = quarter.solution;
      const { primal, dual } = base.solution.certificate;
      expect(certificate).toMatchObject({ primal, dual });
      expect(certificate.volume).toBe(BigInt(pairFlow.reduce((sum, lots) => sum + lots, 0)));
      expect(quarter.bound).toBe(base.bound);
      expect(quarter.market.offers.every((_, row) => prices.scarcity[row] === 0)).toBe(true);
      expect(quarter.awards.reduce((sum, { lots }) => sum + lots, 0)).toBe(Number(certificate.volume));
    }
    expect(
      tradesIn([steered.solve(base, asked([pair('a', 'x'), pair('a', 'y')]), [], false)!])[0],
    ).not.toMatch(/a→/);
    expect(steered.solve(base, asked([pair('a', 'x'), pair('a', 'y')]), [offer('a')], false)).toBeUndefined();
    expect(steered.solve(base, asked([], [[pair('a', 'y'), 11]]), [], false)).toBeUndefined();
  });

  it('is solved once for the same, in whatever order it is asked, and that is all that it costs', () => {
    const { base, steered, offer, bid, pair } = tie();
    expect(steered.effort).toBe(0);
    const pairs = [pair('a', 'x'), pair('a', 'y')];
    // Taking it apart costs the pairs of the whole quarter: those of a and of b and c with both bids.
    expect(steered.effort).toBe(base.market.network.pairOffer.length);
    const costs = (...times: (() => unknown)[]) => {
      const before = steered.effort;
      const found = times.map((solve) => solve());
      for (const each of found) expect(each).toBe(found[0]);
      return (steered.effort - before) / steered.pairsIn(base);
    };
    const once = (first: Asked, again: Asked = first, filled = [offer('a')], other = filled) =>
      costs(
        () => steered.solve(base, first, filled, false),
        () => steered.solve(base, again, other, false),
      );
    expect(once(asked([pairs[0]]))).toBe(1);
    expect(once(asked(pairs), asked(pairs.toReversed())), 'what cannot be had as well').toBe(1);
    expect(
      once(
        asked(
          [],
          [
            [pairs[0], 1],
            [pairs[1], 2],
          ],
        ),
        asked(
          [],
          [
            [pairs[1], 2],
            [pairs[0], 1],
          ],
        ),
      ),
    ).toBe(1);
    expect(once(asked(), asked(), [offer('a'), bid('y')] as never, [bid('y'), offer('a')] as never)).toBe(1);
    expect(once(asked([pairs[0]]))).toBe(0);
  });

  it('is solved anew for anything else that is asked', () => {
    const { base, steered, offer, pair } = tie();
    const [ax, ay] = [pair('a', 'x'), pair('a', 'y')];
    const before = steered.effort;
    const every: [Asked, ReturnType<typeof offer>[], boolean][] = [
      [asked(), [], false],
      [asked(), [], true],
      [asked(), [offer('a')], false],
      [asked([ax]), [], false],
      [asked([ay]), [], false],
      [asked([], [[ax, 1]]), [], false],
      [asked([], [[ax, 2]]), [], false],
      [asked([], [[ay, 1]]), [], false],
      [asked([ax], [[ay, 1]]), [], false],
    ];
    for (const [what, filled, evenly] of every) steered.solve(base, what, filled, evenly);
    expect(steered.effort - before).toBe(every.length * steered.pairsIn(base));
  });

  it('is not solved when the caller’s time is over', () => {
    let mayGoOn = true;
    const { base, steered } = tie({ mayGoOn: () => mayGoOn });
    const known = steered.solve(base, asked(), [], false);
    mayGoOn = false;
    expect(() => steered.solve(base, asked(), [], true)).toThrow(MarketTooLarge);
    expect(steered.solve(base, asked(), [], false), 'what is known costs no time').toBe(known);
  });
});
