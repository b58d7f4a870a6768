import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, bob, buyer, mine } from '../../support/market-api.ts';
import { Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

const path = '/v1/products/ndpr-oxide/terms';
const terms = {
  tolerance: { share: '0.05', option: 'seller' },
  takeOrPay: { share: '0.9', makeUpYears: 3 },
  cureDays: 20,
};
const assay = (penalty: object) => ({
  umpire: 'A laboratory',
  elements: [{ element: 'fe', splittingLimit: '0.1', maximum: '1', penalty }],
});
const contracts = async () =>
  (await market.done(auditor, 'GET', '/v1/contracts?product=ndpr-oxide')).body.items;

describe('standard terms of a product', () => {
  it('are set by administrators, read by everybody, each version kept', async () => {
    expect((await market.call(buyer, 'GET', path)).status).toBe(404);
    const created = await market.call(ada, 'PUT', path, terms);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      ...terms,
      takeOrPay: { share: '0.9', excused: 'before', makeUpYears: 3 },
      product: 'ndpr-oxide',
      version: 1,
    });
    expect(created.headers.get('ETag')).toBe('"1"');
    expect((await market.call(ada, 'PUT', path, terms)).body.version).toBe(1);
    expect((await market.call(ada, 'PUT', path)).status).toBe(422);
    const stale = await market.call(ada, 'PUT', path, { ...terms, cureDays: 30 }, { 'If-Match': '"7"' });
    expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed']);
    const changed = await market.call(ada, 'PUT', path, { cureDays: 30 }, { 'If-Match': '"1"' });
    expect([changed.status, changed.body.version]).toEqual([200, 2]);
    expect(changed.body).not.toHaveProperty('tolerance');
    const { items } = (await market.done(mine, 'GET', `${path}/versions`)).body;
    expect(items.map(({ version, cureDays }) => [version, cureDays])).toEqual([
      [1, 20],
      [2, 30],
    ]);
  });

  it('refuse whom they are not for, and what means nothing', async () => {
    expect((await market.call(mine, 'PUT', path, terms)).status).toBe(403);
    expect((await market.call(undefined, 'PUT', path, terms)).status).toBe(401);
    expect((await market.call(ada, 'PUT', '/v1/products/nothing/terms', terms)).status).toBe(404);
    for (const [body, code, pointer] of [
      [
        { assay: assay({ step: '0.1', price: { ...usd('1.00'), currency: 'EUR' } }) },
        'currency_mismatch',
        '/assay/elements/0/penalty/price/currency',
      ],
      [
        { assay: assay({ step: '0.1', price: usd('1.00', 't') }) },
        'unit_not_convertible',
        '/assay/elements/0/penalty/price/per',
      ],
      [{ tolerance: { share: '1.1', option: 'seller' } }, 'invalid_request', '/tolerance/share'],
      [{ takeOrPay: { share: '0.9' } }, 'invalid_request', '/takeOrPay/makeUpYears'],
    ] as const) {
      const answer = await market.call(ada, 'PUT', path, body);
      expect([answer.status, answer.body.code]).toEqual([422, code]);
      expect(answer.body.errors[0]?.pointer).toBe(pointer);
    }
    const elements = [{ element: 'fe', splittingLimit: '0.1' }];
    const grade = { element: 'au', base: '6' };
    const unknown = await market.call(ada, 'PUT', path, { assay: { umpire: 'A', elements, grade } });
    expect(unknown.body.errors[0]?.pointer).toBe('/assay/grade/element');
  });

  it('take two administrators while a floor stands: penalties would price below it', async () => {
    await market.approvedFloor();
    const put = await market.call(ada, 'PUT', path, terms);
    expect([put.status, put.body['kind'], put.body['status']]).toEqual([202, 'terms', 'proposed']);
    expect((await market.call(ada, 'GET', path)).status).toBe(404);
    const change = `${path}/changes/${put.body.id}`;
    expect(put.headers.get('Location')).toBe(change);
    const alone = await market.call(ada, 'POST', `${change}/approve`);
    expect([alone.status, alone.body.code]).toEqual([409, 'second_approval_required']);
    expect((await market.call(buyer, 'POST', `${change}/approve`)).status).toBe(403);
    await market.done(bob, 'POST', `${change}/approve`);
    expect((await market.done(buyer, 'GET', path)).body).toMatchObject({ ...terms, version: 1 });
    const next = await market.done(ada, 'PUT', path, { cureDays: 5 });
    await market.done(bob, 'POST', `${path}/changes/${next.body.id}/reject`);
    expect((await market.done(buyer, 'GET', path)).body.version).toBe(1);
    const { items } = (await market.done(auditor, 'GET', `${path}/changes`)).body;
    expect(items.map(({ status }) => status)).toEqual(['approved', 'rejected']);
  });

  it('in force at gate closure stay with the contract, whatever is set later', async () => {
    const trade = async () => {
      await market.offer();
      await market.bid();
      await market.clear();
    };
    await trade();
    await market.done(ada, 'PUT', path, terms);
    await trade();
    await market.done(ada, 'PUT', path, { cureDays: 5 });
    await trade();
    const kept = (await contracts()).map(({ concludedAt, standardTerms }) => [concludedAt, standardTerms]);
    expect(kept.sort().map(([, version]) => version)).toEqual([null, 1, 2]);
    for (const contract of await contracts()) expect(contract).not.toHaveProperty('salt');
  });
});
