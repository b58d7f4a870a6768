import type { Rejected } from '../quarter-solver.ts';
import { boundOf, isBetter, keyOf, type Trial } from './trial.ts';
import type { Trials } from './trials.ts';

/** A set of rejected orders that the enumeration has still to look at. */
interface Branch {
  readonly rejected: Rejected;
  /** Orders that no set reached from here rejects: others have them. */
  readonly kept: Rejected;
  readonly bound: bigint;
  readonly isSolved: boolean;
  readonly key: string;
}

/**
 * All sets of rejected orders, those first whose market without conditions gains most: that bounds what they and all
 * sets that reject still more can gain, so that the first one met without a breach is the best of all. A set's bound
 * is that of the set it came from, less what the order gained there, until its own turn comes.
 */
export function enumerate(trials: Trials, incumbent: Trial, mayGoOn: () => boolean): Trial {
  let best = incumbent;
  const open: Branch[] = [];
  const add = (branch: Branch): void => {
    if (branch.bound > best.gains) open.push(branch);
  };
  const none: Rejected = new Set();
  add({ rejected: none, kept: none, bound: boundOf(trials.whole()), isSolved: true, key: '' });
  while (open.length > 0 && mayGoOn()) {
    const next = open.reduce((a, b) => (b.bound > a.bound || (b.bound === a.bound && b.key < a.key) ? b : a));
    open.splice(open.indexOf(next), 1);
    if (next.bound <= best.gains) break;
    if (!next.isSolved) {
      add({ ...next, bound: boundOf(trials.solver.solveAll(next.rejected)), isSolved: true });
      continue;
    }
    const trial = trials.of(next.rejected, true);
    if (trial.breaches.length === 0) {
      if (isBetter(trial, best)) best = trial;
      continue;
    }
    const breaking = new Set(trial.breaches.map(({ entry }) => entry));
    const candidates = [
      ...breaking,
      ...trials.conditioned.filter((entry) => trial.traders.has(entry) && !breaking.has(entry)),
    ].filter((entry) => !next.kept.has(entry));
    let kept = next.kept;
    for (const entry of candidates) {
      const rejected = new Set([...next.rejected, entry]);
      const bound = next.bound - (trial.stakes.get(entry) ?? 0n);
      add({ rejected, kept, bound, isSolved: false, key: keyOf(rejected) });
      kept = new Set([...kept, entry]);
    }
  }
  return best;
}
