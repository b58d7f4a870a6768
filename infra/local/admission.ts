import { problem } from '../../shared/kernel/problem.ts';
import { refusalBeforeTheApp } from './before-the-app.ts';
import type { Handler } from './server.ts';

export interface AdmissionSettings {
  /** Milliseconds that an answer may take before there is too much to do. */
  readonly targetMilliseconds: number;
  /** Requests worked on at once: never fewer or more than this, whatever the answers take. */
  readonly fewest: number;
  readonly most: number;
  /** As many to begin with. */
  readonly first: number;
  readonly now: () => number;
}

const usual: AdmissionSettings = {
  targetMilliseconds: 1000,
  // Whoever races fifty requests against each other is to see who wins.
  fewest: 64,
  most: 1024,
  first: 256,
  now: () => performance.now(),
};

/** Who watches over the process asks when it is busiest. */
const alwaysAdmitted = new Set(['/healthz', '/livez']);

/**
 * Refuses what is more than can be answered in good time, before anything is read or written for it. What has begun
 * shares the processor, so that without a bound every answer gets late and none more are given. How many requests may be
 * worked on at once is found as TCP finds its window (additive increase, multiplicative decrease; Chiu and Jain 1989):
 * slowly more while answers are in time, a fifth less at once when one is late.
 */
export function admission(handler: () => Handler, settings: Partial<AdmissionSettings> = {}): Handler {
  const { targetMilliseconds, fewest, most, first, now } = { ...usual, ...settings };
  let limit = first;
  let working = 0;
  let loweredAt = -Infinity;

  const ended = (begun: number): void => {
    const at = now();
    // Grown only while it is what bounds: a quiet hour says nothing of how much can be borne.
    if (at - begun <= targetMilliseconds && working >= limit / 2) limit = Math.min(most, limit + 1 / limit);
    // One that began before the last cut tells of what has been answered to already.
    else if (at - begun > targetMilliseconds && begun >= loweredAt) {
      limit = Math.max(fewest, limit * 0.8);
      loweredAt = at;
    }
    working -= 1;
  };
  return async (request) => {
    if (alwaysAdmitted.has(new URL(request.url).pathname)) return handler()(request);
    if (working >= Math.floor(limit)) return tooMany();
    working += 1;
    const begun = now();
    try {
      return await handler()(request);
    } finally {
      ended(begun);
    }
  };
}

const tooMany = (): Response =>
  refusalBeforeTheApp(
    problem('rate_limited', 'More requests than can be answered in good time. Nothing was done; try again.'),
    { headers: { 'Retry-After': '1' } },
  );
