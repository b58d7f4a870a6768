import type * as z from 'zod';
import type { FieldError } from '../kernel/problem.ts';

type Issue = z.core.$ZodIssue;

/** Errors told at once; more would only help whoever probes. */
const maximumErrors = 50;

/** RFC 6901: "~" and "/" inside a name are escaped. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What a schema found wrong, field by field. Issues must have been reported with their input. */
export const fieldErrors = (issues: readonly Issue[]): FieldError[] =>
  issues.flatMap((issue) => errorsOf(issue, [])).slice(0, maximumErrors);

function errorsOf(issue: Issue, parents: readonly PropertyKey[]): FieldError[] {
  const path = [...parents, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: pointerOf([...path, key.slice(0, 100)]),
      code: 'unknown_field',
      detail: 'There is no such field here.',
    }));
  if (issue.code === 'invalid_union') {
    const branch = intendedBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => errorsOf(inner, path));
  }
  return [{ pointer: pointerOf(path), code: codeOf(issue), detail: sentence(issue.message) }];
}

/**
 * The branch of a union that the value was evidently meant for: the one whose fields it names, that is, with the
 * fewest fields missing or unknown.
 */
function intendedBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const misfit = (issues: readonly Issue[]): number =>
    issues.reduce(
      (sum, issue) =>
        sum +
        (issue.code === 'unrecognized_keys' ? issue.keys.length : 0) +
        (issue.path.length <= 1 && issue.code === 'invalid_type' ? (issue.path.length === 0 ? 100 : 1) : 0),
      0,
    );
  return branches.toSorted((a, b) => misfit(a) - misfit(b))[0];
}

const codes: Partial<Record<string, string>> = {
  invalid_type: 'invalid_type',
  too_big: 'too_large',
  too_small: 'too_small',
  invalid_format: 'invalid_format',
};

const codeOf = (issue: Issue): string =>
  issue.code === 'invalid_type' && issue.input === undefined
    ? 'required'
    : (codes[issue.code] ?? 'invalid_value');

const sentence = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1, 400)}${message.endsWith('.') ? '' : '.'}`;
