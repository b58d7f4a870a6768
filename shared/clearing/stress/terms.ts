import * as z from 'zod';
import { countrySchema, nameIdSchema } from '../../kernel/ids.ts';
import { quarterSchema } from '../../kernel/quarter.ts';

/** "Origin X stops product Y for N quarters." */
export const stressTestTermsSchema = z.strictObject({
  product: nameIdSchema,
  origin: countrySchema,
  quarters: z.int().min(1).max(20),
  /** The first of them; by default the next one. One that has begun can no longer be bought for. */
  from: quarterSchema.optional(),
});
export type StressTestTerms = z.output<typeof stressTestTermsSchema>;
