import { canonicalJson, sha256 } from '../../shared/kernel/digest.ts';
import { problem } from '../../shared/kernel/problem.ts';
import type { Result } from '../../shared/kernel/result.ts';
import type { Problem } from '../../shared/kernel/problem.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import type { ExpectedVersion } from '../../shared/kernel/version.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import { hasRole } from '../../shared/reference/caller.ts';
import { mapPlan, perform } from '../../shared/store/table/effect.ts';
import { performOnce } from '../../shared/store/service/idempotency.ts';
import type { CursorBinding } from '../../shared/wire/cursor.ts';
import { decodeCursor, encodeCursor } from '../../shared/wire/cursor.ts';
import { prefersCsv } from '../../shared/wire/csv.ts';
import { matchesNone, parseIfMatch } from '../../shared/wire/etag.ts';
import { defaultLimit } from '../../shared/wire/list.ts';
import type { ApiContext } from './answer.ts';
import { basePath, refuse, send } from './answer.ts';
import { readJson } from './body.ts';
import type { ApiDependencies } from './dependencies.ts';
import { encodeReply } from './encode-reply.ts';
import { parseBody, parseParams, parseQuery } from './parse.ts';
import type { ApiRequest, Reply, Route } from './route.ts';

/** Serves one request of a caller on a route: may they, what do they want, do it, answer. */
export async function serve(
  context: ApiContext,
  route: Route,
  pathParams: Readonly<Record<string, string>>,
  caller: Caller,
  dependencies: ApiDependencies,
): Promise<Response> {
  context.set('organisation', caller.organisation);
  const turn = (await dependencies.rateLimit?.(caller.organisation)) ?? { allowed: true };
  if ('left' in turn) context.set('left', turn.left);
  if (!turn.allowed)
    return refuse(context, problem('rate_limited', 'Too many requests of this organisation.'), {
      headers: { 'Retry-After': String(turn.retryAfterSeconds) },
    });
  if (!hasRole(caller, ...route.roles))
    return refuse(context, problem('forbidden', `This takes one of the roles ${route.roles.join(', ')}.`));

  const params = parseParams(route, pathParams);
  if (!params.ok) return refuse(context, params.problem.problem, params.problem);
  if (route.params !== undefined) context.set('resource', context.req.path);
  const query = parseQuery(route, context.req.queries());
  if (!query.ok) return refuse(context, query.problem.problem, query.problem);
  const { limit, cursor, ...filters } = query.value;
  const binding: CursorBinding = {
    operation: `${route.operationId} ${context.req.path}`,
    organisation: caller.organisation,
    roles: caller.roles,
    filters,
  };
  const after =
    route.paged === true && cursor !== undefined ? decodeCursor(binding, cursor as string) : ok(undefined);
  if (!after.ok) return refuse(context, after.problem);
  const json = route.method === 'get' ? ok(undefined) : await readJson(context.req.raw, route.csvBody);
  if (!json.ok) return refuse(context, json.problem);
  const body = parseBody(route, json.value);
  if (!body.ok) return refuse(context, body.problem.problem, body.problem);
  const expectedVersion = readExpectedVersion(context, route);
  if (!expectedVersion.ok) return refuse(context, expectedVersion.problem);

  const request: ApiRequest<unknown, Record<string, unknown>, unknown> = {
    caller,
    params: params.value,
    query: filters,
    body: body.value,
    page: { limit: (limit as number | undefined) ?? defaultLimit, after: after.value },
    expectedVersion: expectedVersion.value,
    at: dependencies.clock(),
    requestId: context.get('requestId'),
  };
  return route.write === undefined
    ? await answerRead(context, route, request, binding, dependencies)
    : await answerWrite(context, route, request, json.value, dependencies);
}

function readExpectedVersion(context: ApiContext, route: Route): Result<ExpectedVersion | undefined> {
  const header = route.ifMatch === undefined ? undefined : context.req.header('if-match');
  if (header !== undefined) return parseIfMatch(header);
  return route.ifMatch === 'required'
    ? fail(problem('precondition_required', 'Send If-Match with the ETag of the version you have read.'))
    : ok(undefined);
}

