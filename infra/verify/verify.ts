import { readCase, type Case } from './case.ts';
import { capped, conditioned, counted, eligible, feasible } from './feasible.ts';
import { attempt } from './exact.ts';
import { optimal } from './optimal.ts';
import { exhausted } from './pairs.ts';
import { shared } from './pools.ts';
import { balanced, priced } from './priced.ts';
import type { Proof } from './proof.ts';
import { supported } from './support.ts';

export interface Failure {
  /** JSON pointer to the line of the proof that fails. */
  readonly pointer: string;
  readonly problem: string;
}
export interface Report {
  readonly verified: boolean;
  /** In words, what was checked and found to hold. */
  readonly checked: readonly string[];
  readonly failures: readonly Failure[];
}

/** Each answers in words what holds, or calls `fail` for the lines that do not; nothing where there is nothing to check. */
const checks: readonly ((c: Case) => string | undefined)[] = [
  ...[
    counted,
    feasible,
    eligible,
    capped,
    conditioned,
    shared,
    priced,
    balanced,
    optimal,
    exhausted,
    supported,
  ],
];

/** Checks a proof from beginning to end, from the proof alone. `tell` hears how far it has come. */
export function verify(document: unknown, tell: (progress: string) => void = () => undefined): Report {
  const failures: Failure[] = [];
  const checked: string[] = [];
  const fail = (pointer: string, problem: string): void => {
    failures.push({ pointer, problem });
  };
  const read = attempt(fail, '', () => readCase(document as Proof, fail, tell));
  for (const check of read === undefined ? [] : checks) {
    const before: number = failures.length;
    const words = attempt(fail, '', () => check(read!));
    if (words !== undefined && failures.length === before) checked.push(words);
  }
  return { verified: failures.length === 0, checked, failures };
}
