import { beforeEach, describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, bob, buyer as maker, mine, stockpile as reserve } from '../../support/market-api.ts';
import { schemeBody, zoneBody } from '../../support/reference.ts';
import { Settling } from '../../support/settling.ts';
import { activeStockpile, openedLot, positionIn } from '../../support/stock.ts';
import { clientFor } from '../../support/table.ts';
import { kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
let settling: Settling;
let stockpile: string;
const motors = caller('motors-fr', 'buyer');
const rival = caller('reserve-de', 'stockpile-operator');
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
  settling = new Settling(trading);
  stockpile = await activeStockpile(trading);
});

const post = (who: typeof ada, path: string, body?: object) => trading.call(who, 'POST', path, body);
const code = async (who: typeof ada, path: string, body?: object) => (await post(who, path, body)).body.code;
const at = (id: string, verb = '') => `/v1/stock-loans/${id}${verb === '' ? '' : `/${verb}`}`;
const terms = (amount: string, changes: object = {}) => ({
  ...{ product: 'ndpr-oxide', quantity: kg(amount), purpose: 'Magnets for scanners', ...changes },
});
const ask = (who: typeof ada, amount: string, changes: object = {}) =>
  post(who, `/v1/stockpiles/${stockpile}/loans`, terms(amount, changes));
const asked = async (who: typeof ada, amount: string): Promise<string> => {
  const { status, body } = await ask(who, amount);
  expect([status, body.code]).toEqual([201, undefined]);
  return body.id;
};
/** A verified need: 30 days of 36 500 kg a year are 3 000. */
const needs = async (who: typeof ada, essential = false, use = '36500') => {
  const path = `/v1/stockpiles/${stockpile}/needs/ndpr-oxide`;
  await trading.done(who, 'PUT', path, { annualUse: kg(use), essential, evidence: 'Books' });
  await trading.done(ada, 'POST', `${path}/${who.organisation}/verify`, { annualUse: kg(use), essential });
};
/** 2 500 kg are 25 days of use, an emergency; 1 500 of them are the reserve floor. */
const scarce = async () => {
  await openedLot(trading, stockpile, {
    ...{ quantity: kg('600'), shelfLifeEnds: '2028-01-31', inventoryPrice: usd('70.00') },
  });
  await openedLot(trading, stockpile, { quantity: kg('1900'), purity: '99.9' });
};
const back = (amount: string, changes: object = {}) => ({
  ...{ quantity: kg(amount), purity: '99.9', origin: 'AU', location: { country: 'JP', place: 'Osaka' } },
  ...changes,
});
const lent = async (who: typeof ada, amount: string): Promise<string> => {
  const id = await asked(who, amount);
  await trading.done(ada, 'POST', at(id, 'approve'));
  await trading.done(reserve, 'POST', at(id, 'hand-over'));
  return id;
};
const clean = async () => {
  expect(await settling.findings()).toEqual([]);
};

