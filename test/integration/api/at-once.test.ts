import { describe, expect, it } from 'vitest';
import type { Route } from '../../../functions/api/route.ts';
import { allRoutes } from '../../../functions/api/routes/index.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { Answer } from '../../support/api.ts';
import { contestant } from '../../support/contests/contestant.ts';
import { World as Market } from '../../support/contests/world.ts';
import { requestThatWorks } from '../../support/doors/requests-that-work.ts';
import { World } from '../../support/doors/world.ts';

/*
 * Every operation that writes, asked for by many at the same moment, in a market in which everybody has one of everything.
 * Each is asked of a market in which all stands as it did.
 */

const market = await Market.open();
const world = await World.build(undefined as never, () => Promise.resolve(market.trading));
const routes = (await allRoutes()).filter(({ method }) => method !== 'get');
const writing = routes.filter((route) => route.write !== undefined);

interface Asked {
  readonly answers: readonly Answer[];
  /** Items that were written. */
  readonly written: number;
}
const done = ({ answers }: Asked): Answer[] => answers.filter(({ status }) => status < 300);

async function asked(
  route: Route,
  callers: number,
  {
    headers = {},
    as = (who) => who,
  }: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly as?: (who: Caller, index: number) => Caller;
  } = {},
): Promise<Asked> {
  const at = await market.copy();
  const before = at.engine.stream.length;
  const { who, request } = requestThatWorks(world, route);
  const answers = await Promise.all(
    Array.from({ length: callers }, (_, index) =>
      contestant(at, `caller ${index}`, { at: at.now, guard: /$^/, isTaken: () => false }).call(
        ...([as(who, index), request.method, request.path, request.body] as const),
        { ...request.headers, ...headers },
      ),
    ),
  );
  return { answers, written: at.engine.stream.length - before };
}

/** Of many at once one has done it, or all find it done, as it was done by one. */
const isOnce = (together: Asked, alone: Asked): boolean =>
  together.written === alone.written &&
  (done(together).length === 1 ||
    new Set(together.answers.map(({ body }) => JSON.stringify(body))).size === 1);

describe('the same request from twenty callers at once, under one Idempotency-Key', () => {
  it('has one effect, and equal answers, on every operation that takes one', async () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const route of writing.filter(({ method }) => method === 'post')) {
      const headers = { 'Idempotency-Key': 'key' };
      const alone = await asked(route, 1, { headers });
      // What is refused is judged anew each time.
      if (done(alone).length === 0) continue;
      tried += 1;
      const together = await asked(route, 20, { headers });
      const replayed = together.answers.filter((each) => each.headers.get('idempotency-replayed') === 'true');
      const told = new Set(together.answers.map(({ status, body }) => JSON.stringify([status, body])));
      if (told.size !== 1 || replayed.length !== 19 || together.written !== alone.written)
        wrong.push(`${route.operationId} ${together.written} ${replayed.length} ${[...told].join(' ')}`);
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(60);
  });
});

describe('fifty who have read one version, and change it at once', () => {
  it('are one who has changed it, and the others are told that theirs is stale', async () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const route of writing.filter(({ ifMatch }) => ifMatch !== undefined)) {
      const alone = await asked(route, 1, { headers: { 'If-Match': '"1"' } });
      if (done(alone).length === 0) continue;
      tried += 1;
      const together = await asked(route, 50, { headers: { 'If-Match': '"1"' } });
      const stale = together.answers.every(({ status }) => status < 300 || status === 412);
      if (!isOnce(together, alone) || !stale)
        wrong.push(`${route.operationId} ${together.answers.map(({ status }) => status).join()}`);
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(5);
  });
});

/** What may be done again, and a release, which takes two. */
const oftener: Readonly<Record<string, number>> = { verifyStockNeed: 10, approveStockRelease: 2 };

describe('ten who decide the same at once', () => {
  it('are one who has decided', async () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const route of writing) {
      const { operationId } = route;
      if (!/^(approve|reject|verify|accept|end|complete|reinstate)[A-Z]/.test(operationId)) continue;
      const alone = await asked(route, 1);
      if (done(alone).length === 0) continue;
      tried += 1;
      const as = (who: Caller, index: number): Caller => ({ ...who, subject: `${who.subject} ${index}` });
      const together = await asked(route, 10, { as });
      const found = oftener[operationId];
      if (found === undefined ? !isOnce(together, alone) : done(together).length !== found)
        wrong.push(`${operationId} ${done(together).length} ${together.written} ${alone.written}`);
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(20);
  });
});
