import { beforeEach, describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer as maker, mine, stockpile as reserve } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { accountBody, activeStockpile, openedLot, positionIn } from '../../support/stock.ts';
import { clientFor } from '../../support/table.ts';
import { kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
let settling: Settling;
let stockpile: string;
const other = caller('motors-fr', 'buyer');
const rival = caller('reserve-de', 'stockpile-operator');
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
  settling = new Settling(trading);
  stockpile = await activeStockpile(trading);
});

const money = (amount: string) => ({ amount, currency: 'USD' });
const termsBody = (changes: object = {}) =>
  accountBody('magnets-de', { term: '2027-12-31', replenishDays: 60, ...changes });
const post = (who: typeof ada, path: string, body?: object) => trading.call(who, 'POST', path, body);
const code = async (who: typeof ada, path: string, body?: object) => (await post(who, path, body)).body.code;
const offer = async (changes: object = {}): Promise<string> =>
  (await trading.done(reserve, 'POST', `/v1/stockpiles/${stockpile}/accounts`, termsBody(changes))).body.id;
const at = (id: string, verb = '') => `/v1/stock-accounts/${id}${verb === '' ? '' : `/${verb}`}`;
/** An account of which so much has been allocated. */
const holding = async (amount: string, changes: object = {}, who = maker): Promise<string> => {
  const id = await offer({ member: who.organisation, ...changes });
  await trading.done(who, 'POST', at(id, 'accept'));
  await trading.done(reserve, 'POST', at(id, 'allocate'), { quantity: kg(amount) });
  return id;
};
const back = (draw: number, amount: string, changes: object = {}) => ({
  ...{ draw, quantity: kg(amount), purity: '99.5', origin: 'AU' },
  ...{ location: { country: 'JP', place: 'Osaka' }, ...changes },
});
const owedTo = async (quarter: string) => {
  const { body } = await trading.done(
    reserve,
    'GET',
    `/v1/statements/${quarter}?account=stockpile:${stockpile}`,
  );
  const { lines } = body as unknown as { lines: { cause: { kind: string }; amount: { amount: string } }[] };
  return lines.map(({ cause, amount }) => [cause.kind, amount.amount]);
};
const clean = async () => {
  expect(await settling.findings()).toEqual([]);
};