describe('a loan in kind', () => {
  it('goes from a verified need to what is set aside, handed over, and back in kind and in cash', async () => {
    await scarce();
    expect(await ask(maker, '100')).toMatchObject({ status: 409, body: { code: 'need_not_verified' } });
    await needs(maker);
    const id = await asked(maker, '800');
    expect(await positionIn(trading, stockpile)).toMatchObject({ encumbered: '0', lent: '0' });
    expect(await code(reserve, at(id, 'hand-over'))).toBe('invalid_state');
    const approved = await trading.done(ada, 'POST', at(id, 'approve'));
    // 600 kg at 70 and 200 at 80; what lay free is not for the borrower.
    expect(approved.body).toMatchObject({
      ...{ status: 'approved', outstanding: kg('0') },
      events: [
        {
          ...{ purity: '99.9', lasts: '9999-12-31', inventoryPrice: usd('72.50'), cap: kg('3000') },
          ...{ handOverBy: '2026-11-30', months: 6, beside: kg('0') },
          lots: [{ quantity: kg('600') }, { quantity: kg('200') }],
          grounds: { level: 3, free: kg('2500'), reserveFloor: kg('1500') },
        },
      ],
    });
    const seen = await trading.done(maker, 'GET', at(id));
    expect(seen.body).toMatchObject({ status: 'approved' });
    expect(JSON.stringify(seen.body)).not.toMatch(/grounds|2500|1500/);
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '2500', encumbered: '800' });
    await clean();
    const handed = await Promise.all([1, 2, 3].map(() => post(reserve, at(id, 'hand-over'))));
    expect(handed.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '1700', lent: '800' });
    expect((await trading.done(maker, 'GET', at(id))).body).toMatchObject({
      ...{ status: 'lent', due: '2027-05-22', outstanding: kg('800') },
    });
    expect(await code(maker, at(id, 'withdraw'))).toBe('invalid_state');
    expect(await code(maker, at(id, 'pay'), { quantity: kg('1') })).toBe('invalid_state');
    await clean();

    settling.now = '2027-03-01T12:00:00.000Z';
    expect(await code(reserve, at(id, 'return'), back('801'))).toBe('entitlement_exceeded');
    expect(await code(reserve, at(id, 'return'), back('1', { purity: '99.8' }))).toBe('grade_too_low');
    expect(await code(reserve, at(id, 'return'), back('1', { shelfLifeEnds: '2030-01-31' }))).toBe(
      'grade_too_low',
    );
    const parts = await Promise.all([1, 2, 3].map(() => post(reserve, at(id, 'return'), back('300'))));
    expect(parts.map(({ status }) => status).toSorted()).toEqual([200, 200, 422]);
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '2300', lent: '200' });
    settling.now = '2027-05-22T12:00:00.000Z';
    expect(await code(maker, at(id, 'pay'), { quantity: kg('201') })).toBe('entitlement_exceeded');
    await trading.done(maker, 'POST', at(id, 'pay'), { quantity: kg('50') });
    settling.now = '2027-05-23T12:00:00.000Z';
    await settling.settle();
    expect((await trading.done(maker, 'GET', at(id))).body).toMatchObject({ status: 'overdue' });
    await trading.done(reserve, 'POST', at(id, 'return'), back('100'));
    settling.now = '2027-06-02T12:00:00.000Z';
    await Promise.all([settling.settle(), settling.settle()]);
    expect((await trading.done(maker, 'GET', at(id))).body).toMatchObject({
      ...{ status: 'defaulted', outstanding: kg('0') },
    });
    // 50 kg at 72.50; then the other 50 with a tenth on top.
    const { body } = await trading.done(maker, 'GET', '/v1/statements/2027-Q2');
    expect(body).toMatchObject({
      lines: [
        { cause: { kind: 'loan-paid' }, amount: { amount: '3625.00' } },
        { cause: { kind: 'not-returned' }, amount: { amount: '3987.50' } },
      ],
    });
    expect(await positionIn(trading, stockpile)).toMatchObject({
      physical: '2400',
      lent: '0',
      encumbered: '0',
    });
    const list = `/v1/stockpiles/${stockpile}/movements?kind=`;
    for (const [kind, count] of [
      ...([
        ['ENCUMBER', 1],
        ['LEND', 1],
        ['RETURN', 3],
        ['SALE', 2],
      ] as const),
    ])
      expect((await trading.done(reserve, 'GET', `${list}${kind}`)).body.items).toHaveLength(count);
    await clean();
    await damaged();
  });

  it('lends no more than needs allow, whatever is asked for at once, and to essential users first', async () => {
    await scarce();
    await needs(maker, false, '6083');
    await needs(motors, true);
    // 499 kg are 30 days of 6 083 a year.
    const wishes = await Promise.all([1, 2, 3].map(() => ask(maker, '200')));
    expect(wishes.map(({ status }) => status).toSorted()).toEqual([201, 201, 422]);
    const [first = '', second = ''] = wishes.flatMap(({ status, body }) => (status === 201 ? [body.id] : []));
    const essential = await asked(motors, '700');
    expect(await code(ada, at(first, 'approve'))).toBe('essential_first');
    await trading.done(bob, 'POST', at(essential, 'approve'));
    // 1 000 kg lie free above the floor, 700 of which are set aside now.
    const raced = await Promise.all([first, second].map((id) => post(ada, at(id, 'approve'))));
    expect(raced.map(({ status, body }) => (status === 200 ? 'approved' : body.code)).toSorted()).toEqual([
      'approved',
      'stock_insufficient',
    ]);
    await trading.done(motors, 'POST', at(essential, 'withdraw'));
    expect(await positionIn(trading, stockpile)).toMatchObject({ encumbered: '200' });
    const left = raced[0]!.status === 200 ? second : first;
    await trading.done(ada, 'POST', at(left, 'approve'));
    // Not handed over in time, it is free again; and the other, refused before, was never held.
    settling.now = '2026-12-01T12:00:00.000Z';
    await settling.settle();
    for (const id of [first, second]) {
      expect((await trading.done(maker, 'GET', at(id))).body).toMatchObject({ status: 'lapsed' });
      expect(await code(reserve, at(id, 'hand-over'))).toBe('invalid_state');
    }
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '2500', encumbered: '0' });
    // A need that has changed since is verified anew before anything is lent on it.
    const third = await asked(maker, '100');
    const path = `/v1/stockpiles/${stockpile}/needs/ndpr-oxide`;
    await trading.done(maker, 'PUT', path, { annualUse: kg('99999'), evidence: 'Books' });
    expect(await code(ada, at(third, 'approve'))).toBe('need_not_verified');
    const no = await trading.done(ada, 'POST', at(third, 'reject'), { reason: 'Not now.' });
    expect(no.body).toMatchObject({ status: 'rejected' });
    await clean();
  });

  it('is refused while supply is not tight, and to whom it does not concern it does not exist', async () => {
    await openedLot(trading, stockpile, { quantity: kg('9000') });
    await needs(maker);
    const id = await asked(maker, '100');
    expect(await code(ada, at(id, 'approve'))).toBe('level_not_reached');
    expect(await code({ ...ada, subject: maker.subject }, at(id, 'approve'))).toBe(
      'second_approval_required',
    );
    for (const who of [motors, rival]) expect((await trading.call(who, 'GET', at(id))).status).toBe(404);
    expect((await trading.call(mine, 'GET', at(id))).status).toBe(403);
    for (const who of [maker, reserve, ada, auditor])
      expect((await trading.call(who, 'GET', at(id))).status).toBe(200);
    const count = async (who: typeof ada, path: string) =>
      (await trading.done(who, 'GET', path)).body.items.length;
    const list = `/v1/stockpiles/${stockpile}/loans`;
    expect([await count(maker, '/v1/stock-loans'), await count(motors, '/v1/stock-loans')]).toEqual([1, 0]);
    expect([await count(ada, '/v1/stock-loans'), await count(reserve, list)]).toEqual([1, 1]);
    expect((await trading.call(rival, 'GET', list)).status).toBe(404);
    for (const [who, verb] of [
      ...([
        [maker, 'approve'],
        [reserve, 'approve'],
        [auditor, 'approve'],
        [maker, 'hand-over'],
      ] as const),
      ...([
        [ada, 'hand-over'],
        [reserve, 'pay'],
        [maker, 'return'],
        [ada, 'withdraw'],
      ] as const),
    ])
      expect((await post(who, at(id, verb), {})).status).toBe(403);
    expect((await post(motors, at(id, 'withdraw'))).status).toBe(404);
    expect((await post(rival, at(id, 'hand-over'))).status).toBe(404);
    for (const [changes, pointer] of [
      [{ product: 'unknown' }, '/product'],
      [{ quantity: { amount: '1', unit: 'mtu' } }, '/quantity/unit'],
      [{ quantity: kg('3000.001') }, '/quantity'],
      [{ purpose: '' }, '/purpose'],
      [{ misspelt: 1 }, '/misspelt'],
    ] as const)
      expect((await ask(maker, '100', changes)).body.errors).toMatchObject([{ pointer }]);
    await clean();
  });

  it('comes back as it was made: with the certificates of what went out, and of no barred origin', async () => {
    await trading.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    const certified = async (level: string) => {
      const site = await trading.siteOf(mine);
      const { id } = (
        await trading.done(mine, 'POST', `/v1/sites/${site}/certificates`, {
          ...{ scheme: 'irma', level, validFrom: '2026-01-01', validTo: '2035-12-31', reference: level },
        })
      ).body;
      await trading.done(ada, 'POST', `/v1/certificates/${id}/verify`);
      return { site, certificates: [id] };
    };
    const [low, high] = [await certified('50'), await certified('100')];
    await openedLot(trading, stockpile, { quantity: kg('2500'), ...(await certified('75')) });
    await needs(maker);
    const id = await lent(maker, '500');
    const refused = async (changes: object) => {
      const { status, body } = await post(
        reserve,
        at(id, 'return'),
        back('1', { purity: '99.5', ...changes }),
      );
      return status === 200 ? undefined : body.errors.map(({ pointer }) => pointer).join();
    };
    expect(await refused({})).toBe('/certificates');
    expect(await refused(low)).toBe('/certificates');
    expect(await refused(high)).toBeUndefined();
    await trading.done(ada, 'PUT', '/v1/zones/partners', {
      ...zoneBody(['US', 'JP', 'DE', 'AU']),
      barredOrigins: ['KP'],
    });
    expect(await refused({ origin: 'KP' })).toBe('/certificates');
    await clean();
  });
});

