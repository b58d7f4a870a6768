import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { ExpectedVersion } from '../kernel/version.ts';

/** The strong entity tag of a version. */
export const etagOf = (version: number): string => `"${version}"`;

// RFC 9110, 8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE
const listPattern =
  /^\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*\s*$/;
const tagPattern = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

/**
 * If-Match (RFC 9110, 13.1.1): `*` or a list of entity tags. The comparison is strong, so weak tags match
 * nothing, as do tags that no version has. Errors: malformed_request.
 */
export function parseIfMatch(header: string): Result<ExpectedVersion> {
  if (header.trim() === '*') return ok('any');
  if (!listPattern.test(header))
    return fail(problem('malformed_request', 'If-Match must be * or a list of entity tags such as "3".'));
  const versions = [...header.matchAll(tagPattern)]
    .filter(([, weak, tag]) => weak === undefined && /^[1-9]\d{0,8}$/.test(tag ?? ''))
    .map(([, , tag]) => Number(tag));
  return ok(versions);
}

/** If-None-Match (RFC 9110, 13.1.2) compares weakly; whatever cannot be read matches nothing. */
export const matchesNone = (header: string, etag: string): boolean =>
  header.trim() !== '*' && ![...header.matchAll(tagPattern)].some(([, , tag]) => `"${tag ?? ''}"` === etag);
