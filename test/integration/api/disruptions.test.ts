import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../../infra/audit/audit.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import type { TestApi } from '../../support/market-api.ts';
import { ada, auditor, bob, buyer, everyRole, freshApi, mine } from '../../support/market-api.ts';
import { productBody } from '../../support/reference.ts';
import { clientFor } from '../../support/table.ts';

const engine = engineOfFile();
let api: TestApi;
beforeAll(async () => {
  api = await freshApi(clientFor(engine.endpoint));
  for (const [id, mineral] of [
    ['cobalt', 'cobalt'],
    ['gallium', 'gallium'],
  ])
    expect((await api.call(ada, 'PUT', `/v1/products/${id}`, productBody({ mineral }))).status).toBe(201);
});
afterAll(async () => {
  expect((await audit(api.dependencies.table, { at: api.time.now })).findings).toEqual([]);
});

const ban = (changes: object = {}) => ({
  ...{ kind: 'export-ban', title: 'Export ban on gallium', origins: ['CN'], minerals: ['gallium'] },
  ...{ destinations: ['US'], from: '2024-12-03', suspended: [{ from: '2025-11-09', to: '2026-11-27' }] },
  source: 'MOFCOM announcement 46 of 2024',
  ...changes,
});
const post = (body: object, who = ada) => api.call(who, 'POST', '/v1/disruptions', body);
const listed = async (query: string) =>
  (await api.call(buyer, 'GET', `/v1/disruptions?${query}`)).body.items.map(({ id }) => id);
const csv = (text: string, who = ada) =>
  api.call(who, 'POST', '/v1/disruptions/import', text, { 'Content-Type': 'text/csv' });

describe('a disruption', () => {
  it('is entered and changed by administrators, read by everybody, every version kept', async () => {
    const entered = await post(ban());
    expect(entered).toMatchObject({ status: 201, body: { ...ban(), status: 'entered', version: 1 } });
    const path = `/v1/disruptions/${entered.body.id}`;
    for (const who of everyRole) expect((await api.call(who, 'GET', path)).body).toEqual(entered.body);

    const change = { suspended: null, note: 'The suspension was lifted.' };
    expect((await api.call(bob, 'PATCH', path, change)).status).toBe(428);
    expect((await api.call(bob, 'PATCH', path, change, { 'If-Match': '"7"' })).status).toBe(412);
    const changed = await api.call(bob, 'PATCH', path, change, { 'If-Match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { version: 2, recordedBy: `bob` } });
    expect(changed.body).not.toHaveProperty('suspended');
    expect(await listed('inForce=2026-01-01')).toEqual([entered.body.id]);

    const ended = await api.call(ada, 'POST', `${path}/end`, { to: '2026-12-31', note: 'Agreed.' });
    expect(ended.body).toMatchObject({ to: '2026-12-31', version: 3 });
    expect(await listed('inForce=2027-01-01')).toEqual([]);
    const withdrawn = await api.call(ada, 'POST', `${path}/withdraw`, { note: 'Entered twice.' });
    expect(withdrawn.body).toMatchObject({ status: 'withdrawn', version: 4 });
    expect(await listed('inForce=2026-01-01')).toEqual([]);
    expect((await api.call(ada, 'POST', `${path}/end`, { to: '2026-12-31', note: 'Again.' })).body.code).toBe(
      'invalid_state',
    );
    const { items } = (await api.call(auditor, 'GET', `${path}/versions`)).body;
    expect(items.map(({ suspended }) => suspended !== undefined)).toEqual([true, false, false, false]);
  });

  it('is found by product, whether that is named or its mineral is', async () => {
    const named = (await post(ban({ minerals: undefined, products: ['cobalt'] }))).body.id;
    const mineral = (await post(ban({ minerals: ['cobalt'] }))).body.id;
    const other = (await post(ban({ minerals: ['cobalt'], stages: ['mining'] }))).body.id;
    const found = await listed('product=cobalt');
    expect(found.toSorted()).toEqual([named, mineral].toSorted());
    expect(found).not.toContain(other);
    expect(await listed('product=unheard-of')).toEqual([]);
  });

  it('is refused where it makes no sense, also once it is changed', async () => {
    const refused = await post(ban({ products: ['cobalt', 'unheard-of'] }));
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'unknown_reference', errors: [{ pointer: '/products/1' }] },
    });
    const { id } = (await post(ban())).body;
    const path = `/v1/disruptions/${id}`;
    const end = { to: '2024-12-02', note: 'Never begun.' };
    expect((await api.call(ada, 'POST', `${path}/end`, end)).body).toMatchObject({
      ...{ code: 'invalid_request', errors: [{ pointer: '/to' }] },
    });
    const without = await api.call(ada, 'PATCH', path, { minerals: null }, { 'If-Match': '"1"' });
    expect(without.body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/products' }] });
    for (const who of [mine, buyer, auditor]) {
      expect((await post(ban(), who)).status).toBe(403);
      expect((await api.call(who, 'POST', `${path}/withdraw`, { note: 'Not mine.' })).status).toBe(403);
      expect((await csv('kind\r\ntax\r\n', who)).status).toBe(403);
    }
    expect((await post(ban({ title: 'a\nb' }))).body.errors[0]?.pointer).toBe('/title');
    expect((await post(ban({ severity: '1' }))).status).toBe(422);
  });
});