/** What the audit must find where a loan, or what is lent, is not as its events and its grounds say. */
async function damaged(): Promise<void> {
  const items: Item[] = [];
  for await (const page of scan(trading.api.dependencies.table)) items.push(...page);
  const found = (damage: (item: Record<string, unknown>) => void) => {
    const copy = structuredClone(items) as Record<string, unknown>[];
    for (const item of copy) damage(item);
    return [...new Set(auditItems(copy, trading.api.time.now).findings.map(({ check }) => check))].sort();
  };
  type Wild = Record<string, unknown>;
  const events = (type: string, change: (event: Wild) => void) =>
    found((item) => {
      if (item['type'] !== 'stock loan') return;
      for (const event of (item['body'] as { events: Wild[] }).events)
        if (event['type'] === type) change(event);
    });
  expect(found(() => undefined)).toEqual([]);
  expect(events('paid', ({ amount }) => ((amount as Wild)['amount'] = '1.00'))).toEqual([
    ...['stock_acts', 'stock_amounts'],
  ]);
  expect(events('paid', (event) => (event['at'] = '2027-05-21T12:00:00.000Z'))).toContain('stock_loan');
  expect(events('approved', ({ grounds }) => ((grounds as Wild)['level'] = 2))).toEqual(['stock_loan']);
  expect(events('approved', ({ grounds }) => ((grounds as Wild)['free'] = kg('2299')))).toEqual([
    'stock_loan',
  ]);
  expect(events('approved', (event) => (event['cap'] = kg('799')))).toEqual(['stock_loan']);
  expect(events('approved', (event) => (event['by'] = maker.subject))).toEqual(['stock_loan']);
  expect(events('handed-over', (event) => (event['due'] = '2027-05-21'))).toEqual(['stock_loan']);
  // A kilogram less came back than was moved: it is still out, of the balance and of a lot.
  expect(events('not-returned', ({ quantity }) => ((quantity as Wild)['amount'] = '49'))).toEqual(
    expect.arrayContaining(['stock_acts', 'stock_amounts', 'stock_entitlements', 'stock_loan']),
  );
  expect(
    found((item) => {
      if (item['type'] === 'assessment of a release') (item['body'] as Wild)['product'] = 'other';
    }),
  ).toEqual(['stock_loan']);
}
