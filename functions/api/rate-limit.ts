import type { Clock } from '../../shared/kernel/instant.ts';
import { millisecondsOf } from '../../shared/kernel/instant.ts';
import type { Turn } from './dependencies.ts';
import { keepRecent } from './recent.ts';

/** How often an organisation may ask: so many requests a second, and so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
  readonly clock: Clock;
}

/**
 * A token bucket per organisation in memory: `burst` requests at once, refilled at `perSecond`. Enough for one
 * machine; where there are several, `sharedLimit` counts for all.
 */
export function tokenBuckets({ perSecond, burst, clock }: Rate): (organisation: string) => Turn {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (organisation) => {
    const now = millisecondsOf(clock());
    const bucket = buckets.get(organisation) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    const allowed = tokens >= 1;
    keepRecent(buckets, organisation, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed
      ? { allowed, left: Math.floor(tokens - 1) }
      : { allowed, retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
  };
}