const header =
  'kind,title,origins,minerals,quotaAllowed,quotaOf,quotaUnit,from,to,suspended,source,reference';
const rows = [
  'quota,"Cobalt quotas, 2026 and 2027",CD,cobalt,96600,230000,t,2026-01-01,2027-12-31,,ARECOMS,co-2026',
  'export-ban,"Ban on ""dual use"" gallium",CN;HK,gallium,,,,2024-12-03,,2025-11-09/2026-11-27,MOFCOM,46/2024',
];

describe('an import', () => {
  it('takes CSV: all rows at once, a row again under its reference not twice', async () => {
    const first = await csv(`\uFEFF${[header, ...rows].join('\r\n')}\r\n`);
    expect(first).toMatchObject({
      status: 200,
      body: {
        disruptions: [
          {
            outcome: 'entered',
            record: {
              title: 'Cobalt quotas, 2026 and 2027',
              quota: { allowed: { amount: '96600', unit: 't' }, of: { amount: '230000', unit: 't' } },
            },
          },
          {
            outcome: 'entered',
            record: {
              ...{ title: 'Ban on "dual use" gallium', origins: ['CN', 'HK'] },
              suspended: [{ from: '2025-11-09', to: '2026-11-27' }],
            },
          },
        ],
      },
    });
    const changed = [header, rows[0], rows[1]!.replace('2026-11-27', '2027-11-27')].join('\n');
    const second = (await csv(changed)).body['disruptions'];
    expect(second).toMatchObject([
      { outcome: 'unchanged', record: { version: 1 } },
      { outcome: 'changed', record: { version: 2, suspended: [{ to: '2027-11-27' }] } },
    ]);
    const again = { ...ban({ source: 'MOFCOM', reference: '46/2024' }) };
    expect((await post(again)).body.code).toBe('invalid_state');
  });

  it('takes all rows or none, and points to every cell at fault', async () => {
    const before = await listed('limit=100');
    const bad = [
      header,
      'export-ban,Fine,CN,gallium,,,,2026-01-01,,,Gazette,1',
      'embargo,Unheard of,CN,gallium,,,,2026-01-01,,,Gazette,2',
      'tax,No such day,CN;XYZ,gallium,,,,2026-02-30,,,Gazette,3',
    ];
    const refused = await csv(bad.join('\n'));
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    expect(refused.body.errors.map(({ pointer }) => pointer).toSorted()).toEqual([
      ...['/disruptions/1/kind', '/disruptions/2/from', '/disruptions/2/origins/1'],
    ]);
    const unknown = { disruptions: [ban(), ban({ products: ['unheard-of'] })] };
    expect((await api.call(ada, 'POST', '/v1/disruptions/import', unknown)).body).toMatchObject({
      ...{ code: 'unknown_reference', errors: [{ pointer: '/disruptions/1/products/0' }] },
    });
    const twice = { disruptions: [ban({ reference: 'a' }), ban({ reference: 'a', title: 'Other' })] };
    expect((await api.call(ada, 'POST', '/v1/disruptions/import', twice)).body.errors).toMatchObject([
      { pointer: '/disruptions/1/reference' },
    ]);
    expect(await listed('limit=100')).toEqual(before);
  });

  it.each([
    ['a column that is none', 'kind,severity\ntax,1\n'],
    ['a column twice', 'kind,kind\ntax,tax\n'],
    ['a row that is too short', 'kind,title\ntax\n'],
    ['a quote that is never closed', 'kind,title\ntax,"open\n'],
    ['text behind a quote', 'kind,title\ntax,"a"b\n'],
    ['nothing but a line', '\n'],
  ])('refuses %s', async (_, text) => {
    expect(await csv(text)).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
  });

  it('takes no more rows than one transaction holds, and each of those', async () => {
    const many = (count: number) => ({
      disruptions: Array.from({ length: count }, (_, row) =>
        ban({ source: 'Inventory', reference: `row-${row}`, from: '1999-01-01', to: '1999-12-31' }),
      ),
    });
    expect((await api.call(ada, 'POST', '/v1/disruptions/import', many(50))).status).toBe(422);
    const full = await api.call(ada, 'POST', '/v1/disruptions/import', many(49), { 'Idempotency-Key': 'k1' });
    expect(full.status).toBe(200);
    expect(await listed('limit=100&inForce=1999-06-30')).toHaveLength(49);
  });
});
