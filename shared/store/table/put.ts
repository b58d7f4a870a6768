import * as z from 'zod';
import { canonicalJson } from '../../kernel/digest.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { isExpected } from '../../kernel/version.ts';
import type { Change } from '../../contracts/change.ts';

/** What a PUT of reference data came to. */
export type Put<T> =
  | { readonly outcome: 'created' | 'replaced' | 'unchanged'; readonly record: T }
  /** It awaits a second administrator. */
  | { readonly outcome: 'proposed'; readonly change: Change };

/** If-Match: the version that stands must be one that the caller has seen. Errors: precondition_failed. */
export function checkExpected(
  present: { readonly version: number } | undefined,
  expected: ExpectedVersion | undefined,
): Result<undefined> {
  const holds = present === undefined ? expected === undefined : isExpected(expected, present.version);
  return holds
    ? ok(undefined)
    : fail(problem('precondition_failed', 'The record has changed since you read it. Read it again.'));
}

/** Whether a record already says what is put; both as the wire would show them. */
export const saysTheSame = <T>(schema: z.ZodType<T>, a: T, b: T): boolean =>
  canonicalJson(z.encode(schema, a)) === canonicalJson(z.encode(schema, b));
