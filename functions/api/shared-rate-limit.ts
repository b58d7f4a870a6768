import { setTimeout } from 'node:timers/promises';
import { millisecondsOf } from '../../shared/kernel/instant.ts';
import type { RateLease, RateWindow } from '../../shared/store/service/rate-leases.ts';
import { windowAt } from '../../shared/store/service/rate-leases.ts';
import type { Turn } from './dependencies.ts';
import type { Rate } from './rate-limit.ts';
import { tokenBuckets } from './rate-limit.ts';
import { keepRecent } from './recent.ts';

export interface SharedRate extends Rate {
  /** Takes up to so many requests out of what all instances together may serve in a window. */
  readonly lease: (window: RateWindow, wanted: number) => Promise<RateLease>;
  /** Told once for each window of an organisation that is counted by this instance alone. */
  readonly notShared: (error: unknown) => void;
  /** Milliseconds that a request waits for a lease. Default 200. */
  readonly patience?: number;
}

/** What an instance has of a window. */
interface Share {
  readonly window: RateWindow;
  /** Requests that it may serve without asking. */
  atHand: number;
  /** What all instances have leased, as far as is known. */
  taken: number;
  /** `spent`: nothing is left to lease. `alone`: the table did not say; this instance counts for itself. */
  state: 'open' | 'spent' | 'alone';
  leasing?: Promise<void> | undefined;
}

/** Leases that a window is divided into. */
const leases = 20;

/**
 * One limit for all instances that share a table, at next to nothing for each request. Time is cut into windows in which
 * an organisation may make `burst` requests, so long that this is `perSecond`.
 *
 *     |-- one batch on trust --|-- a batch leased --|-- a batch leased --| … |-- 429 until the window ends --|
 *
 * An instance serves the first batch of a window, a twentieth of the limit, on trust: most organisations never ask for
 * more, and cost nothing. Then one conditional addition takes each next batch; it is begun with the last request at
 * hand, beside that request's own work, so that hardly anybody waits for it. Once nothing is left, refusals ask nobody until
 * the window ends.
 *
 * So all instances together serve no more than the limit and one batch for each of them; and no less than the limit where
 * as much is asked for, since what an instance has leased and not used is no more than what it served on trust. Where a
 * lease fails or is late, the instance judges by a token bucket of its own until the window ends: limits are about fairness, and a market that is
 * unfair for a moment is better than one that is shut.
 */
export function sharedLimit(options: SharedRate): (organisation: string) => Promise<Turn> {
  const { perSecond, burst, clock, lease, notShared, patience = 200 } = options;
  const milliseconds = Math.round(1000 * Math.max(1, burst / perSecond));
  const limit = Math.max(burst, Math.floor(perSecond));
  const batch = Math.ceil(limit / leases);
  const alone = tokenBuckets(options);
  const shares = new Map<string, Share>();

  function shareOf(organisation: string): Share {
    const window = windowAt(organisation, clock(), milliseconds, limit);
    const known = shares.get(organisation);
    const share: Share =
      known?.window.begins === window.begins ? known : { window, atHand: batch, taken: 0, state: 'open' };
    keepRecent(shares, organisation, share);
    return share;
  }

  async function leaseMore(share: Share): Promise<void> {
    try {
      const { given, taken } = await lease(share.window, batch);
      share.atHand += given;
      share.taken = taken;
      // An answer that comes late is an answer.
      share.state = given < batch ? 'spent' : 'open';
    } catch (error) {
      if (share.state === 'open') notShared(error);
      share.state = 'alone';
    } finally {
      share.leasing = undefined;
    }
  }

  async function waitFor(share: Share): Promise<void> {
    const timer = new AbortController();
    const tooLate = async (): Promise<void> => {
      await setTimeout(patience, undefined, { signal: timer.signal });
      if (share.state !== 'open' || share.atHand > 0) return;
      share.state = 'alone';
      notShared(new Error(`no lease within ${patience} ms`));
    };
    await Promise.race([(share.leasing ??= leaseMore(share)), tooLate()]);
    timer.abort();
  }

  return async (organisation) => {
    // Asked each time, so that it knows what was served when it comes to count alone.
    const own = alone(organisation);
    const share = shareOf(organisation);
    while (share.atHand === 0 && share.state === 'open') await waitFor(share);
    if (share.atHand > 0) {
      share.atHand -= 1;
      if (share.atHand === 0 && share.state === 'open') share.leasing ??= leaseMore(share);
      return { allowed: true, left: share.atHand + Math.max(0, limit - share.taken) };
    }
    if (share.state === 'alone') return own;
    const remaining = millisecondsOf(share.window.ends) - millisecondsOf(clock());
    return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(remaining / 1000)) };
  };
}
