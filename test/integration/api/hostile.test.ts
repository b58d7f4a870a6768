import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maximumBodyBytes } from '../../../functions/api/body.ts';
import type { Route } from '../../../functions/api/route.ts';
import { allRoutes } from '../../../functions/api/routes/index.ts';
import type { TestEngine } from '../../support/memory-dynamo/store.ts';
import { scan } from '../../../infra/audit/scan.ts';
import { canonicalJson, sha256 } from '../../../shared/kernel/digest.ts';
import { problemDetailsSchema } from '../../../shared/wire/problem-schema.ts';
import type { DoorAnswer } from '../../support/doors/door-api.ts';
import { DoorApi } from '../../support/doors/door-api.ts';
import { requestThatWorks } from '../../support/doors/requests-that-work.ts';
import { doors } from '../../support/doors/table.ts';
import { World } from '../../support/doors/world.ts';
import { attemptsOn } from '../../support/hostile/attempts.ts';
import { Described } from '../../support/hostile/schema.ts';
import { seenIn } from '../../support/runs.ts';
import { testTable } from '../../support/table.ts';

let engine: TestEngine;
let world: World;
let api: DoorApi;
const described = new Described(await readFile('docs/openapi.json', 'utf8'));
beforeAll(async () => {
  const { client, ...started } = await testTable();
  engine = started.engine;
  world = await World.build(client);
  api = await DoorApi.open(world);
});
afterAll(async () => {
  await engine.stop();
});

const right = (route: Route) => requestThatWorks(world, route);

/** What is wrong with a refusal that should be by the house's own kind of answer, and without a trace. */
function faultOf({ status, headers, body, written }: DoorAnswer): string | undefined {
  if (status >= 500) return 'a surprise';
  if (status < 400) return 'not refused';
  if (headers.get('content-type') !== 'application/problem+json') return 'not problem+json';
  if (!problemDetailsSchema.safeParse(body).success) return 'not the problem it should be';
  return written === 0 ? undefined : 'written';
}

const pointersOf = ({ body }: DoorAnswer): string[] =>
  ((body as { errors?: readonly { pointer: string }[] }).errors ?? []).map(({ pointer }) => pointer);

/** What cannot be read at all (400) has no fields; everything else is pointed to: the field, one in it, or one around it. */
function pointsTo(answer: DoorAnswer, pointer: string): boolean {
  const told = pointersOf(answer);
  if (answer.status === 400 && told.length === 0) return true;
  return told.some(
    (each) => each === pointer || each.startsWith(`${pointer}/`) || pointer.startsWith(`${each}/`),
  );
}

/** In `npm test` one attempt of so many, others each hour; in `npm run soak` all. */
const stride = seenIn(1, 40);
const begin = stride === 1 ? 0 : Math.floor(Date.now() / 3_600_000) % stride;