describe('an account in a stockpile', () => {
  it('is offered by the operator, accepted by the member, and nobody else’s to see', async () => {
    const answer = await post(reserve, `/v1/stockpiles/${stockpile}/accounts`, termsBody());
    expect(answer).toMatchObject({
      status: 201,
      body: { status: 'offered', entitlement: kg('0'), penaltyShare: '0.10', version: 1 },
    });
    const { id } = answer.body;
    expect(await code(maker, at(id, 'draw'), { quantity: kg('1') })).toBe('invalid_state');
    expect(await code(reserve, at(id, 'allocate'), { quantity: kg('1') })).toBe('invalid_state');
    for (const who of [other, rival]) expect((await trading.call(who, 'GET', at(id))).status).toBe(404);
    expect((await trading.call(mine, 'GET', at(id))).status).toBe(403);
    expect(await code(other, at(id, 'accept'))).toBe('not_found');
    for (const who of [reserve, ada, auditor, mine])
      expect((await post(who, at(id, 'accept'))).status).toBe(403);
    expect(await post(maker, at(id, 'accept'))).toMatchObject({ body: { status: 'active', version: 2 } });
    expect(await code(maker, at(id, 'decline'))).toBe('invalid_state');
    expect(await owedTo('2026-Q4')).toEqual([['entry-fee', '500.00']]);
    expect(
      (await trading.call(rival, 'GET', `/v1/statements/2026-Q4?account=stockpile:${stockpile}`)).status,
    ).toBe(404);
    for (const who of [maker, reserve, ada, auditor])
      expect((await trading.call(who, 'GET', at(id))).body).toMatchObject({ status: 'active' });
    expect((await trading.done(maker, 'GET', '/v1/stock-accounts')).body.items).toHaveLength(1);
    expect((await trading.done(other, 'GET', '/v1/stock-accounts')).body.items).toEqual([]);
    const list = `/v1/stockpiles/${stockpile}/accounts`;
    expect((await trading.done(reserve, 'GET', list)).body.items).toHaveLength(1);
    expect((await trading.call(rival, 'GET', list)).status).toBe(404);
    expect((await trading.call(maker, 'GET', list)).status).toBe(403);
    const declined = await offer();
    expect(await post(maker, at(declined, 'decline'))).toMatchObject({ body: { status: 'declined' } });
    await clean();
  });

  it.each([
    [{ product: 'unknown' }, 'unknown_reference', '/product'],
    [{ member: 'reserve-jp' }, 'invalid_request', '/member'],
    [{ member: '../x' }, undefined, '/member'],
    [{ committed: { amount: '0', unit: 'kg' } }, undefined, '/committed/amount'],
    [{ committed: kg('0.0005') }, 'off_lot', '/committed/amount'],
    [{ entryFee: { amount: '1', currency: 'EUR' } }, 'currency_mismatch', '/entryFee/currency'],
    [{ entryFee: money('0.001') }, 'invalid_request', '/entryFee/amount'],
    [{ inventoryPrice: { ...usd('80'), currency: 'EUR' } }, 'currency_mismatch', '/inventoryPrice/currency'],
    [{ interestRate: '1.1' }, undefined, '/interestRate'],
    [{ dayCount: 'ACT/ACT' }, undefined, '/dayCount'],
    [{ term: '2026-01-01' }, 'invalid_request', '/term'],
    [{ misspelt: 1 }, undefined, '/misspelt'],
  ])('is refused with %j', async (changes, expected, pointer) => {
    const { status, body } = await post(reserve, `/v1/stockpiles/${stockpile}/accounts`, termsBody(changes));
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ pointer, ...(expected === undefined ? {} : { code: expected }) }]);
    expect(await code(rival, `/v1/stockpiles/${stockpile}/accounts`, termsBody())).toBe('not_found');
  });

  it('gives what is there, once, and takes the same or better back', async () => {
    await openedLot(trading, stockpile, { quantity: kg('300'), shelfLifeEnds: '2028-01-31' });
    await openedLot(trading, stockpile, { quantity: kg('700'), purity: '99.9' });
    const id = await holding('800');
    expect(await code(reserve, at(id, 'allocate'), { quantity: kg('201') })).toBe('entitlement_exceeded');
    const second = await offer({ member: 'motors-fr' });
    await trading.done(other, 'POST', at(second, 'accept'));
    // There are 1000 kg, of which 800 are somebody's.
    expect(await code(reserve, at(second, 'allocate'), { quantity: kg('201') })).toBe('stock_insufficient');
    const { positions } = (await trading.done(reserve, 'GET', `/v1/stockpiles/${stockpile}/positions`))
      .body as never as {
      positions: object[];
    };
    expect(positions).toMatchObject([{ physical: kg('1000'), entitled: kg('800'), available: kg('1000') }]);
    expect(await code(maker, at(id, 'draw'), { quantity: kg('800.001') })).toBe('entitlement_exceeded');
    expect(await code(other, at(id, 'draw'), { quantity: kg('1') })).toBe('not_found');
    const drawn = await trading.done(maker, 'POST', at(id, 'draw'), { quantity: kg('400') });
    expect(drawn.body).toMatchObject({
      ...{ entitlement: kg('400'), drawn: kg('400'), financed: kg('800') },
      openDraws: [{ draw: 3, outstanding: kg('400'), purity: '99.9', due: '2027-01-21' }],
    });
    expect((drawn.body as never as { events: { lots: object[] }[] }).events[2]?.lots).toMatchObject([
      { quantity: kg('300'), purity: '99.5' },
      { quantity: kg('100'), purity: '99.9' },
    ]);
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '600', available: '600' });
    expect(await code(reserve, at(id, 'replenish'), back(3, '400'))).toBe('grade_too_low');
    expect(await code(reserve, at(id, 'replenish'), back(2, '400', { purity: '99.9' }))).toBe(
      'invalid_state',
    );
    expect(await code(reserve, at(id, 'replenish'), back(3, '401', { purity: '99.9' }))).toBe(
      'entitlement_exceeded',
    );
    expect((await post(maker, at(id, 'replenish'), back(3, '400', { purity: '99.9' }))).status).toBe(403);
    const site = await trading.siteOf(mine);
    expect(
      await code(reserve, at(id, 'replenish'), back(3, '1', { purity: '99.9', site, origin: 'CL' })),
    ).toBe('site_mismatch');
    await trading.done(reserve, 'POST', at(id, 'replenish'), back(3, '150', { purity: '99.9', site }));
    const full = await trading.done(
      reserve,
      'POST',
      at(id, 'replenish'),
      back(3, '250', { purity: '99.95' }),
    );
    expect(full.body).toMatchObject({ entitlement: kg('800'), openDraws: [], replenished: kg('400') });
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '1000' });
    await clean();
  });

  it('drawn from by many at once gives no more than its entitlement', async () => {
    await openedLot(trading, stockpile);
    const id = await holding('100');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => post(maker, at(id, 'draw'), { quantity: kg('30') })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 422, 422, 422]);
    expect((await trading.done(maker, 'GET', at(id))).body).toMatchObject({ entitlement: kg('10') });
    await clean();
  });

  it('passes entitlement on with its duties', async () => {
    await openedLot(trading, stockpile);
    const id = await holding('300');
    const to = await holding('100', { committed: kg('150') }, other);
    const pass = (amount: string, target = to) => ({ to: target, quantity: kg(amount) });
    expect(await code(maker, at(id, 'transfer'), pass('51'))).toBe('entitlement_exceeded');
    expect(await code(maker, at(id, 'transfer'), pass('1', 'acc_00000000000000000000000000'))).toBe(
      'unknown_reference',
    );
    expect(await code(other, at(id, 'transfer'), pass('1'))).toBe('not_found');
    const passed = await trading.done(maker, 'POST', at(id, 'transfer'), pass('50'));
    expect(passed.body).toMatchObject({ entitlement: kg('250') });
    expect((await trading.done(other, 'GET', at(to))).body).toMatchObject({
      entitlement: kg('150'),
      financed: kg('150'),
    });
    await clean();
  });

  it('is carried by the quarter, pays for what is not replenished, and ends with what is bought back', async () => {
    settling.now = '2026-12-31T12:00:00.000Z';
    await openedLot(trading, stockpile);
    const id = await holding('1000');
    settling.now = '2027-01-31T12:00:00.000Z';
    await trading.done(maker, 'POST', at(id, 'draw'), { quantity: kg('100') });
    settling.now = '2027-04-01T12:00:00.000Z';
    await settling.settle();
    // 80 000 × 5.5 % × 90/360, and storage of 80 000 for 30 days and of 72 000 for 60; one day at the end of the quarter before.
    expect(await owedTo('2026-Q4')).toEqual([
      ['entry-fee', '500.00'],
      ['carry', '13.56'],
    ]);
    expect(await owedTo('2027-Q1')).toEqual([['carry', '1212.00']]);
    settling.now = '2027-04-02T12:00:00.000Z';
    expect(await code(maker, at(id, 'draw'), { quantity: kg('1') })).toBe('replenishment_overdue');
    await settling.settle();
    // Sixty days from the draw have passed: 100 kg at the inventory price, and a tenth.
    expect(await owedTo('2027-Q2')).toEqual([['not-replenished', '8800.00']]);
    const bought = await trading.done(maker, 'POST', at(id, 'repurchase'), { quantity: kg('400') });
    expect(bought.body).toMatchObject({ entitlement: kg('500'), financed: kg('500'), paidFor: kg('100') });
    settling.now = '2028-01-02T12:00:00.000Z';
    await settling.settle();
    settling.now = '2028-04-02T12:00:00.000Z';
    await settling.settle();
    expect((await trading.done(maker, 'GET', at(id))).body).toMatchObject({
      ...{ status: 'closed', entitlement: kg('0'), financed: kg('0') },
    });
    expect(await owedTo('2028-Q1')).toEqual(expect.arrayContaining([['repurchase', '40000.00']]));
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '0' });
    await clean();
    await damaged();
  });
});

