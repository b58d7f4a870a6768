import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../../functions/api/route.ts';
import { reply } from '../../../functions/api/route.ts';
import { allRoutes } from '../../../functions/api/routes/index.ts';
import type { TestEngine } from '../../support/memory-dynamo/store.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { Role } from '../../../shared/reference/role.ts';
import { roles } from '../../../shared/reference/role.ts';
import { offers, readOrder } from '../../../shared/store/orders/orders.ts';
import { decodeCursor, encodeCursor } from '../../../shared/wire/cursor.ts';
import { problemDetailsSchema } from '../../../shared/wire/problem-schema.ts';
import { caller, testApi } from '../../support/api.ts';
import type { DoorAnswer, Sent } from '../../support/doors/door-api.ts';
import { DoorApi, sent, textOf } from '../../support/doors/door-api.ts';
import type { Side } from '../../support/doors/people.ts';
import { partner, people } from '../../support/doors/people.ts';
import { namingNothing, pathOf, requests } from '../../support/doors/requests.ts';
import { leaked, readIn } from '../../support/doors/secrets.ts';
import { doors, publicOperations } from '../../support/doors/table.ts';
import { World } from '../../support/doors/world.ts';
import { heard, UnguardedTable } from '../../support/simulation/controls.ts';
import { isTried } from '../../support/simulation/guards.ts';
import { freshTable, testTable } from '../../support/table.ts';
import { Trading } from '../../support/trading.ts';

let engine: TestEngine;
let world: World;
let api: DoorApi;
beforeAll(async () => {
  const { client, ...started } = await testTable();
  engine = started.engine;
  const open = async (): Promise<Trading> => {
    const { name } = await freshTable(client);
    const trading = new Trading(
      testApi(
        new UnguardedTable({ client, name, pause: () => Promise.resolve(), random: () => 0 }, () => false),
      ),
    );
    await trading.begin();
    return trading;
  };
  world = await World.build(client, open);
  api = await DoorApi.open(world);
});
afterAll(async () => {
  await engine.stop();
});

const routes = await allRoutes();
const operations = routes.map((route) => [route.operationId, route] as const);
const sides = ['own', 'foreign'] as const satisfies readonly Side[];

/** The request of a role on what the organisation of that role holds, whoever then makes it. */
function requestOf(route: Route, role: Role): Sent {
  const holdings = world.holdingsOf(role);
  const request = requests[route.operationId]?.(holdings) ?? {};
  return sent(route.method, pathOf(route.path, request, holdings), request);
}

const requestText = ({ path, body }: Sent): string => `${path} ${textOf(body) ?? ''}`;
const answerText = ({ text, headers }: DoorAnswer): string => `${text} ${JSON.stringify([...headers])}`;

function isProblem({ headers, body }: DoorAnswer): void {
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(problemDetailsSchema.safeParse(body).error).toBeUndefined();
  expect(headers.get('x-request-id')).not.toBeNull();
}

/** What of a refusal could tell one resource from another. */
const told = ({ status, body, headers }: DoorAnswer) => ({
  status,
  problem: { ...(body as object), instance: undefined },
  etag: headers.get('etag'),
});

it('is a world that every guard of its writes holds, each with a trial in which its absence is found out', () => {
  expect(heard.size).toBeGreaterThan(60);
  expect([...heard].filter((guard) => !isTried(guard))).toEqual([]);
});

