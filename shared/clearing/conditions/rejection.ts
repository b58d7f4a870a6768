import type { BidEntry, OfferEntry } from '../book.ts';
import type { Rejected } from '../quarter-solver.ts';
import { NewcomerBounds } from './acceptance-bounds.ts';
import { compare, isBetter, type Trial } from './trial.ts';
import type { Trials } from './trials.ts';

type Order = OfferEntry | BidEntry;

/** Looking at a pair's prices costs about so much less than solving with it. */
const LOOKS_PER_SOLVE = 8;

/**
 * Rejects what breaks its conditions, the breach first that is cheapest to end, never one of `kept`, until nothing is
 * broken; undefined if that cannot be, or with `least` not without falling below its gains or not in time. Without
 * `least`, all that breaks a condition is rejected at once when time has run out.
 */
export function rejectBreaking(
  trials: Trials,
  from: Rejected,
  kept: Rejected,
  mayTakeTime: () => boolean,
  least?: Trial,
): Trial | undefined {
  let rejected = from;
  for (;;) {
    const isHurried = !mayTakeTime();
    if (isHurried && least !== undefined) return undefined;
    const trial = trials.of(rejected, !isHurried, least);
    if (trial === undefined || trial.breaches.length === 0) return trial;
    const offenders = [...new Set(trial.breaches.map(({ entry }) => entry))].filter(
      (entry) => !kept.has(entry),
    );
    if (offenders.length === 0) return undefined;
    const stakeOf = (entry: Order): bigint => trial.stakes.get(entry) ?? 0n;
    // Of many, a quarter at a time: the rounds stay few, and what was rejected too much is taken in again.
    const worst = offenders
      .toSorted((a, b) => compare(stakeOf(a), stakeOf(b)) || compareRanks(a, b))
      .slice(0, isHurried ? offenders.length : Math.max(1, offenders.length >> 2));
    const bound = worst.reduce((sum, entry) => sum - stakeOf(entry), trial.bound);
    if (least !== undefined && bound < least.gains) return undefined;
    rejected = new Set([...rejected, ...worst]);
  }
}

/**
 * Takes rejected orders in again, those first that may add most at the prices: alone, or in place of those that then
 * break their conditions. Those that would not even trade there are taken in together.
 */
export function takeInAgain(trials: Trials, first: Trial, mayGoOn: () => boolean): Trial {
  const bounds = new NewcomerBounds(trials.setting.facets, trials.whole());
  const failures = new Map<Order, number>();
  let inVain = new Set<Order>();
  let best = first;
  while (mayGoOn()) {
    const looked = bounds.looked;
    const most = bounds.of(best.rejected, best.quarters);
    trials.spend((bounds.looked - looked) / LOOKS_PER_SOLVE);
    const open = [...best.rejected].filter((entry) => !inVain.has(entry));
    const idle = open.filter((entry) => most.get(entry) === undefined);
    const [entry] = open.toSorted(
      (a, b) =>
        compare(failures.get(a) ?? 0, failures.get(b) ?? 0) ||
        compare(most.get(b) ?? -1n, most.get(a) ?? -1n) ||
        compareRanks(a, b),
    );
    if (entry === undefined) break;
    const taken = new Set(idle.length > 0 ? idle : [entry]);
    const others = new Set([...best.rejected].filter((each) => !taken.has(each)));
    const trial = rejectBreaking(trials, others, taken, mayGoOn, best);
    if (trial !== undefined && isBetter(trial, best)) {
      best = trial;
      inVain = new Set();
      continue;
    }
    for (const each of taken) {
      inVain.add(each);
      failures.set(each, (failures.get(each) ?? 0) + 1);
    }
  }
  return best;
}

const compareRanks = (a: Order, b: Order): number => compare(a.rank, b.rank);
