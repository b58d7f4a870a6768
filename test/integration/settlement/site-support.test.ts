import { beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../../infra/audit/finding.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { auditItems } from '../../../infra/audit/audit.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { balanceOf } from '../../../shared/store/contracts/ledger.ts';
import { ada, auditor, bob, buyer, mine, otherMine } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let at: Settling;
let contract: string;
let programme: string;
let agreement: string;

const money = (amount: string) => ({ amount, currency: 'USD' });
const points = (date: string, amount: string) =>
  at.trading.done(ada, 'POST', '/v1/reference-prices/index/points', {
    points: Array.from({ length: 5 }, (_, index) => ({
      ...{ date, firm: `firm-${index}`, price: usd(amount) },
      quantity: { amount: '1', unit: 't' },
    })),
  });

/**
 * A mine that sells 60 kg a quarter at 90.00, and a programme that makes its output up to 110.00 by the reference price,
 * at least 60.00, of up to 100 kg in each of two quarters: it reserves 10,000.
 */
beforeEach(async () => {
  const trading = await Trading.open(clientFor(engine.endpoint));
  at = new Settling(trading);
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
    ...{ name: 'NdPr oxide', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  await trading.offer({ delivery: flat('60', '2027-Q1', '2027-Q2') });
  await trading.bid({ price: usd('90.00'), delivery: flat('60', '2027-Q1', '2027-Q2') });
  await trading.clear();
  contract = (await at.contracts())[0]!.id;
  const proposed = await trading.done(ada, 'POST', '/v1/programmes', {
    ...{ name: 'Price protection', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
    ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
    ...{ budget: money('50000.00'), maximumGap: usd('50.00'), from: '2027-Q1', to: '2028-Q4' },
    rationale: 'Bridge the gap.',
  });
  programme = proposed.body.id;
  await trading.done(bob, 'POST', `/v1/programmes/${programme}/approve`);
  const agreed = await trading.done(ada, 'POST', `/v1/programmes/${programme}/agreements`, {
    site: trading.site,
    caps: ['2027-Q1', '2027-Q2'].map((quarter) => ({ quarter, quantity: kg('100') })),
  });
  agreement = agreed.body.id;
  await trading.done(bob, 'POST', `/v1/agreements/${agreement}/approve`);
});

const budget = async () => (await at.trading.done(auditor, 'GET', `/v1/programmes/${programme}/budget`)).body;
const settlements = async (who = mine) =>
  (await at.trading.done(who, 'GET', `/v1/agreements/${agreement}/settlements`)).body.items;
/** Of the budget of 50,000. */
const paid = async () =>
  5_000_000n - ((await balanceOf(at.table, `programme:${programme}`)).get('USD') ?? 0n);

/** The first quarter: 50 kg sold and 20 stockpiled, at a reference price of 78.40. */
async function firstQuarter(): Promise<void> {
  at.now = '2027-03-20T12:00:00.000Z';
  await at.deliver(contract, 'A', '2027-Q1', '50');
  await points('2027-03-15', '78.40');
  await at.trading.done(mine, 'POST', `/v1/agreements/${agreement}/designations`, {
    ...{ quarter: '2027-Q1', stockpiled: kg('20') },
  });
  at.now = '2027-05-16T12:00:00.000Z';
}

describe("a quarter of a site's agreement", () => {
  it('pays the gap to the strike on what was sold and stockpiled, 45 days after its end', async () => {
    await firstQuarter();
    at.now = '2027-05-15T12:00:00.000Z';
    await at.settle();
    expect(await settlements()).toEqual([]);
    at.now = '2027-05-16T12:00:00.000Z';
    await at.settle();
    // (110.00 − 78.40) × 70 kg
    expect(await settlements()).toMatchObject([
      {
        ...{ quarter: '2027-Q1', topUp: '31.6', quantity: '70', stockpiled: '20' },
        ...{ claim: money('2212.00'), paid: money('2212.00'), carried: money('0.00') },
        fixing: { series: 'index', version: 1 },
      },
    ]);
    expect(await paid()).toBe(221_200n);
    expect(await budget()).toMatchObject({ paid: money('2212.00'), reserved: money('7788.00') });
    expect(await at.findings()).toEqual([]);
  });

  it('does not pay a stockpiled kilogram again when it is sold; with the last quarter the rest is free', async () => {
    await firstQuarter();
    await at.settle();
    at.now = '2027-06-20T12:00:00.000Z';
    await at.deliver(contract, 'B', '2027-Q2', '60');
    await points('2027-06-15', '100.00');
    at.now = '2027-08-20T12:00:00.000Z';
    const run = await at.settle();
    expect(run.settlements.map(({ kind }) => kind).sort()).toEqual(['delivery', 'support']);
    // Of 60 kg sold 20 were paid for while they were stockpiled: 10.00 × 40 kg.
    expect((await settlements())[1]).toMatchObject({ quantity: '40', paid: money('400.00') });
    expect(await budget()).toMatchObject({
      ...{ paid: money('2612.00'), reserved: money('0.00'), left: money('47388.00') },
    });
    expect(await at.findings()).toEqual([]);
  });

  it('is settled once, by several at once too', async () => {
    await firstQuarter();
    await Promise.all([1, 2, 3].map(() => at.settle()));
    await at.settle();
    expect(await settlements()).toHaveLength(1);
    expect(await paid()).toBe(221_200n);
    expect(await at.findings()).toEqual([]);
  });

  it('waits for its reference price, and is tried again each day', async () => {
    at.now = '2027-05-16T12:00:00.000Z';
    expect((await at.settle()).held).toEqual([
      { agreement, quarter: '2027-Q1', code: 'reference_unavailable' },
    ]);
    expect((await at.settle()).held).toEqual([]);
    at.now = '2027-05-17T12:00:00.000Z';
    await points('2027-03-15', '120.00');
    expect((await at.settle()).held).toEqual([]);
    // Above the strike nothing is owed, and nothing posted.
    expect(await settlements()).toMatchObject([{ claim: money('0.00'), entries: [] }]);
    expect(await at.findings()).toEqual([]);
  });

  it('is read by its producer, administrators and auditors, and is in its statement', async () => {
    await firstQuarter();
    await at.settle();
    expect(await settlements(auditor)).toHaveLength(1);
    for (const who of [otherMine, buyer])
      expect((await at.trading.call(who, 'GET', `/v1/agreements/${agreement}/settlements`)).status).toBe(404);
    const { body } = await at.trading.done(mine, 'GET', '/v1/statements/2027-Q1');
    const lines = body['lines'] as { cause: object }[];
    expect(lines.map(({ cause }) => cause)).toContainEqual({
      ...{ kind: 'payment', agreement, quarter: '2027-Q1', round: 1 },
    });
  });

  it('is corrected by a new signed entry where a delivery is, and so is what rests on it', async () => {
    await firstQuarter();
    await at.settle();
    at.now = '2027-06-20T12:00:00.000Z';
    await at.deliver(contract, 'B', '2027-Q2', '60');
    await points('2027-06-15', '100.00');
    at.now = '2027-08-20T12:00:00.000Z';
    await at.settle();
    expect(await paid()).toBe(261_200n);
    // 10 kg less: 316.00 are owed back at once, after the agreement was completed, too.
    await at.correct(contract, 'A', '40');
    await at.settle();
    expect(await settlements()).toMatchObject([
      { quarter: '2027-Q1', sequence: 1, claim: money('2212.00') },
      {
        ...{ quarter: '2027-Q1', sequence: 2, quantity: '60', claim: money('1896.00') },
        ...{ refunded: money('316.00'), paid: money('1896.00'), carried: money('0.00') },
        batches: [{ quantity: '40' }],
      },
      { quarter: '2027-Q2', sequence: 1, claim: money('400.00') },
      // The same money, and another count to go on from.
      { quarter: '2027-Q2', sequence: 2, claim: money('400.00'), entries: [] },
    ]);
    expect(await paid()).toBe(229_600n);
    expect(await budget()).toMatchObject({ paid: money('2296.00'), left: money('47704.00') });
    expect(await at.findings()).toEqual([]);
    // 15 kg more than that: paid by a round, and what stood was never touched.
    await at.correct(contract, 'A', '55');
    await at.settle();
    expect(await paid()).toBe(229_600n + 15n * 3_160n);
    expect((await settlements())[2]).toMatchObject({ sequence: 3, claim: money('2370.00'), entries: [] });
    expect(await at.findings()).toEqual([]);
    // Nothing is left to do.
    expect((await at.settle()).settlements).toEqual([]);
  });

  it('is supported under one agreement only, whichever programme it is of', async () => {
    const { body: second } = await at.trading.done(ada, 'POST', '/v1/programmes', {
      ...{ name: 'Another', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
      ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
      ...{ budget: money('50000.00'), maximumGap: usd('50.00'), from: '2027-Q1', to: '2028-Q4' },
      rationale: 'Once more.',
    });
    await at.trading.done(bob, 'POST', `/v1/programmes/${second.id}/approve`);
    const takeIn = async (quarter: string) => {
      const { body } = await at.trading.done(ada, 'POST', `/v1/programmes/${second.id}/agreements`, {
        ...{ site: at.trading.site, caps: [{ quarter, quantity: kg('100') }] },
      });
      return at.trading.call(bob, 'POST', `/v1/agreements/${body.id}/approve`);
    };
    expect((await takeIn('2027-Q2')).body.code).toBe('invalid_state');
    expect((await takeIn('2027-Q3')).status).toBe(200);
    expect(await at.findings()).toEqual([]);
  });

  it('that counts a delivery otherwise than it was settled, or twice, is found out', async () => {
    await firstQuarter();
    await at.settle();
    const damaged = async (damage: (items: Item[]) => void): Promise<Check[]> => {
      const items: Item[] = [];
      for await (const page of scan(at.table)) items.push(...page);
      damage(items);
      const found = auditItems(items, at.trading.api.time.now).findings.map(({ check }) => check);
      return [...new Set(found)].sort();
    };
    type Batches = { batches: { quantity: string }[] };
    const bodyIn = (items: Item[]) =>
      items.find(({ type }) => type === 'support settlement')!['body'] as Batches;
    expect(
      await damaged((items) => {
        bodyIn(items).batches[0]!.quantity = '51';
      }),
    ).toEqual(['support_amounts', 'support_batches']);
    expect(
      await damaged((items) => {
        const { batches } = bodyIn(items);
        batches.push({ ...batches[0]! });
      }),
    ).toEqual(['support_amounts', 'support_batches']);
    const unposted = await damaged((items) => {
      const body = bodyIn(items) as unknown as Record<string, { amount: string } | undefined>;
      body['charged']!.amount = '5.00';
    });
    expect(unposted).toEqual(['support_amounts', 'support_clawback']);
  });
});
