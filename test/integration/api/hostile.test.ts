import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../../functions/api/routes/index.ts';
import type { Engine } from '../../../infra/local/engine.ts';
import { idPrefixes } from '../../../shared/kernel/ids.ts';
import { roles } from '../../../shared/reference/role.ts';
import { problemDetailsSchema } from '../../../shared/wire/problem-details.ts';
import type { Answer } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { testTable } from '../../support/table.ts';
import { bidBody, offerBody, Trading } from '../../support/trading.ts';

let engine: Engine;
let client: DynamoDBClient;
let market: Trading;
beforeAll(async () => {
  ({ engine, client } = await testTable());
  market = await Trading.open(client);
});
afterAll(async () => {
  await engine.stop();
});

/** A path of the route whose ids are well-formed and name nothing. */
const pathOf = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const kind = Object.entries({
      offers: idPrefixes.offer,
      bids: idPrefixes.bid,
      pools: idPrefixes.pool,
      members: idPrefixes.member,
      clearings: idPrefixes.clearing,
      contracts: idPrefixes.contract,
      deliveries: idPrefixes.delivery,
      amendments: idPrefixes.amendment,
      'force-majeure': idPrefixes.event,
      floors: idPrefixes.floor,
      standards: idPrefixes.standards,
      sites: idPrefixes.site,
      certificates: idPrefixes.certificate,
      changes: idPrefixes.change,
    }).findLast(([folder]) => path.includes(`/${folder}/{${name}}`));
    return kind === undefined ? 'nothing' : `${kind[1]}_01JD0000000000000000000000`;
  });

const everybody = caller('everybody', ...roles);
const isProblem = (answer: Answer): void => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(problemDetailsSchema.safeParse(answer.body).error).toBeUndefined();
  expect(answer.headers.get('x-request-id')).not.toBeNull();
};

describe.each(routes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const))(
  '%s',
  (_, route) => {
    const path = pathOf(route.path);
    const method = route.method.toUpperCase();

    it('answers hostile input with a problem, never with a surprise', async () => {
      const bodies = [
        ...['', 'null', '[]', '0', '"x"', '{', '\u0000', '{"a":1e999}', '[[[[[[]]]]]]'],
        '{"__proto__":{"roles":["administrator"]},"constructor":{"prototype":{}}}',
        `{"${'k'.repeat(10_000)}":1}`,
        '{"price":{"amount":"1","amount":"2"}}',
        JSON.stringify({ name: '\ud800' }),
        JSON.stringify({ name: '\u202e\u0000<script>', id: { $ne: null } }),
        '['.repeat(50_000),
      ];
      const queries = ['', '?limit=-1', '?cursor=%00', '?__proto__=x', '?a[]=1', '?%ff=%ff', '?limit=1%00'];
      const send = (suffix: string, body?: string) =>
        market.call(everybody, method, `${path}${suffix}`, body, { 'If-Match': '"1"' });
      const answers = [
        ...(await Promise.all(queries.map((query) => send(query)))),
        ...(method === 'GET' ? [] : await Promise.all(bodies.map((body) => send('', body)))),
        await market.call(everybody, method, path.replace(/nothing|\w+_01JD\w+/, '%00%ff..%2f'), undefined),
      ];
      for (const answer of answers) {
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
        if (answer.status >= 400) isProblem(answer);
      }
    });
  },
);

describe('each field of an order', () => {
  const hostile: unknown[] = [
    ...[null, true, 0, -1, 1e21, '', ' ', '\u0000', '\u202e', '../..', "'; DROP TABLE", '0x1F', 'NaN'],
    ...['9'.repeat(20_000), [], [[]], {}, { amount: {} }, { toString: 1 }, [null], { length: 1e9 }],
  ];
  it.each(['offers', 'bids'])('of %s takes hostile values without a surprise', async (kind) => {
    const valid: Record<string, unknown> =
      kind === 'offers'
        ? { ...offerBody(market.site), destinations: ['DE'], purity: '99' }
        : { ...bidBody(), minimumPurity: '99', requires: [], excludedOrigins: ['XX'], maxOriginShare: '1' };
    const fields = [
      ...Object.keys(valid),
      ...['minimumLot', 'allOrNone', 'minimumQuarters', 'priceTerms', 'validUntil', 'stockLot'],
    ];
    for (const field of fields)
      for (const value of hostile) {
        const answer = await market.call(caller('mine-au', 'producer', 'buyer'), 'POST', `/v1/${kind}`, {
          ...valid,
          [field]: value,
        });
        const what = `${field}: ${JSON.stringify(value).slice(0, 60)}`;
        expect(answer.status, what).toBeLessThan(500);
        if (answer.status !== 201) isProblem(answer);
      }
  });
});
