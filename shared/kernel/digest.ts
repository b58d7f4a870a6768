import { createHash } from 'node:crypto';
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

/**
 * RFC 8785 canonical JSON: equal values give equal bytes. Values are JSON (encode bigint and codecs first): fields that
 * are undefined are left out, and what JSON has no text for throws. (JSON.stringify writes numbers and strings as the
 * RFC wants them; what it leaves open is the order of names, which is that of their UTF-16 code units.)
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('canonicalJson: half of a surrogate pair');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`canonicalJson: ${value}`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
      return `{${namedParts(value)
        .map(([name, part]) => `${canonicalJson(name)}:${canonicalJson(part)}`)
        .join(',')}}`;
    default:
      throw new TypeError(`canonicalJson: ${typeof value} is not a JSON value`);
  }
}

const namedParts = (value: object): [string, unknown][] =>
  Object.keys(value)
    .sort()
    .map((name): [string, unknown] => [name, (value as Readonly<Record<string, unknown>>)[name]])
    .filter(([, part]) => part !== undefined);

/** Entries of a list this long are written whole, one piece each. */
const LONG_LIST = 64;

/**
 * The canonical JSON of a value in pieces that make the whole text when joined: no string need hold a document larger
 * than a string can be. Lists in up to `levels` levels are written entry by entry.
 */
export function* canonicalPieces(value: unknown, levels = 4): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) {
    yield canonicalJson(value);
  } else if (Array.isArray(value)) {
    const inside = value.length < LONG_LIST ? levels - 1 : 0;
    yield '[';
    for (const [place, entry] of (value as unknown[]).entries()) {
      if (place > 0) yield ',';
      yield* canonicalPieces(entry, inside);
    }
    yield ']';
  } else {
    yield '{';
    for (const [place, [name, part]] of namedParts(value).entries()) {
      yield `${place > 0 ? ',' : ''}${canonicalJson(name)}:`;
      yield* canonicalPieces(part, levels - 1);
    }
    yield '}';
  }
}
