import * as z from 'zod';
import type { Instant } from './time.ts';
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

/** What `versionShape` gives every record. */
export interface Recorded {
  readonly version: number;
  readonly recordedAt: Instant;
  readonly recordedBy: string;
}

/** Who writes (the subject of the caller's token), and when. */
export interface Author {
  readonly subject: string;
  readonly at: Instant;
}

/** The marks of the version that follows `previous` (or of the first). */
export const nextVersion = (previous: Recorded | undefined, author: Author): Recorded => ({
  version: (previous?.version ?? 0) + 1,
  recordedAt: author.at,
  recordedBy: author.subject,
});
