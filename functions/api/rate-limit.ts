import type { Clock } from '../../shared/kernel/time.ts';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import type { RateLimit } from './dependencies.ts';

const maximumOrganisations = 10_000;

/**
 * A token bucket per organisation in memory: `burst` requests at once, refilled at `perSecond`. Enough for one
 * machine; on AWS the gateway's throttling stands before the function.
 */
export function tokenBuckets(options: {
  readonly perSecond: number;
  readonly burst: number;
  readonly clock: Clock;
}): RateLimit {
  const { perSecond, burst, clock } = options;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (organisation) => {
    const now = millisecondsOf(clock());
    const bucket = buckets.get(organisation) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    const allowed = tokens >= 1;
    // Put back at the end, so that the first of the map is the one that has been quiet for longest.
    buckets.delete(organisation);
    buckets.set(organisation, { tokens: allowed ? tokens - 1 : tokens, at: now });
    const quietest = buckets.keys().next().value;
    if (buckets.size > maximumOrganisations && quietest !== undefined) buckets.delete(quietest);
    return allowed
      ? { allowed, left: Math.floor(tokens - 1) }
      : { allowed, retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
  };
}
