import * as z from 'zod';
import type { IdKind } from './id-prefixes.ts';
import { idPrefixes } from './id-prefixes.ts';

export * from './id-prefixes.ts';

/** An id that its owner chooses: organisations, products, zones, schemes. */
export const nameIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'expected 1 to 64 of A–Z a–z 0–9 . _ -, beginning with a letter or digit',
  );

/** An id that the marketplace gave out. */
export const generatedIdSchema = (kind: IdKind) =>
  z
    .string()
    .regex(
      new RegExp(`^${idPrefixes[kind]}_[0-9A-Za-z]{20,64}$`),
      `expected an id beginning ${idPrefixes[kind]}_`,
    );

/** ISO 3166-1 alpha-2. */
export const countrySchema = z
  .string()
  .regex(/^[A-Z]{2}$/, 'expected a two-letter ISO 3166-1 country code such as "JP"')
  .meta({ id: 'Country', examples: ['JP'] });

/** Free text that people read: bounded, and without control characters that could forge a log line. */
export const textSchema = (maximum: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maximum)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');