async function digestOfTable(): Promise<string> {
  const lines: string[] = [];
  for await (const items of scan(world.trading.api.dependencies.table))
    for (const item of items)
      lines.push(
        canonicalJson(
          JSON.parse(
            JSON.stringify(item, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
          ),
        ),
      );
  return sha256(lines.sort().join('\n'));
}

const routes = await allRoutes();
const withBody = routes.filter(({ operationId }) => described.bodyOf(operationId) !== undefined);

describe('hostile bodies', () => {
  it('are made for every operation that takes one, from a request that is right', async () => {
    const wrong: string[] = [];
    for (const route of withBody) {
      const { who, request } = right(route);
      if (request.body === undefined) continue;
      if (described.forbids(described.bodyOf(route.operationId)!, request.body))
        wrong.push(`${route.operationId} schema`);
      const { status, text } = await api.as(who, request);
      const expected = doors.get(route.operationId)![who.roles[0]!];
      if (status >= 400 && status !== expected.own)
        wrong.push(`${route.operationId} ${status} ${text.slice(0, 300)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are refused with a pointer where the document forbids them, and never a surprise', async () => {
    const before = await digestOfTable();
    const faults: string[] = [];
    let [tried, refused, count] = [0, 0, begin];
    for (const route of withBody) {
      const { who, request } = right(route);
      const attempts = attemptsOn(described, described.bodyOf(route.operationId)!, request.body ?? {});
      const chosen = attempts.filter(() => (count += 1) % stride === 0);
      await Promise.all(
        chosen.map(async ({ pointer, text, forbidden }) => {
          const answer = await api.as(who, { ...request, body: text });
          tried += 1;
          if (answer.status < 400 && !forbidden) return;
          refused += 1;
          const fault =
            faultOf(answer) ?? (forbidden && !pointsTo(answer, pointer) ? 'no pointer' : undefined);
          if (fault !== undefined)
            faults.push(
              `${fault}: ${route.operationId} ${pointer}: ${text.slice(0, 400)} → ${answer.text.slice(0, 300)}`,
            );
        }),
      );
    }
    expect(faults.slice(0, 20)).toEqual([]);
    expect(await digestOfTable()).toBe(before);
    expect(tried).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(tried / 2);
  }, 1_200_000);
});

describe('bodies that are not what they say', () => {
  const json = (text: string, type = 'application/json') => ({
    body: text,
    headers: { 'Content-Type': type },
  });
  const large = JSON.stringify({ a: 'x'.repeat(maximumBodyBytes) });
  const cases: readonly (readonly [
    string,
    number,
    (right: string) => { body: string; headers: Record<string, string> },
  ])[] = [
    ['no JSON', 400, () => json('{"a":')],
    ['nothing but spaces', 400, () => json('  ')],
    ['text after the end', 400, (text) => json(`${text}{}`)],
    ['comments', 400, (text) => json(`/* */${text}`)],
    ['half a surrogate pair', 400, () => json('{"\\ud800":"\\udfff"}')],
    ['a list that never ends', 400, () => json('['.repeat(50_000))],
    ['larger than any', 413, () => json(large)],
    ['of another type', 415, (text) => json(text, 'text/plain')],
    ['of a form', 415, (text) => json(text, 'application/x-www-form-urlencoded')],
    ['of several parts', 415, (text) => json(text, 'multipart/form-data; boundary=x')],
    ['in another encoding', 415, (text) => json(text, 'application/json; charset=utf-16')],
    ['in XML', 415, () => json('<a/>', 'application/xml')],
  ];

  it.each(cases)('%s get %i on every operation', async (_, status, make) => {
    for (const route of withBody) {
      const { who, request } = right(route);
      const { body, headers } = make(JSON.stringify(request.body ?? {}));
      const answer = await api.as(who, { ...request, body, headers: { ...request.headers, ...headers } });
      expect([answer.status, faultOf(answer)], `${route.operationId} ${answer.text}`).toEqual([
        status,
        undefined,
      ]);
    }
  });

  it('that give a field twice are refused on every operation, wherever it stands, with a pointer to it', async () => {
    for (const route of withBody) {
      const { who, request } = right(route);
      if (request.body === undefined) continue;
      const text = JSON.stringify(request.body);
      // The innermost first field, once more under the same name written in another way.
      const inner = [...text.matchAll(/\{"(\w)(\w*)":/g)].at(-1)!;
      const escaped = `\\u${inner[1]!.charCodeAt(0).toString(16).padStart(4, '0')}${inner[2]!}`;
      const body = `${text.slice(0, inner.index)}{"${escaped}":null,${text.slice(inner.index + 1)}`;
      const answer = await api.as(who, { ...request, body });
      expect([answer.status, faultOf(answer)], `${body} ${answer.text}`).toEqual([400, undefined]);
      expect(pointersOf(answer)[0], body).toMatch(new RegExp(`/${inner[1]!}${inner[2]!}$`));
    }
  });
});

describe('hostile paths, queries and headers', () => {
  const odd = [
    '',
    '0',
    '-1',
    '1.5',
    '1e9',
    '101',
    '%00',
    '%F0%9F%92%A5',
    '%E2%80%AE',
    '..%2f',
    '__proto__',
    'x'.repeat(3000),
  ];

  it('are never a surprise, and a query parameter at fault is pointed to', async () => {
    for (const [index, route] of routes.entries()) {
      const { who, request } = right(route);
      const ask = async (path: string, headers: Record<string, string> = {}): Promise<DoorAnswer> => {
        const answer = await api.as(who, { ...request, path, headers: { ...request.headers, ...headers } });
        const what = `${route.operationId} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${answer.text.slice(0, 300)}`;
        expect(answer.status >= 400 ? faultOf(answer) : undefined, what).toBeUndefined();
        return answer;
      };
      const [bare = ''] = request.path.split('?');
      const parameters = described.operations.get(route.operationId)?.parameters ?? [];
      const names = parameters.filter((each) => each.in === 'query').map(({ name }) => name);
      const tries = [
        ...names.flatMap((name) => odd.map((value) => `${bare}?${name}=${value}`)),
        ...['?unheardOf=1', '?__proto__=x', '?a[]=1', '?%ff=%ff', '?limit=1&limit=2'].map(
          (query) => `${bare}${query}`,
        ),
        ...odd.map((value) => bare.replace(/[^/]+_[0-9A-Za-z]{20,}/, value)),
        `${bare}/`,
        `${bare}//x`,
      ];
      const answers = await Promise.all(
        tries.filter((_, at) => stride === 1 || at % 20 === begin % 20).map((path) => ask(path)),
      );
      for (const { status, body } of answers)
        if (status === 400 && route.method === 'get')
          expect((body as { code: string }).code).toMatch(/^(invalid_request|cursor_invalid)$/);
      if (stride > 1 && index % 5 !== begin % 5) continue;
      await ask(request.path, { 'Idempotency-Key': 'x'.repeat(300) });
      await ask(request.path, { 'If-Match': 'W/"x", *', 'If-None-Match': '"' });
      await ask(request.path, { 'X-Request-Id': 'a b;<script>' });
      await ask(request.path, { Accept: 'text/csv;q=2, */*;q=nan', Range: 'bytes=0-' });
    }
  });

  it('name nothing that is not repeated as it came: no answer carries a request id that was made up', async () => {
    for (const id of ['short', 'a b', '<script>alert(1)</script>', 'x'.repeat(200)]) {
      const { headers } = await api.send({
        method: 'GET',
        path: '/v1/offers',
        headers: { 'X-Request-Id': id },
      });
      expect(headers.get('x-request-id')).toMatch(/^req_/);
    }
  });
});
