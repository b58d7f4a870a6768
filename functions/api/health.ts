import type { Hono } from 'hono/tiny';
import { problem } from '../../shared/kernel/problem.ts';
import type { Instant } from '../../shared/kernel/instant.ts';
import { millisecondsOf } from '../../shared/kernel/instant.ts';
import { readPulse } from '../../shared/store/service/beat.ts';
import type { Pulse } from '../../shared/store/service/beat.ts';
import type { ApiContext, Env } from './answer.ts';
import { refuse, refuseMethod } from './answer.ts';
import type { ApiDependencies } from './dependencies.ts';

/** `unknown`: it has not been heard of, as before the first tick of a new market. */
type Part = 'ok' | 'late' | 'unknown';

/**
 * How the market is, in words that tell a stranger nothing of what it does. Orders are taken in either status: parts
 * that are late make what follows from an order late, and are made good when they come back.
 */
export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly parts: {
    readonly table: 'ok';
    /** The last tick: schedules, and what nobody has taken up. */
    readonly tick: Part;
    /** Alerts and subscribers: the last event seen of those that the table's stream tells. */
    readonly follower: Part;
    /** Requests for clearings, and runs whose worker has died. */
    readonly leftovers: Part;
  };
}

/** Milliseconds above which a part is late. Ticks come each minute; a clearing may take a quarter of an hour. */
export const patience = { tick: 180_000, follower: 600_000, leftovers: 1_800_000 } as const;

/** The table has this long: whoever asks for health wants an answer more than a good one. */
const tableMilliseconds = 2000;

export function healthOf({ beat, followed }: Pulse, now: Instant): Health {
  const since = (at: Instant): number => millisecondsOf(now) - millisecondsOf(at);
  const part = (at: Instant | undefined, most: number): Part =>
    at === undefined ? 'unknown' : since(at) > most ? 'late' : 'ok';
  const parts: Health['parts'] = {
    table: 'ok',
    tick: part(beat?.at, patience.tick),
    follower: part(followed, patience.follower),
    leftovers: beat === undefined ? 'unknown' : part(beat.waitingSince ?? now, patience.leftovers),
  };
  return { status: Object.values(parts).every((each) => each === 'ok') ? 'ok' : 'degraded', parts };
}

/**
 * `/livez`: the process answers; nothing else is asked, so that a supervisor does not restart it for a fault of the
 * table. `/healthz`: orders can be taken, 200, or not, 503; and how the parts are that work behind them.
 */
export function addHealth(app: Hono<Env>, { table, clock, probe }: ApiDependencies): void {
  app.get('/livez', (context: ApiContext) => context.json({ status: 'ok' }));
  app.get('/healthz', async (context: ApiContext) => {
    try {
      await within(tableMilliseconds, probe?.() ?? Promise.resolve());
      const pulse = await within(tableMilliseconds, readPulse(table));
      return context.json(healthOf(pulse, clock()));
    } catch {
      return refuse(context, problem('unavailable', 'The store does not answer.'), {
        headers: { 'Retry-After': '5' },
      });
    }
  });
  for (const path of ['/livez', '/healthz'])
    app.all(path, (context: ApiContext) => refuseMethod(context, 'GET'));
}

/** Rejects when the time is up; what was begun is left to end unheard. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise: timeIsUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error('it takes too long'));
  }, milliseconds);
  try {
    return await Promise.race([work, timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}
