import type { Hono } from 'hono/tiny';
import type { ApiContext, Env } from '../../functions/api/answer.ts';
import { refuse, refuseMethod } from '../../functions/api/answer.ts';
import { readJson } from '../../functions/api/body.ts';
import { problem } from '../../shared/kernel/problem.ts';
import { fieldErrors } from '../../shared/wire/issues.ts';
import type { Issuer } from './issuer.ts';
import { tokenTermsSchema } from './issuer.ts';

/**
 * POST /dev/token: an access token for whoever the caller says it is. For one machine only; the server it
 * stands on listens to this machine alone.
 */
export function addDevToken(app: Hono<Env>, issuer: Issuer): void {
  app.post('/dev/token', async (context: ApiContext) => {
    const json = await readJson(context.req.raw);
    if (!json.ok) return refuse(context, json.problem);
    const terms = tokenTermsSchema.safeParse(json.value, { reportInput: true });
    if (!terms.success)
      return refuse(
        context,
        problem(
          'invalid_request',
          'Say for whom: {"organisation": "org-1", "roles": ["producer"], "subject": "user-1"}.',
          fieldErrors(terms.error.issues),
        ),
      );
    return context.json({ token: await issuer.issue(terms.data) });
  });
  app.all('/dev/token', (context: ApiContext) => refuseMethod(context, 'POST'));
}
