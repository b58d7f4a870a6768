import type { Problem } from './problem.ts';

/** An outcome: a value, or an expected failure. Surprises are thrown instead. */
export type Result<T, P = Problem> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const fail = <P>(problem: P): { readonly ok: false; readonly problem: P } => ({ ok: false, problem });

/** Applies `step` to each item and stops at the first failure. */
export function collect<A, B, P>(
  items: readonly A[],
  step: (item: A, index: number) => Result<B, P>,
): Result<B[], P> {
  const values: B[] = [];
  for (const [index, item] of items.entries()) {
    const result = step(item, index);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
}

/** The value, or a thrown error: for failures that earlier checks have ruled out. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.problem.code}: ${result.problem.detail}`);
}
