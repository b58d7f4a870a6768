import * as z from 'zod';
import { instantSchema } from './time.ts';

/**
 * What every kept version of a record carries: its number (1 for the first), when it was recorded, and by
 * which subject. A clearing uses the version that stood at its gate closure.
 */
export const versionShape = {
  version: z.int().positive(),
  recordedAt: instantSchema,
  recordedBy: z.string(),
};
