import { canonicalJson, sha256 } from '../kernel/digest.ts';
import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';

/**
 * What a cursor is bound to: it continues only the list it was given for, for the same caller and filters. The
 * binding is a digest without a key: a cursor carries nothing but a position in a list that the caller may read
 * anyway, so one made by hand gains nothing.
 */
export interface CursorBinding {
  readonly operation: string;
  readonly organisation: string;
  readonly roles: readonly string[];
  readonly filters: Readonly<Record<string, unknown>>;
}

const digestOf = (binding: CursorBinding, position: string): string =>
  sha256(canonicalJson({ ...binding, roles: binding.roles.toSorted(), position })).slice(0, 32);

export const encodeCursor = (binding: CursorBinding, position: string): string =>
  Buffer.from(`${digestOf(binding, position)}${position}`).toString('base64url');

/** The position that a cursor stands for. Errors: cursor_invalid. */
export function decodeCursor(binding: CursorBinding, cursor: string): Result<string> {
  const text = /^[A-Za-z0-9_-]{43,600}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString() : '';
  const position = text.slice(32);
  return position !== '' && digestOf(binding, position) === text.slice(0, 32)
    ? ok(position)
    : fail(problem('cursor_invalid', 'The cursor does not continue this list. Begin again without it.'));
}
