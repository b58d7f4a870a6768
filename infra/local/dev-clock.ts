import type { Hono } from 'hono/tiny';
import * as z from 'zod';
import type { ApiContext, Env } from '../../functions/api/answer.ts';
import { refuse, refuseMethod } from '../../functions/api/answer.ts';
import { readJson } from '../../functions/api/body.ts';
import { problem } from '../../shared/kernel/problem.ts';
import { instantSchema } from '../../shared/kernel/time.ts';
import { fieldErrors } from '../../shared/wire/issues.ts';
import type { MarketClock } from './market-clock.ts';

const bodySchema = z.strictObject({ now: instantSchema });

/**
 * GET /dev/clock: what time it is in this market. POST /dev/clock: later, from now on. For one machine only, as
 * `/dev/token`: quarters that end in years are seen in an afternoon. Tokens end by the same clock.
 */
export function addDevClock(app: Hono<Env>, clock: MarketClock): void {
  app.get('/dev/clock', (context: ApiContext) => context.json({ now: clock.now() }));
  app.post('/dev/clock', async (context: ApiContext) => {
    const json = await readJson(context.req.raw);
    if (!json.ok) return refuse(context, json.problem);
    const body = bodySchema.safeParse(json.value, { reportInput: true });
    if (!body.success)
      return refuse(
        context,
        problem(
          'invalid_request',
          'Say what time it shall be: {"now": "2027-04-01T00:00:00.000Z"}.',
          fieldErrors(body.error.issues),
        ),
      );
    const moved = await clock.moveTo(body.data.now);
    return moved.ok ? context.json({ now: moved.value }) : refuse(context, moved.problem);
  });
  app.all('/dev/clock', (context: ApiContext) => refuseMethod(context, 'GET', 'POST'));
}
