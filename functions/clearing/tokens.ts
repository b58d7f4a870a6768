import { createHmac } from 'node:crypto';
import * as z from 'zod';

/** Which organisation a party token of a snapshot stands for, and of which group it is. Never leaves the system. */
export const partiesSchema = z.strictObject({
  format: z.literal('lodestone-parties-1'),
  clearing: z.string(),
  salt: z.string(),
  parties: z.record(z.string(), z.string()),
  /** By organisation. Left out by releases that judged each run for itself: then each is its own. */
  groups: z.record(z.string(), z.string()).optional(),
});
export type Parties = z.output<typeof partiesSchema>;

/**
 * Opaque tokens, equal exactly where the name is equal: HMAC-SHA-256 under a key of the run's own, so that nobody
 * without it can try out names, and tokens of two runs cannot be matched.
 */
export const tokenOf = (salt: string, kind: 'organisation' | 'group', name: string): string =>
  createHmac('sha256', salt).update(`${kind}:${name}`).digest('hex').slice(0, 32);

/** The secret of a contract's own, by which its chain hides from the buyer what the seller asked. */
export const contractSalt = (salt: string, contract: string): string =>
  createHmac('sha256', salt).update(`contract:${contract}`).digest('hex');
