import { beforeEach, describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import {
  ada,
  auditor,
  bob,
  buyer as maker,
  everyRole,
  mine,
  stockpile as reserve,
} from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { accountBody, activeStockpile, openedLot, positionIn } from '../../support/stock.ts';
import { clientFor } from '../../support/table.ts';
import { kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
let stockpile: string;
const motors = caller('motors-fr', 'buyer');
const turbines = caller('turbines-jp', 'buyer');
const rival = caller('reserve-de', 'stockpile-operator');
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
  stockpile = await activeStockpile(trading);
});

const post = (who: typeof ada, path: string, body?: object) => trading.call(who, 'POST', path, body);
const code = async (who: typeof ada, path: string, body?: object) => (await post(who, path, body)).body.code;
const clean = async () => {
  expect(await new Settling(trading).findings()).toEqual([]);
};
const need = (who: typeof ada, annualUse: string, changes: object = {}) =>
  trading.call(who, 'PUT', `/v1/stockpiles/${stockpile}/needs/ndpr-oxide`, {
    ...{ annualUse: kg(annualUse), essential: false, evidence: 'Audited accounts' },
    ...changes,
  });
const verify = (who: typeof ada, annualUse: string, by = ada) =>
  post(by, `/v1/stockpiles/${stockpile}/needs/ndpr-oxide/${who.organisation}/verify`, {
    annualUse: kg(annualUse),
  });
const proposal = { product: 'ndpr-oxide', quantity: kg('5000'), reason: 'The strait is closed.' };
const propose = (changes: object = {}) =>
  post(reserve, `/v1/stockpiles/${stockpile}/releases`, { ...proposal, ...changes });
/** 2,500 kg are 25 days of use: less than the 30 at which an emergency begins; 1,500 of them are the reserve floor. */
const scarce = async () => {
  await openedLot(trading, stockpile, {
    quantity: kg('600'),
    shelfLifeEnds: '2028-01-31',
    inventoryPrice: usd('70.00'),
  });
  await openedLot(trading, stockpile, { quantity: kg('1900') });
};

