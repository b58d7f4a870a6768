import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TickDependencies } from '../../../functions/tick/tick.ts';
import { tick } from '../../../functions/tick/tick.ts';
import { auditItems } from '../../../infra/audit/audit.ts';
import { scan } from '../../../infra/audit/scan.ts';
import { derivedId } from '../../../shared/kernel/derived-id.ts';
import { concludeContract, contractTermsOf } from '../../../shared/store/contracts/contracts.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import { ownerPartition } from '../../../shared/store/table/keys/indexes.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { crashAt, meddleWith } from '../../support/faults.ts';
import { ada, auditor, bob, buyer as maker, mine, stockpile as reserve } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { activeStockpile, openedLot } from '../../support/stock.ts';
import { tableAs } from '../../support/table-guard.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
let settling: Settling;
let stockpile: string;
let path: string;
const rival = caller('reserve-de', 'stockpile-operator');
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
  settling = new Settling(trading);
  stockpile = await activeStockpile(trading);
  path = `/v1/stockpiles/${stockpile}/standing-rules`;
});

const ticking = (meddle?: (client: DynamoDBClient) => void): TickDependencies => {
  const { clock, logger, table: own } = trading.api.dependencies;
  const client = clientFor(engine.endpoint);
  meddle?.(client);
  const table =
    meddle === undefined
      ? own
      : new Table({ client, name: own.name, pause: () => Promise.resolve(), random: () => 0 });
  return {
    ...{ table: tableAs('tick', table), clock, logger },
    products: () => Promise.resolve([]),
    productAt: () => Promise.resolve(undefined),
    wake: () => Promise.resolve(),
  };
};
const buying = (changes: object = {}) => ({
  ...{ kind: 'buy-at-floor', product: 'ndpr-oxide', destination: 'DE' },
  ...changes,
});
const rotating = (changes: object = {}) => ({
  ...{ kind: 'rotate', product: 'ndpr-oxide', destination: 'DE', daysBefore: 200 },
  ...{ limit: usd('130.00'), ask: usd('90.00'), ...changes },
});
const proposed = async (body: object): Promise<string> =>
  (await trading.done(reserve, 'POST', path, body)).body.id;
const active = async (body: object): Promise<string> => {
  const id = await proposed(body);
  await trading.done(ada, 'POST', `${path}/${id}/approve`);
  return id;
};
interface Rule {
  readonly status: string;
  readonly asked?: { day: string; code: string };
  readonly placed: { order: string; quantity: object; lot?: string }[];
}
const read = async (id: string): Promise<Rule> =>
  (await trading.done(reserve, 'GET', `${path}/${id}`)).body as unknown as Rule;
const orders = async (kind: 'bids' | 'offers') =>
  (await trading.done(reserve, 'GET', `/v1/${kind}`)).body.items as unknown as Record<string, unknown>[];
/** A clearing whose landed price sits on the floor. */
const onTheFloor = async (): Promise<void> => {
  await trading.approvedFloor();
  await trading.offer({ price: usd('90.00') });
  await trading.bid({ price: usd('110.00') });
  await trading.clear();
};
const nextDay = (day: string) => {
  settling.now = `${day}T00:00:30.000Z`;
};
const clean = async () => {
  expect(await settling.findings()).toEqual([]);
};

/** So many more contracts that say what the first one bought does. */
async function boughtAgain(times: number): Promise<void> {
  const { table } = trading.api.dependencies;
  const [bought] = await table.queryIndex('gsi1', ownerPartition(reserve.organisation, 'bought'));
  const terms = contractTermsOf((await table.get(keys.contract(bought!.position)))!);
  for (let copy = 0; copy < times; copy += 1) {
    const id = derivedId('contract', terms.concludedAt, String(copy));
    expect(await table.transact(concludeContract({ ...terms, id }))).toMatchObject({ done: true });
  }
}

