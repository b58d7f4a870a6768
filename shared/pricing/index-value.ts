import * as z from 'zod';
import { positiveDecimalCodec } from '../kernel/decimal.ts';
import { nameIdSchema, textSchema } from '../kernel/ids.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { versionShape } from '../kernel/version.ts';

/** An index and a quarter of it: `cpi-us.2027-Q1`. */
export const indexValueIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,53}\.20\d\d-Q[1-4]$/,
    'expected an index and a quarter, such as cpi-us.2027-Q1',
  );

export const indexValueId = (index: string, quarter: Quarter): string => `${index}.${quarter}`;

/** What a statistical office has published of a quarter, on whatever base. */
export const indexValueTermsSchema = z.strictObject({
  value: positiveDecimalCodec,
  /** Whose figure it is, and where it can be found. */
  source: textSchema(1000),
});
export type IndexValueTerms = z.output<typeof indexValueTermsSchema>;

export const indexValueSchema = indexValueTermsSchema
  .extend({ id: indexValueIdSchema, index: nameIdSchema, quarter: quarterSchema, ...versionShape })
  .meta({ id: 'IndexValue' });
export type IndexValue = z.output<typeof indexValueSchema>;

export const ofIndexValueId = (id: string): Pick<IndexValue, 'id' | 'index' | 'quarter'> => {
  const dot = id.lastIndexOf('.');
  return { id, index: id.slice(0, dot), quarter: id.slice(dot + 1) };
};
