import { Hono } from 'hono/tiny';
import { problem } from '../../shared/kernel/problem.ts';
import { noMetrics } from '../lambda/metrics.ts';
import { isTransient, isUnavailable } from '../../shared/store/table/transient.ts';
import type { ApiContext, Env } from './answer.ts';
import { refuse, refuseMethod } from './answer.ts';
import { corsHeaders, isPreflight, preflightAnswer } from './cors.ts';
import type { ApiDependencies } from './dependencies.ts';
import { addHealth } from './health.ts';
import { measureAnswer } from './measure.ts';
import { routeGroups } from './routes/index.ts';
import type { RouteGroup } from './routing.ts';
import { routing } from './routing.ts';
import { refuseStranger, tokenOf } from './stranger.ts';

/** The API on its dependencies. */
export function createApp(
  dependencies: ApiDependencies,
  groups: readonly RouteGroup[] = routeGroups,
): Hono<Env> {
  const app = new Hono<Env>();
  app.use('*', async (context: ApiContext, next) => {
    const begun = performance.now();
    const requestId = requestIdOf(context, dependencies);
    context.set('requestId', requestId);
    const allowed = dependencies.allowedOrigins ?? [];
    if (isPreflight(context.req.raw, allowed)) context.res = preflightAnswer();
    else await next();
    for (const [name, value] of Object.entries(corsHeaders(context.req.header('origin'), allowed)))
      context.res.headers.append(name, value);
    for (const [name, value] of Object.entries(commonHeaders))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    context.res.headers.set('X-Request-Id', requestId);
    const left = context.get('left');
    // As of draft-ietf-httpapi-ratelimit-headers: by which limit, and what is left of it.
    if (left !== undefined) context.res.headers.set('RateLimit', `"organisation";r=${left}`);
    const milliseconds = performance.now() - begun;
    dependencies.logger.info('request', {
      requestId,
      method: context.req.method,
      operation: context.get('operation') ?? null,
      resource: context.get('resource') ?? null,
      organisation: context.get('organisation') ?? null,
      status: context.res.status,
      problem: context.get('problem') ?? null,
      milliseconds: Math.round(milliseconds),
    });
    measureAnswer(dependencies.metrics ?? noMetrics, context, milliseconds);
  });

  addHealth(app, dependencies);
  app.get('/openapi.json', async (context) =>
    context.body(await dependencies.readOpenApi(), 200, { 'Content-Type': 'application/json' }),
  );
  const destinationOf = routing(groups);
  app.all('/v1/*', async (context) => {
    const destination = await destinationOf(context.req.method, context.req.path);
    if ('methods' in destination)
      return destination.methods.length === 0
        ? context.notFound()
        : refuseMethod(context, ...destination.methods);
    context.set('operation', destination.operationId);
    // Who brings no token makes nobody read what serves those who do.
    const token = tokenOf(context);
    if (token === undefined) return refuseStranger(context);
    // Beside one another, for the issuer's keys are far away when they are first asked for.
    const [caller, { serve }, route] = await Promise.all([
      dependencies.verifyToken(token),
      import('./serve.ts'),
      destination.load(),
    ]);
    if (!caller.ok) return refuseStranger(context, caller.problem);
    return serve(context, route, destination.params, caller.value, dependencies);
  });
  app.all('/openapi.json', (context) => refuseMethod(context, 'GET'));

  app.notFound((context) => refuse(context, problem('not_found', 'There is nothing here.')));
  app.onError((error, context) => {
    const about = { requestId: context.get('requestId'), operation: context.get('operation') ?? null };
    if (isUnavailable(error)) {
      dependencies.logger.warn('store unavailable', {
        ...about,
        error: { name: error.name, message: error.message },
      });
      const isBusy = isTransient(error) || error.name === 'TransactionCanceledException';
      return refuse(
        context,
        problem(
          'unavailable',
          isBusy
            ? 'The marketplace is busy. Try again in a moment.'
            : 'The store does not answer. Try again in a moment, a write under the same Idempotency-Key.',
        ),
        { headers: { 'Retry-After': isBusy ? '1' : '5' } },
      );
    }
    dependencies.logger.error('surprise', {
      ...about,
      error: { name: error.name, message: error.message, stack: error.stack },
    });
    return refuse(context, problem('internal', 'Something went wrong on our side. Tell us the request id.'));
  });
  return app;
}

/** Defaults for every answer; a host that serves pages (the API reference on one machine) sets its own. */
const commonHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
};

/** The caller's own id where it is well-formed, else the gateway's, else a new one. */
function requestIdOf(context: ApiContext, dependencies: ApiDependencies): string {
  const inbound = context.req.header('x-request-id');
  if (inbound !== undefined && /^[A-Za-z0-9._-]{8,128}$/.test(inbound)) return inbound;
  const bindings = context.env as Env['Bindings'] | undefined;
  return bindings?.requestContext?.requestId ?? dependencies.newId('request');
}