/** What was not even begun may be asked for again soon. */
const laterOf = ({ code }: Problem): Record<string, string> =>
  code === 'rate_limited' || code === 'unavailable' ? { 'Retry-After': '5' } : {};

async function answerRead(
  context: ApiContext,
  route: Route,
  request: ApiRequest<unknown, Record<string, unknown>, unknown>,
  binding: CursorBinding,
  dependencies: ApiDependencies,
): Promise<Response> {
  const outcome = await route.read?.(request, dependencies);
  if (outcome === undefined) throw new Error(`${route.operationId} neither reads nor writes`);
  if (!outcome.ok) return refuse(context, outcome.problem, { headers: laterOf(outcome.problem) });
  if (route.paged === true) return sendPage(context, route, outcome.value, binding);
  if (route.csv !== undefined && prefersCsv(context.req.header('accept')))
    return new Response(route.csv(outcome.value.value), {
      status: outcome.value.status,
      headers: { 'Content-Type': 'text/csv; charset=utf-8; header=present', Vary: 'Accept' },
    });
  const answer = encodeReply(route, outcome.value);
  const etag = answer.headers['ETag'];
  const ifNoneMatch = context.req.header('if-none-match');
  if (etag !== undefined && ifNoneMatch !== undefined && !matchesNone(ifNoneMatch, etag))
    return send(context, { ...answer, status: 304, body: '' });
  return send(context, answer);
}

function sendPage(context: ApiContext, route: Route, reply: Reply, binding: CursorBinding): Response {
  const value = reply.value as { readonly next: string | null };
  if (value.next === null) return send(context, encodeReply(route, reply));
  const next = encodeCursor(binding, value.next);
  const target = new URLSearchParams(context.req.query());
  target.set('cursor', next);
  return send(context, encodeReply(route, { ...reply, value: { ...value, next } }), {
    Link: `<${basePath(context)}${context.req.path}?${target.toString()}>; rel="next"`,
  });
}

async function answerWrite(
  context: ApiContext,
  route: Route,
  request: ApiRequest<unknown, Record<string, unknown>, unknown>,
  json: unknown,
  dependencies: ApiDependencies,
): Promise<Response> {
  const key = route.method === 'post' ? context.req.header('idempotency-key') : undefined;
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key))
    return refuse(
      context,
      problem('malformed_request', 'Idempotency-Key must be 1 to 255 printable ASCII characters.'),
    );
  const write = route.write?.(request, dependencies);
  if (write === undefined) throw new Error(`${route.operationId} does not write`);
  const plan = mapPlan(write, (reply) => encodeReply(route, reply));
  const outcome =
    key === undefined
      ? await perform(dependencies.table, plan)
      : await performOnce(
          dependencies.table,
          {
            organisation: request.caller.organisation,
            operation: route.operationId,
            key,
            requestHash: sha256(canonicalJson([route.method, context.req.path, json ?? null])),
            at: request.at,
          },
          plan,
        );
  if (!outcome.ok) return refuse(context, outcome.problem);
  const location = outcome.value.headers['Location'];
  if (location !== undefined) context.set('resource', location);
  await finish(context, route, request, dependencies);
  const replayed = 'replayed' in outcome.value && outcome.value.replayed;
  return send(context, outcome.value, replayed ? { 'Idempotency-Replayed': 'true' } : {});
}

/** The write is done, so nothing that fails here may make it look undone. */
async function finish(
  context: ApiContext,
  route: Route,
  request: ApiRequest<unknown, Record<string, unknown>, unknown>,
  dependencies: ApiDependencies,
): Promise<void> {
  try {
    await route.afterwards?.(request, dependencies);
  } catch (error) {
    dependencies.logger.warn('afterwards failed', {
      requestId: context.get('requestId'),
      operation: route.operationId,
      error: error instanceof Error ? error.name : 'unknown',
    });
  }
}
