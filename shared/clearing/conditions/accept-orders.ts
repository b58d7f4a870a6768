import type { ConditionCode } from '../../orders/conditions.ts';
import type { QuarterSolver } from '../quarter-solver.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import { enumerate } from './enumeration.ts';
import { rejectBreaking, takeInAgain } from './rejection.ts';
import type { Trial } from './trial.ts';
import { Trials } from './trials.ts';

/** What clears, and which orders were rejected by which of their conditions. */
export interface Accepted {
  readonly quarters: readonly ClearedQuarter[];
  readonly rejected: ReadonlyMap<string, ConditionCode>;
}

/**
 * How much is spent, in pairs and orders solved, paired and steered: numbers of their own, never time, so that the same
 * book gives the same result on every machine.
 */
export interface SearchLimits {
  /** What the first result may cost, in multiples of the whole book, before all that breaks a condition is rejected at once. */
  readonly patience: number;
  /** What improving it may cost beyond that. */
  readonly improvement: number;
  /** Most sets of orders that are looked at to improve it. */
  readonly sets: number;
}
const LIMITS: SearchLimits = { patience: 100, improvement: 16_000_000, sets: 2_000 };

/**
 * Decides which orders with conditions take part. Nobody may lose at the prices, so a set of orders can stand exactly
 * if the market of it and all orders without conditions has an equilibrium in which every condition is kept; the rest
 * are rejected, even where they look good at the prices (EUPHEMIA's rule).
 *
 * First the breach that is cheapest to end by rejection is ended, one after the other, until nothing is broken; then
 * the result is improved by taking rejected orders in again, and at last by a search over sets, best bound first,
 * which, when it ends before its effort does, has found the best of all.
 */
export function acceptOrders(
  setting: Setting,
  solver: QuarterSolver,
  limits: SearchLimits = LIMITS,
): Accepted {
  const trials = new Trials(setting, solver);
  const best = bestOf(trials, limits);
  if (best.rejected.size === 0) return { quarters: best.quarters, rejected: new Map() };
  const whole = new Map<ClearedQuarter, ClearedQuarter>();
  const quarters = best.quarters.map((cleared, quarter) => {
    if (![...best.rejected].some((entry) => entry.lots[quarter]! > 0)) return cleared;
    const { market, solution } = trials.whole()[quarter]!;
    const bounded = whole.get(cleared) ?? { ...cleared, bound: { market, solution } };
    whole.set(cleared, bounded);
    return bounded;
  });
  const rejected = [...best.rejected].map((entry) => [entry.order.id, trials.codeOf(entry)] as const);
  return { quarters, rejected: new Map(rejected.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function bestOf(trials: Trials, { patience, improvement, sets }: SearchLimits): Trial {
  const first = rejectBreaking(trials, new Set(), new Set(), trials.within(patience * trials.wholeEffort()));
  if (first === undefined) throw new Error('without any order with conditions none is broken');
  if (first.rejected.size === 0) return first;
  const mayGoOn = trials.within(improvement);
  const tried = trials.count;
  const mayLookOn = (): boolean => mayGoOn() && trials.count - tried < sets;
  return enumerate(trials, takeInAgain(trials, first, mayLookOn), mayLookOn);
}
