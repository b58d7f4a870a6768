import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as z from 'zod';

/** A digest as text. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hexadecimal');

/** Lower-case hexadecimal SHA-256. */
export const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** RFC 8785 canonical JSON: equal values give equal bytes. Values are JSON (encode bigint and codecs first). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('canonicalJson: not a JSON value');
  return text;
}