describe('a rule that buys at the floor', () => {
  it('is approved before it is asked, once a day, and places one bid however many ask', async () => {
    const id = await proposed(buying({ most: kg('500') }));
    await onTheFloor();
    await tick(ticking());
    expect(await read(id)).toMatchObject({ status: 'proposed', placed: [] });
    for (const who of [reserve, maker, mine, auditor])
      expect((await trading.call(who, 'POST', `${path}/${id}/approve`)).status).toBe(403);
    const self = { ...ada, subject: reserve.subject };
    expect((await trading.call(self, 'POST', `${path}/${id}/approve`)).body.code).toBe(
      'second_approval_required',
    );
    await trading.done(ada, 'POST', `${path}/${id}/approve`);
    await Promise.all([tick(ticking()), tick(ticking()), tick(ticking())]);
    await tick(ticking());
    const rule = await read(id);
    expect(rule).toMatchObject({ asked: { code: 'placed' }, placed: [{ quantity: kg('500') }] });
    expect(await orders('bids')).toMatchObject([
      { id: rule.placed[0]!.order, rule: id, stockpile, price: usd('110.00'), status: 'open' },
    ]);
    // The month's pace is 3 041 kg, of which 500 are asked for: 2 541 more, as 500 are the most of one order.
    nextDay('2026-11-23');
    await tick(ticking());
    expect((await read(id)).placed).toHaveLength(2);
    await trading.done(reserve, 'POST', `${path}/${id}/pause`);
    nextDay('2026-11-24');
    await tick(ticking());
    expect((await read(id)).placed).toHaveLength(2);
    await trading.done(reserve, 'POST', `${path}/${id}/resume`);
    await tick(ticking());
    expect((await read(id)).placed).toHaveLength(3);
    expect(await trading.done(reserve, 'POST', `${path}/${id}/end`)).toMatchObject({
      body: { status: 'ended' },
    });
    expect((await trading.call(reserve, 'POST', `${path}/${id}/resume`)).body.code).toBe('invalid_state');
    nextDay('2026-11-25');
    await tick(ticking());
    expect(await orders('bids')).toHaveLength(3);
    await clean();
  });

  it('says why it waits, and counts what has been contracted before it is booked', async () => {
    const id = await active(buying());
    const code = async (day: string) => {
      nextDay(day);
      await tick(ticking());
      return (await read(id)).asked;
    };
    expect(await code('2026-11-23')).toMatchObject({ day: '2026-11-23', code: 'no_floor' });
    await trading.approvedFloor({ effectiveFrom: '2026-11-24' });
    expect(await code('2026-11-24')).toMatchObject({ code: 'no_price' });
    // Where the zone's floor does not hold the material is cheap, and that is no price of the zone.
    const abroad = { price: usd('80.00'), destinations: ['FR'], delivery: flat('100', '2027-Q1', '2027-Q2') };
    await trading.offer(abroad);
    await trading.bid({ price: usd('85.00'), destination: 'FR' });
    await trading.clear();
    expect(await code('2026-11-25')).toMatchObject({ code: 'no_price' });
    await trading.bid({ price: usd('85.00'), destination: 'FR', delivery: flat('100', '2027-Q2') });
    await trading.offer({ price: usd('115.00') });
    await trading.bid({ price: usd('130.00') });
    await trading.clear();
    expect(await code('2026-11-26')).toMatchObject({ code: 'above_floor' });
    await trading.offer({ price: usd('90.00'), delivery: flat('4000') });
    await trading.bid({ price: usd('110.00') });
    await trading.clear();
    expect(await code('2026-11-27')).toMatchObject({ code: 'placed' });
    expect(await orders('bids')).toMatchObject([{ remaining: [{ quantity: kg('3041') }] }]);
    await trading.clear();
    expect(await orders('bids')).toMatchObject([{ contracted: [{ quantity: kg('3041') }] }]);
    // Contracted in this month, and booked by nobody yet.
    expect(await code('2026-11-28')).toMatchObject({ code: 'pace_reached' });
    await settling.settle();
    expect(await code('2026-12-01')).toMatchObject({ code: 'placed' });
    expect((await read(id)).placed).toHaveLength(2);
    await clean();
    const readsOfTick = async (day: string): Promise<number> => {
      let reads = 0;
      nextDay(day);
      await tick(
        ticking(
          meddleWith((send, { write }) => {
            if (!write) reads += 1;
            return send();
          }),
        ),
      );
      expect((await read(id)).asked?.day).toBe(day);
      return reads;
    };
    const before = await readsOfTick('2026-12-02');
    await boughtAgain(20);
    expect(await readsOfTick('2026-12-03')).toBeLessThanOrEqual(before);
  });

  it('stopped at any write, places the same one bid when it goes on', async () => {
    await onTheFloor();
    const id = await active(buying({ most: kg('100') }));
    let day = 23;
    for (const when of ['before', 'after'] as const)
      // The rule's order and its record in one write; then what the tick says of itself.
      for (const write of [1, 2, 3]) {
        nextDay(`2026-11-${day}`);
        day += 1;
        const { failed } = await tick(ticking(meddleWith(crashAt(write, when)))).then(
          () => ({ failed: false }),
          () => ({ failed: true }),
        );
        expect(failed).toBe(write < 3);
        await tick(ticking());
        expect((await read(id)).placed).toHaveLength(day - 23);
        expect(await orders('bids')).toHaveLength(day - 23);
      }
    await clean();
  });
});