describe('a release in an emergency', () => {
  it('goes from a level that is computed to two administrators, to shares of verified need, to an aggregate', async () => {
    await scarce();
    for (const [who, use] of [
      [maker, '3650'],
      [motors, '7300'],
      [turbines, '9000'],
    ] as const)
      expect((await need(who, use)).status).toBe(200);
    expect(
      await code(ada, `/v1/stockpiles/${stockpile}/needs/ndpr-oxide/motors-fr/verify`, {
        annualUse: kg('7301'),
      }),
    ).toBe('quantity_exceeded');
    for (const [who, use] of [
      [maker, '3650'],
      [motors, '7300'],
      [turbines, '3650'],
    ] as const)
      expect(await verify(who, use)).toMatchObject({ body: { status: 'verified' } });
    const level = await trading.done(reserve, 'GET', `/v1/stockpiles/${stockpile}/release-level/ndpr-oxide`);
    expect(level.body).toMatchObject({ level: 3 });

    const proposed = await propose();
    expect(proposed).toMatchObject({
      status: 201,
      body: { status: 'proposed', reason: 'The strait is closed.' },
    });
    const { id } = proposed.body;
    const found = (
      proposed.body as never as { found: { conditions: { met: boolean; code: string; figure: string }[] }[] }
    ).found;
    expect(found[0]?.conditions.filter(({ met }) => met)).toMatchObject([
      { code: 'cover_below_target', figure: '25' },
      { code: 'cover_below_share_of_target' },
      { code: 'cover_below_days', figure: '25', suffices: true },
    ]);
    // Nobody but those who decide knows of it yet.
    for (const who of everyRole)
      expect((await trading.call(who, 'GET', `/v1/releases/${id}`)).status).toBe(404);
    for (const who of [reserve, maker, mine, auditor])
      expect((await post(who, `/v1/releases/${id}/approve`)).status).toBe(403);
    expect(await code({ ...ada, subject: reserve.subject }, `/v1/releases/${id}/approve`)).toBe(
      'second_approval_required',
    );
    const once = await post(ada, `/v1/releases/${id}/approve`);
    expect(once).toMatchObject({ status: 200, body: { status: 'proposed' } });
    expect(once.body).not.toHaveProperty('decided');
    expect(await code(ada, `/v1/releases/${id}/approve`)).toBe('second_approval_required');
    expect(await code(reserve, `/v1/releases/${id}/deliver`, { organisation: 'motors-fr' })).toBe(
      'invalid_state',
    );

    const twice = await post(bob, `/v1/releases/${id}/approve`);
    // 1,000 kg above the floor for 300, 600 and 300: 600 kg of them at 70, 400 at 80, so 74 each.
    expect(twice.body).toMatchObject({
      status: 'approved',
      decided: {
        ...{
          free: kg('2500'),
          reserveFloor: kg('1500'),
          total: kg('1000'),
          price: usd('74.00'),
          due: '2026-11-30',
        },
        allocations: [
          { organisation: 'magnets-de', cap: kg('300'), quantity: kg('250'), amount: { amount: '18500.00' } },
          { organisation: 'motors-fr', cap: kg('600'), quantity: kg('500'), amount: { amount: '37000.00' } },
          {
            organisation: 'turbines-jp',
            cap: kg('300'),
            quantity: kg('250'),
            amount: { amount: '18500.00' },
          },
        ],
      },
    });
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '2500', encumbered: '1000' });
    expect(await code(bob, `/v1/releases/${id}/approve`)).toBe('invalid_state');
    const second = await propose();
    expect(await code(ada, `/v1/releases/${second.body.id}/approve`)).toBeUndefined();
    expect(await code(bob, `/v1/releases/${second.body.id}/approve`)).toBe('nothing_to_release');
    const no = await post(bob, `/v1/releases/${second.body.id}/reject`, { reason: 'One is enough.' });
    expect(no.body).toMatchObject({ status: 'rejected' });

    // What everybody reads is the sum; its own share reads who has one.
    const shown = await trading.done(mine, 'GET', `/v1/releases/${id}`);
    expect(shown.body).toMatchObject({
      ...{ level: 3, conditions: ['cover_below_days'], quantity: kg('1000'), withheld: false },
      ...{ reason: 'The strait is closed.', status: 'approved' },
    });
    expect(JSON.stringify(shown.body)).not.toMatch(/motors|18500|2500/);
    expect((await trading.done(motors, 'GET', `/v1/releases/${id}`)).body).toMatchObject({
      own: { quantity: kg('500') },
    });
    expect((await trading.done(mine, 'GET', '/v1/releases')).body.items).toHaveLength(1);

    const deliver = (organisation: string, who = reserve) =>
      post(who, `/v1/releases/${id}/deliver`, { organisation });
    expect((await deliver('motors-fr', rival)).status).toBe(404);
    expect((await deliver('nobody')).body.code).toBe('invalid_state');
    const racing = await Promise.all([deliver('motors-fr'), deliver('motors-fr'), deliver('motors-fr')]);
    expect(racing.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    await deliver('magnets-de');
    expect(await deliver('turbines-jp')).toMatchObject({ body: { status: 'completed' } });
    expect(await positionIn(trading, stockpile)).toMatchObject({ physical: '1500', encumbered: '0' });
    const statement = await trading.done(motors, 'GET', '/v1/statements/2026-Q4');
    expect(statement.body).toMatchObject({ totals: [{ debit: { amount: '37000.00' } }] });
    await clean();
    await damaged();
  });

  it('is refused below level 3, and gives nothing where the floor is all there is', async () => {
    await openedLot(trading, stockpile, { quantity: kg('3000') });
    expect(await propose()).toMatchObject({ status: 409, body: { code: 'level_not_reached' } });
    for (const who of [maker, ada, auditor, mine])
      expect((await post(who, `/v1/stockpiles/${stockpile}/releases`, proposal)).status).toBe(403);
    expect((await post(rival, `/v1/stockpiles/${stockpile}/releases`, proposal)).status).toBe(404);
    for (const [changes, pointer] of [
      [{ product: 'unknown' }, '/product'],
      [{ quantity: { amount: '1', unit: 'mtu' } }, '/quantity/unit'],
      [{ reason: '' }, '/reason'],
      [{ reason: undefined }, '/reason'],
    ] as const)
      expect(
        (await post(reserve, `/v1/stockpiles/${stockpile}/releases`, { ...proposal, ...changes })).body
          .errors,
      ).toMatchObject([{ pointer }]);
  });

  it('leaves alone what members are entitled to, and withholds a sum of two', async () => {
    await scarce();
    const { id: account } = (
      await trading.done(reserve, 'POST', `/v1/stockpiles/${stockpile}/accounts`, accountBody('magnets-de'))
    ).body;
    await trading.done(maker, 'POST', `/v1/stock-accounts/${account}/accept`);
    await trading.done(reserve, 'POST', `/v1/stock-accounts/${account}/allocate`, { quantity: kg('900') });
    await need(motors, '36500');
    await need(turbines, '36500', { days: 1 });
    await need(maker, '36500');
    for (const who of [motors, turbines]) await verify(who, '36500');
    const withdrawn = await post(maker, `/v1/stockpiles/${stockpile}/needs/ndpr-oxide/withdraw`);
    expect(withdrawn.body).toMatchObject({ status: 'withdrawn' });
    expect(
      await code(ada, `/v1/stockpiles/${stockpile}/needs/ndpr-oxide/magnets-de/verify`, {
        annualUse: kg('1'),
      }),
    ).toBe('invalid_state');
    const list = async (who: typeof ada) =>
      (await trading.done(who, 'GET', `/v1/stockpiles/${stockpile}/needs`)).body.items.length;
    expect([await list(reserve), await list(ada), await list(motors), await list(rival)]).toEqual([
      3, 3, 1, 0,
    ]);
    const { id } = (await propose()).body;
    await post(ada, `/v1/releases/${id}/approve`);
    const { body } = await post(bob, `/v1/releases/${id}/approve`);
    expect(body).toMatchObject({
      decided: {
        free: kg('1600'),
        total: kg('100'),
        allocations: [{ quantity: kg('50') }, { quantity: kg('50') }],
      },
    });
    expect((await trading.done(mine, 'GET', `/v1/releases/${id}`)).body).toMatchObject({
      quantity: null,
      withheld: true,
    });
    await clean();
  });
});