describe('the table of doors', () => {
  it('states every cell of every operation of the OpenAPI document', async () => {
    const { paths } = JSON.parse(await readFile('docs/openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const documented = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    const stated = [...doors.keys(), ...publicOperations];
    expect(
      documented.filter((operation) => !stated.includes(operation)),
      'operations without a row in test/support/doors/table.ts: say who gets what there',
    ).toEqual([]);
    expect(stated.filter((operation) => !documented.includes(operation))).toEqual([]);
  });

  it('admits the roles that the documentation of each route names, and no other', () => {
    for (const [operation, { roles: admitted }] of operations)
      for (const role of roles.filter((each) => !admitted.includes(each)))
        expect(doors.get(operation)?.[role], `${operation} ${role}`).toEqual({ own: 403, foreign: 403 });
  });
});

describe.each(operations)('%s', (operation, route) => {
  it('opens to whom the table says, and tells nobody what is not theirs', async () => {
    const ask = async (role: Role, side: Side): Promise<void> => {
      const who = people[role][side];
      const request = requestOf(route, role);
      const answer = await api.as(who, request);
      const cell = `${operation} ${role} ${side}: ${answer.text.slice(0, 500)}`;
      expect(answer.status, cell).toBe(doors.get(operation)?.[role][side]);
      expect(leaked(world.secrets, who, requestText(request), answerText(answer)), cell).toEqual([]);
      if (answer.status < 400) readIn(world.secrets, who, answerText(answer));
      else {
        isProblem(answer);
        expect(answer.written, cell).toBe(0);
      }
      if (answer.status !== 404) return;
      // What is another's is refused just as what is not there at all.
      const missing = await api.as(who, { ...request, path: namingNothing(request.path) });
      expect(told(answer), cell).toEqual(told(missing));
      const stale = { ...request.headers, 'If-Match': '"99"', 'If-None-Match': '*' };
      expect(told(await api.as(who, { ...request, headers: stale })), cell).toEqual(told(answer));
    };
    await Promise.all(roles.flatMap((role) => sides.map((side) => ask(role, side))));
  });
});

describe('who is nobody', () => {
  it('gets 401 and a challenge everywhere, whatever is wrong with the token', async () => {
    const bad = await api.tokens.bad(people.administrator.own);
    for (const [operation, route] of operations) {
      const request = requestOf(route, 'producer');
      for (const [fault, authorization] of bad) {
        const answer = await api.send(request, authorization);
        const cell = `${operation}, ${fault}`;
        expect(answer.status, cell).toBe(401);
        expect(answer.headers.get('www-authenticate'), cell).toMatch(/^Bearer/);
        expect([
          answer.written,
          leaked(world.secrets, undefined, requestText(request), answerText(answer)),
        ]).toEqual([0, []]);
      }
    }
    // The same claims in order open the door: it was the fault that closed it.
    const good = await api.tokens.token(people.administrator.own);
    const answer = await api.send({ method: 'GET', path: '/v1/clearings' }, `Bearer ${good}`);
    expect(answer.status).toBe(200);
  });

  it('gets nothing with a token that names no role, or one that does not exist', async () => {
    for (const roleNames of [[], ['Administrator'], ['superuser']]) {
      const who = { ...caller('ministry'), roles: roleNames as Role[] };
      for (const [operation, route] of operations)
        expect((await api.as(who, requestOf(route, 'producer'))).status, operation).toBe(403);
    }
  });
});

describe('a cursor', () => {
  it('continues the list for nobody but the organisation and role that it was given to', async () => {
    let continued = 0;
    const tryOut = async (route: Route, role: Role): Promise<void> => {
      const request = requestOf(route, role);
      const page = `${request.path}${request.path.includes('?') ? '&' : '?'}limit=1`;
      const first = await api.as(people[role].own, { ...request, path: page });
      const { next } = first.body as { next?: string | null };
      if (next === undefined || next === null) return;
      continued += 1;
      const path = `${page}&cursor=${next}`;
      const second = await api.as(people[role].own, { ...request, path });
      expect([second.status, second.text === first.text], route.operationId).toEqual([200, false]);
      const another = route.roles.find((other) => other !== role);
      const others = [
        people[role].foreign,
        // Nor to the same organisation in another role, which sees other things.
        ...(another === undefined ? [] : [people[another].own, { ...people[role].own, roles: [another] }]),
      ];
      for (const who of others)
        expect(await api.as(who, { ...request, path }), route.operationId).toMatchObject({
          status: 400,
          body: { code: 'cursor_invalid' },
        });
    };
    for (const route of routes.filter(({ paged }) => paged === true))
      await Promise.all(
        (['producer', 'buyer', 'administrator'] as const)
          .filter((role) => route.roles.includes(role))
          .map((role) => tryOut(route, role)),
      );
    expect(continued).toBeGreaterThan(20);
  });

  it('made by hand at a place in what is not theirs shows a caller only what is', async () => {
    for (const [operation, path, role] of [
      ['listOffers', '/v1/offers', 'producer'],
      ['listBids', '/v1/bids', 'buyer'],
      ['listSites', '/v1/sites', 'producer'],
      ['listContracts', '/v1/contracts', 'buyer'],
      ['listPools', '/v1/pools', 'buyer'],
      ['listSettlements', '/v1/settlements', 'buyer'],
      ['listAgreements', '/v1/agreements', 'producer'],
    ] as const) {
      const bindingOf = (who: { organisation: string; roles: readonly Role[] }) => ({
        ...{
          operation: `${operation} ${path}`,
          organisation: who.organisation,
          roles: who.roles,
          filters: {},
        },
      });
      const { own, foreign } = people[role];
      const admin = people.administrator.own;
      const first = await api.as(admin, { method: 'GET', path: `${path}?limit=1` });
      const { next } = first.body as { next: string };
      const place = decodeCursor(bindingOf(admin), next);
      if (!place.ok) throw new Error(`${operation}: the binding of cursors has changed`);
      for (const who of [own, foreign]) {
        const request = {
          method: 'GET',
          path: `${path}?cursor=${encodeCursor(bindingOf(who), place.value)}`,
        };
        const answer = await api.as(who, request);
        expect(answer.status, `${operation} ${answer.text}`).toBe(200);
        expect(leaked(world.secrets, who, '', answerText(answer)), operation).toEqual([]);
      }
    }
  });
});

describe('an Idempotency-Key', () => {
  it('is its organisation’s own: another gets its own answer under the same key', async () => {
    const { call } = world.trading.api;
    const site = { name: 'Works Gamma', country: 'AU', stage: 'refining', minerals: ['ndpr'] };
    const key = { 'Idempotency-Key': 'guessed' };
    const { own, foreign } = people.producer;
    const first = await call(own, 'POST', '/v1/sites', site, key);
    const second = await call(foreign, 'POST', '/v1/sites', site, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBeNull();
    expect([second.body['organisation'], second.body.id === first.body.id]).toEqual([
      foreign.organisation,
      false,
    ]);
  });
});

describe('the matrix itself', () => {
  it('has shown each secret to somebody who may read it, so that none is merely absent', async () => {
    const { foreignSite, pool } = world.common;
    for (const [who, path] of [
      [people.producer.foreign, `/v1/sites/${foreignSite!}/certificates`],
      [partner, `/v1/pools/${pool!}/members`],
    ] as const) {
      const answer = await api.as(who, { method: 'GET', path });
      readIn(world.secrets, who, answerText(answer));
      expect(leaked(world.secrets, who, path, answerText(answer))).toEqual([]);
    }
    const unread = world.secrets.filter(({ seen, readers }) => !seen && readers.length > 0);
    expect(unread.map(({ text }) => text)).toEqual([]);
  });

  it('finds a route that forgets to ask whose order it is', async () => {
    const careless = routes.map((route): Route =>
      route.operationId === 'getOffer'
        ? {
            ...route,
            read: async ({ params }, { table }) => {
              const stored = await readOrder(table, offers, (params as { id: string }).id);
              return ok(reply(200, stored?.order, { version: 1 }));
            },
          }
        : route,
    );
    const broken = await DoorApi.open(world, careless);
    const getOffer = routes.find(({ operationId }) => operationId === 'getOffer')!;
    const request = requestOf(getOffer, 'producer');
    const answer = await broken.as(people.producer.foreign, request);
    expect(answer.status).not.toBe(doors.get('getOffer')?.producer.foreign);
    expect(leaked(world.secrets, people.producer.foreign, requestText(request), answerText(answer))).toEqual([
      '191.13',
    ]);
  });
});

describe('the log of all this', () => {
  it('has a line for each request, and in none of them a token, or what anybody said', () => {
    const lines = api.log.map((line) => JSON.stringify(line));
    expect(lines.length).toBeGreaterThan(3000);
    // Ids stand in the paths of requests.
    const said = world.secrets.filter(({ text }) => !/^[a-z]{3}_/.test(text));
    expect(said.length).toBeGreaterThan(30);
    expect(leaked(said, undefined, '', lines.join('\n'))).toEqual([]);
    // As tokens begin, to the letter: ids of requests, in capitals, have any three of them now and then.
    expect(lines.filter((line) => /eyJ|[Bb]earer/.test(line)).slice(0, 3)).toEqual([]);
  });
});

describe('what others do in private', () => {
  it('changes nothing, not a byte, of what an organisation can read', async () => {
    const { trading } = world;
    const { time } = trading.api;
    const now = time.now;
    const others = (['producer', 'buyer', 'stockpile-operator'] as const).map((role) => people[role].foreign);
    const readers = [...others, people.producer.own];
    const everything = async (): Promise<Map<string, string>> => {
      time.now = now;
      const seen = new Map<string, string>();
      for (const [operation, route] of operations.filter(([, { method }]) => method === 'get'))
        await Promise.all(
          readers.map(async (who) => {
            const { status, text } = await api.as(who, requestOf(route, who.roles[0]!));
            const same = text.replaceAll(/urn:lodestone:request:\w+/g, '');
            seen.set(`${operation} ${who.organisation}`, `${status} ${same}`);
          }),
        );
      return seen;
    };
    const before = await everything();
    const { producer, buyer } = people;
    const act = async (who: Caller, operation: string): Promise<void> => {
      const route = routes.find(({ operationId }) => operationId === operation)!;
      const { method, path, body, headers } = requestOf(route, who.roles[0]!);
      await trading.done(who, method, path, body, { ...headers });
    };
    for (const operation of ['postSite', 'postCertificate', 'postOffer', 'changeOffer', 'noticeDelivery'])
      await act(producer.own, operation);
    for (const operation of ['postBid', 'changeBid', 'joinPool', 'changePoolMember', 'acceptDelivery'])
      await act(buyer.own, operation);
    await act(producer.own, 'meetCondition');
    await trading.done(buyer.own, 'POST', '/v1/pools', {
      ...{ product: 'ndpr-oxide', zone: 'partners', price: { amount: '1.00', currency: 'USD', per: 'kg' } },
      invited: [buyer.own.organisation],
    });
    const after = await everything();
    const changed = [...before.keys()].filter((reader) => after.get(reader) !== before.get(reader));
    // Whoever did it does read it, so that something has happened.
    expect(changed.filter((reader) => !reader.endsWith(producer.own.organisation))).toEqual([]);
    expect(changed.length).toBeGreaterThan(5);
  });
});