describe('a rule that rotates', () => {
  it('buys the same or a better grade first, and offers of the old lot what has been contracted', async () => {
    const old = await openedLot(trading, stockpile, { quantity: kg('300'), shelfLifeEnds: '2027-03-31' });
    await openedLot(trading, stockpile, { quantity: kg('900'), shelfLifeEnds: '2029-03-31' });
    const id = await active(rotating());
    await tick(ticking());
    expect(await orders('bids')).toMatchObject([
      { rule: id, minimumPurity: '99.5', price: usd('130.00'), remaining: [{ quantity: kg('300') }] },
    ]);
    expect(await orders('offers')).toEqual([]);
    nextDay('2026-11-23');
    await tick(ticking());
    expect((await read(id)).asked).toMatchObject({ code: 'nothing_to_rotate' });
    await trading.offer({ price: usd('100.00'), purity: '99.4', delivery: flat('200') });
    await trading.offer({ price: usd('101.00'), purity: '99.6', delivery: flat('200') });
    await trading.clear();
    nextDay('2026-11-24');
    await tick(ticking());
    expect(await orders('offers')).toMatchObject([
      { rule: id, stockLot: old, price: usd('90.00'), remaining: [{ quantity: kg('200') }] },
    ]);
    expect((await read(id)).placed).toHaveLength(2);
    await clean();
    await damaged();
  });
});

/** What the audit must find where a rule and its orders do not tell the same. */
async function damaged(): Promise<void> {
  const items: Item[] = [];
  for await (const page of scan(trading.api.dependencies.table)) items.push(...page);
  type Wild = Record<string, unknown>;
  const found = (type: string, damage: (body: Wild) => void) => {
    const copy = structuredClone(items) as Wild[];
    for (const item of copy) if (item['type'] === type) damage(item['body'] as Wild);
    return [...new Set(auditItems(copy, trading.api.time.now).findings.map(({ check }) => check))];
  };
  expect(found('standing rule', () => undefined)).toEqual([]);
  for (const damage of [
    (body: Wild) => (body['placed'] as Wild[]).pop(),
    (body: Wild) => ((body['placed'] as Wild[])[0]!['day'] = '2026-11-21'),
    (body: Wild) => (body['placed'] as Wild[]).push((body['placed'] as Wild[])[0]!),
  ])
    expect(found('standing rule', damage)).toEqual(['standing_rule']);
  expect(found('offer', (body) => delete body['rule'])).toEqual(['standing_rule']);
}

describe('standing rules', () => {
  it('are their stockpile’s insiders’ to see, and refused where they could place nothing', async () => {
    const id = await proposed(buying());
    for (const who of [reserve, ada, auditor])
      expect((await trading.call(who, 'GET', `${path}/${id}`)).status).toBe(200);
    expect((await trading.call(rival, 'GET', `${path}/${id}`)).status).toBe(404);
    expect((await trading.call(rival, 'GET', path)).status).toBe(404);
    for (const who of [maker, mine]) expect((await trading.call(who, 'GET', path)).status).toBe(403);
    for (const verb of ['pause', 'end'])
      expect((await trading.call(rival, 'POST', `${path}/${id}/${verb}`)).status).toBe(404);
    expect((await trading.call(reserve, 'POST', `${path}/${id}/pause`)).body.code).toBe('invalid_state');
    const other = await activeStockpile(trading);
    expect((await trading.call(reserve, 'GET', `/v1/stockpiles/${other}/standing-rules/${id}`)).status).toBe(
      404,
    );
    const rejected = await trading.done(bob, 'POST', `${path}/${id}/reject`);
    expect(rejected.body).toMatchObject({ status: 'rejected' });
    for (const [body, pointer] of [
      [buying({ product: 'unknown' }), '/product'],
      [buying({ most: { amount: '1', unit: 'mtu' } }), '/most/unit'],
      [rotating({ limit: { ...usd('1'), currency: 'EUR' } }), '/limit/currency'],
      [rotating({ ask: undefined }), '/ask'],
    ] as const)
      expect((await trading.call(reserve, 'POST', path, body)).body.errors).toMatchObject([{ pointer }]);
    expect((await trading.call(rival, 'POST', path, buying())).status).toBe(404);
    await clean();
  });
});
