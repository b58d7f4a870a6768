import { describe, expect, it } from 'vitest';
import { MarketTooLarge } from '../../../../shared/clearing/solver/network.ts';
import { QuarterSolver } from '../../../../shared/clearing/quarter-solver.ts';
import { Trials } from '../../../../shared/clearing/conditions/trials.ts';
import { boundOf, keyOf, sums, tradersIn } from '../../../../shared/clearing/conditions/trial.ts';
import { Bars } from '../../../../shared/clearing/quarters.ts';
import { aMarket, kg } from '../../../support/market.ts';
import { lettersOf, recordedTrials } from '../../../support/recorded-trials.ts';
import { nameOf } from '../../../support/steering.ts';
import { settingOf } from '../../../support/told.ts';

const whole = { allOrNone: true };
const both = { '2027-Q1': '10', '2027-Q2': '10' };
/** Two sellers of a tie, one for all or nothing, who find room for one; and a bid that no seller fills. */
const tie = () =>
  aMarket()
    .offer('a', 'AU', '80.00', '10', whole)
    .offer('b', 'AU', '80.00', '10')
    .bid('x', 'DE', '120.00', '10')
    .bid('z', 'DE', '70.00', '5', { minimumLot: kg('5') });

describe('a market tried without some orders', () => {
  it('knows what it gains, what it could gain, who trades and who breaks what', () => {
    const { trials, out } = recordedTrials(tie());
    expect(lettersOf(trials.conditioned)).toBe('az');
    const trial = trials.of(out(''), false);
    expect(trial).toMatchObject({ gains: 40_000n, volume: 10n, bound: 40_000n });
    expect(lettersOf(trial.traders)).toBe('a');
    expect(trial.breaches.map(({ code, entry }) => [code, nameOf(entry)])).toEqual([['all_or_none', 'a']]);
    const without = trials.of(out('ax'), true);
    expect(without).toMatchObject({ gains: 0n, volume: 0n, bound: 0n, breaches: [] });
    expect(lettersOf(without.traders)).toBe('');
  });

  it('sums gains, volume and bound over the quarters', () => {
    const { trials } = recordedTrials(
      aMarket().offer('a', 'AU', '80.00', both, whole).bid('x', 'DE', '120.00', both),
    );
    expect(sums(trials.whole())).toEqual({ gains: 80_000n, volume: 20n });
    expect(boundOf(trials.whole())).toBe(80_000n);
    expect(lettersOf(tradersIn(trials.whole()))).toBe('a');
  });

  it('is steered only if asked, and steering changes neither gains nor bound', () => {
    const { trials, out } = recordedTrials(tie());
    const plain = trials.of(out(''), false);
    const steered = trials.of(out(''), true);
    expect([plain.breaches.length, steered.breaches.length]).toEqual([1, 0]);
    expect([steered.gains, steered.bound]).toEqual([plain.gains, plain.bound]);
    expect(steered.quarters[0]!.awards.map(({ offer, lots }) => [nameOf(offer), lots])).toEqual([['a', 10]]);
  });

  it('is tried once where all has been done for its conditions; then its quarters are kept no longer', () => {
    const { trials, solver, out } = recordedTrials(tie());
    trials.of(out(''), false);
    expect(trials.count).toBe(0);
    const first = trials.of(out(''), true);
    const { solves } = solver;
    expect(trials.of(out(''), true)).toEqual({ ...first, quarters: [] });
    expect([trials.count, solver.solves]).toEqual([1, solves]);
    trials.of(out('a'), true);
    expect(trials.count).toBe(2);
  });

  it('is given up where it cannot gain what stands already', () => {
    const { trials, out } = recordedTrials(tie());
    const best = trials.of(out(''), true);
    expect(trials.of(out('x'), true, best)).toBeUndefined();
    expect(trials.of(out('a'), true, best), 'as much will do').toMatchObject({ gains: best.gains });
    expect(trials.count).toBe(2);
  });

  it('leaves word by which condition an order was last found to break, or else its strictest', () => {
    const { trials, out } = recordedTrials(
      aMarket()
        .offer('a', 'AU', '80.00', both)
        .offer('b', 'AU', '90.00', { '2027-Q1': '10' })
        .bid('x', 'DE', '120.00', { '2027-Q1': '14', '2027-Q2': '10' }, { ...whole, minimumLot: kg('6') }),
    );
    const [x] = trials.conditioned;
    expect(trials.codeOf(x!)).toBe('all_or_none');
    const { breaches } = trials.of(out(''), true);
    expect(breaches.map(({ code }) => code)).toEqual(['minimum_lot']);
    expect(trials.codeOf(x!)).toBe('minimum_lot');
  });

  it('is not begun when the caller’s time is over', () => {
    const setting = { ...settingOf(tie()), mayGoOn: () => false };
    const trials = new Trials(setting, new QuarterSolver(setting, new Bars()));
    expect(() => trials.of(new Set(), true)).toThrow(MarketTooLarge);
  });

  it('is named by the ranks of who is out, in whatever order they are told', () => {
    const { trials } = recordedTrials(tie());
    const [a, z] = trials.conditioned;
    expect(keyOf(new Set([a!, z!]))).toBe(keyOf(new Set([z!, a!])));
    expect(keyOf(new Set([a!, z!]))).toBe([a!.rank, z!.rank].sort().join(','));
  });
});

describe('what trials cost', () => {
  it('is counted in pairs, and 500 for every quarter that is solved', () => {
    const { trials, out } = recordedTrials(
      aMarket()
        .offer('a', 'AU', '80.00', { ...both, '2027-Q3': '4' }, whole)
        .bid('x', 'DE', '120.00', { ...both, '2027-Q3': '4' }),
    );
    // Two quarters are one to the solver, the third differs; each has one pair.
    expect(trials.wholeEffort()).toBe(2 * (500 + 1));
    const [shy, bold] = [trials.within(10), trials.within(11)];
    trials.spend(10);
    expect([shy(), bold()]).toEqual([false, true]);
    const afterwards = trials.within(10);
    expect(afterwards()).toBe(true);
    // Known quarters are solved no more, but all three are paired: two different ones.
    const [no, yes] = [trials.within(2), trials.within(3)];
    trials.of(out(''), false);
    expect([no(), yes()]).toEqual([false, true]);
    // Without the bid three orders of two quarters are left, and no pairs.
    const [less, more] = [trials.within(2 * (500 + 1)), trials.within(2 * (500 + 1) + 1)];
    trials.of(out('x'), false);
    expect([less(), more()]).toEqual([false, true]);
  });
});