/** What the audit must find where an account, or what it moved or cost, is not as its events say. */
async function damaged(): Promise<void> {
  const items: Item[] = [];
  for await (const page of scan(trading.api.dependencies.table)) items.push(...page);
  const found = (damage: (item: Record<string, unknown>) => void) => {
    const copy = structuredClone(items) as Record<string, unknown>[];
    for (const item of copy) damage(item);
    return [
      ...new Set(auditItems(copy, '2028-04-03T00:00:00.000Z').findings.map(({ check }) => check)),
    ].sort();
  };
  const events = (type: string, change: (event: Record<string, Record<string, unknown>>) => void) =>
    found((item) => {
      if (item['type'] !== 'stock account') return;
      const body = item['body'] as { events: Record<string, Record<string, unknown>>[] };
      for (const event of body.events) if ((event['type'] as unknown) === type) change(event);
    });
  expect(found(() => undefined)).toEqual([]);
  // What the carry of every quarter is said to be differs from what the account comes to, and from what was posted.
  expect(events('carried', ({ amount }) => (amount!['amount'] = '1.00'))).toEqual([
    'stock_acts',
    'stock_amounts',
  ]);
  expect(events('not-replenished', ({ quantity }) => (quantity!['amount'] = '99'))).toContain(
    'stock_amounts',
  );
  // A kilogram more was allocated than was moved: it is still the member's.
  expect(events('allocated', ({ quantity }) => (quantity!['amount'] = '1001'))).toEqual(
    expect.arrayContaining(['stock_acts', 'stock_entitlements']),
  );
  expect(
    found((item) => {
      if (String(item['sk']).startsWith('BALANCE#')) item['entitled'] = 1n;
    }),
  ).toContain('stock_entitlements');
}
