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

/** Which versions of a record the caller is willing to change: any that exists, or one of those named. */
export type ExpectedVersion = 'any' | readonly number[];

export const isExpected = (expected: ExpectedVersion | undefined, version: number): boolean =>
  expected === undefined || expected === 'any' || expected.includes(version);
