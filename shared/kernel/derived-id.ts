import { sha256 } from './digest.ts';
import type { IdKind } from './ids.ts';
import { idPrefixes } from './ids.ts';
import type { Instant } from './time.ts';
import { millisecondsOf } from './time.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The id of something that follows from what it is about: the same whoever makes it, and in order of time among all
 * other ids (a ULID whose random part is a hash).
 */
export function derivedId(kind: IdKind, at: Instant, about: string): string {
  let rest = millisecondsOf(at);
  let time = '';
  for (let digit = 0; digit < 10; digit += 1) {
    time = (crockford[rest % 32] ?? '') + time;
    rest = Math.floor(rest / 32);
  }
  const hash = Buffer.from(sha256(about), 'hex');
  const suffix = [...hash.subarray(0, 16)].map((byte) => crockford[byte % 32]).join('');
  return `${idPrefixes[kind]}_${time}${suffix}`;
}
