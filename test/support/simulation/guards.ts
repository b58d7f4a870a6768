import { contests } from '../contests/index.ts';
import type { Guard } from './controls.ts';
import type { HistoryName } from './histories.ts';

/**
 * Guards that are taken away together, the history that finds it out, and the first of its seeds that does (where the code
 * has changed, another may): some losses are caught by two, and show only without both.
 */
export const controls: readonly (readonly [what: string, guards: RegExp, HistoryName, seed: number])[] = [
  ['that a request is done once', /^IDEMPOTENCY RECORD isFree$/, 'crowd', 1],
  ['that an order is as it was read, open and locked by the run that takes of it', /^ORDER /, 'crowd', 5],
  ['the place of an event in the chain of its contract', /^CONTRACT EVENT /, 'reserve', 1],
  ['the fence and the phase of a market', /^MARKET CONTROL /, 'year', 4],
  ['that a settlement is posted once', /^(LEDGER|ACCOUNT|SETTLEMENT|CONTRACT) /, 'year', 4],
  ['the versions of stock lots', /^LOT (LOT|V) /, 'reserve', 1],
  ['that a contract is booked once in stock', /^(LOT|STOCKPILE) (CONTRACT|MOVEMENT|LOT|V) /, 'reserve', 1],
  ["the versions of members' accounts and of releases", /^STOCK RECORD /, 'watch', 2],
  ['the versions of reference data', /^REF (\*|V) (versionIs|doesNotExist)/, 'watch', 2],
  ['that a zone publishes a period once', /^PUBLICATIONS /, 'watch', 2],
];

/** Of these, what is held by a single guard: no contest need try it. */
const alone = controls[0]![1];

/** Whether a guard has a trial of its own in which its absence is found out, with all others away that keep the same. */
export const isTried = (guard: Guard): boolean =>
  alone.test(guard) || contests.some((contest) => contest.guard.test(guard));
