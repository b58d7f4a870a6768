import type * as z from 'zod';
import type { Item } from './item.ts';

/** Numbers of a stored body are small counts (versions, minimum quarters): plain JSON numbers again. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  return value;
}

/** What an item's body says by its noun's schema; throws where it does not say that. */
export const readBody = <T>(schema: z.ZodType<T>, item: Item): T => schema.parse(plain(item['body']));
