import { createHash } from 'node:crypto';
import type { IdKind } from '../../../shared/kernel/ids.ts';
import { idPrefixes } from '../../../shared/kernel/ids.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id as a ULID looks, made of what it is for. */
export const idOf = (kind: IdKind, of: string): string => {
  let text = '';
  for (const byte of createHash('sha256').update(`${kind} ${of}`).digest().subarray(0, 25))
    text += alphabet[byte & 31]!;
  return `${idPrefixes[kind]}_0${text}`;
};