describe('one release after the other', () => {
  it('tells of its total nothing that, beside an earlier one, is what one organisation gets', async () => {
    await scarce();
    const verified = async (who: typeof ada) => {
      await need(who, '36500');
      await verify(who, '36500');
    };
    const told = async (quantity: string) => {
      const { id } = (await propose({ quantity: kg(quantity) })).body;
      await post(ada, `/v1/releases/${id}/approve`);
      expect((await post(bob, `/v1/releases/${id}/approve`)).body).toMatchObject({ status: 'approved' });
      return (await trading.done(mine, 'GET', `/v1/releases/${id}`)).body['quantity'];
    };
    for (const who of [motors, turbines, maker]) await verified(who);
    expect(await told('150'), 'the first of all').toEqual(kg('150'));
    await verified(caller('alloys-it', 'buyer'));
    expect(await told('200'), '50 for each of four, less 50 for each of three').toBeNull();
    expect(await told('400'), 'every one of four gets more than in the first').toEqual(kg('400'));
    await clean();
  });
});

/** What the audit must find where a release, or what it moved, is not as it was decided. */
async function damaged(): Promise<void> {
  const items: Item[] = [];
  for await (const page of scan(trading.api.dependencies.table)) items.push(...page);
  const found = (damage: (item: Record<string, unknown>) => void) => {
    const copy = structuredClone(items) as Record<string, unknown>[];
    for (const item of copy) damage(item);
    return [...new Set(auditItems(copy, '2026-11-24T00:00:00.000Z').findings.map(({ check }) => check))];
  };
  const release = (change: (body: never) => void) =>
    found((item) => {
      const body = item['body'] as { status?: string };
      if (item['type'] === 'stock release' && body.status === 'completed') change(body as never);
    });
  expect(found(() => undefined)).toEqual([]);
  expect(
    found((item) => {
      if (item['type'] === 'assessment of a release')
        (item['body'] as Record<string, unknown>)['total'] = '7';
    }),
  ).toEqual(['stock_release']);
  expect(
    release(({ approvals }: { approvals: { by: string }[] }) => {
      approvals[1]!.by = approvals[0]!.by;
    }),
  ).toEqual(['stock_release']);
  expect(
    release(({ decided }: { decided: { reserveFloor: { amount: string } } }) => {
      decided.reserveFloor.amount = '1000';
    }),
  ).toEqual(['stock_release']);
  expect(
    release(({ decided }: { decided: { allocations: { amount: { amount: string } }[] } }) => {
      decided.allocations[0]!.amount.amount = '1.00';
    }),
  ).toEqual(['stock_acts']);
}
