import type { Problem } from '../../kernel/problem.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Action } from './action.ts';
import type { Refusal, Table } from './table.ts';

/** What a use case will write, in one transaction, and what it answers once that is done. */
export interface Effect<T> {
  readonly actions: readonly Action[];
  readonly value: T;
  /**
   * What a condition that did not hold means: a problem for the caller, or `again` where something it had read
   * has changed meanwhile, so that the plan must be made anew. Without it, always `again`.
   */
  readonly refused?: (refusal: Refusal) => Problem | 'again';
}

/** Reads what it needs and decides; writes nothing. */
export type Plan<T> = () => Promise<Result<Effect<T>>>;

/** The same plan, answering something made from its value. */
export const mapPlan =
  <A, B>(plan: Plan<A>, map: (value: A) => B): Plan<B> =>
  async () => {
    const planned = await plan();
    return planned.ok ? ok({ ...planned.value, value: map(planned.value.value) }) : planned;
  };

const attempts = 10;

/**
 * Makes the plan and carries it out, anew as long as others get in between. Errors: the plan's own, and
 * concurrent_change when the race is lost ten times over.
 */
export async function perform<T>(table: Table, plan: Plan<T>): Promise<Result<T>> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const planned = await plan();
    if (!planned.ok) return planned;
    const { actions, value, refused } = planned.value;
    if (actions.length === 0) return ok(value);
    const outcome = await table.transact(actions);
    if (outcome.done) return ok(value);
    for (const refusal of outcome.refusals) {
      const meaning = refused?.(refusal) ?? 'again';
      if (meaning !== 'again') return fail(meaning);
    }
    await table.backOff(attempt);
  }
  return fail(problem('concurrent_change', 'Others keep changing the same record. Try again in a moment.'));
}

/**
 * Carries out one plan after another until there is nothing left to do; answers what was done. Stopped and run again, or run
 * twice at once, it goes on with what the table then says. Throws where a plan is refused, and where `most` were not enough.
 */
export async function performAll<T>(
  table: Table,
  plan: () => Plan<T | undefined>,
  { of, most }: { readonly of: string; readonly most: number },
): Promise<T[]> {
  const done: T[] = [];
  for (let turn = 1; turn <= most; turn += 1) {
    const performed = await perform(table, plan());
    if (!performed.ok) throw new Error(performed.problem.detail);
    if (performed.value === undefined) return done;
    done.push(performed.value);
  }
  throw new Error(`${of} does not come to rest`);
}
