import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { auditItems } from '../../../infra/audit/audit.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { QuarterSettlement } from '../../../shared/contracts/settlement/settlement.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { readSettlements } from '../../../shared/store/contracts/settlements.ts';
import { ada } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { memoryMetrics } from '../../support/metrics.ts';
import { Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let at: Settling;
let contract: string;

/** Deals of so many firms on a day, as administrators record them. */
const post = (firms: number, date: string, amount: string) =>
  at.trading.done(ada, 'POST', '/v1/reference-prices/index/points', {
    points: Array.from({ length: firms }, (_, index) => ({
      date,
      firm: `firm-${index}`,
      price: usd(amount),
      quantity: { amount: '1', unit: 't' },
    })),
  });

/** A contract for 100 kg in 2027-Q1, indexed: sold at 10.00 above the reference of its day, capped at 130.00. */
beforeEach(async () => {
  const trading = await Trading.open(clientFor(engine.endpoint));
  at = new Settling(trading);
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
    ...{ name: 'NdPr oxide', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  await post(5, '2026-11-20', '80.00');
  const indexed = { priceTerms: { kind: 'indexed', reference: 'index', cap: usd('130.00') } };
  await trading.offer({ ...indexed, price: usd('90.00') });
  await trading.bid({ ...indexed, price: usd('90.00') });
  await trading.clear();
  contract = (await at.contracts())[0]!.id;
  at.now = '2027-03-20T12:00:00.000Z';
  await at.deliver(contract, 'A', '2027-Q1', '100');
});

const last = async (): Promise<QuarterSettlement> =>
  (await readSettlements(at.table, contract)).at(-1) as QuarterSettlement;

describe('a quarter of an indexed contract', () => {
  it('waits for its reference price, and is settled when there is one: reference and premium', async () => {
    at.now = '2027-04-01T12:00:00.000Z';
    const metrics = memoryMetrics();
    expect(await at.settle({ ...at.worker(), metrics })).toMatchObject({
      settlements: [],
      held: [{ contract, quarter: '2027-Q1' }],
      failed: [],
    });
    expect(metrics.measured.map(({ name, value }) => [name, value])).toEqual([
      ['Settlements', 0],
      ['DueUnsettled', 1],
      ['SettlementsFailed', 0],
    ]);
    at.now = '2027-04-02T12:00:00.000Z';
    expect(await at.settle()).toMatchObject({ settlements: [], held: [{ contract }] });
    // The schedule waits for tomorrow, who asks does not.
    await post(5, '2027-03-15', '95.00');
    expect((await at.settle()).looked).toBe(0);
    const { body } = await at.trading.done(ada, 'POST', '/v1/settlements');
    expect(body).toMatchObject({ settlements: [{ contract }], held: [] });
    const { unit, goods } = await last();
    expect(unit).toMatchObject({ bound: 'none', fixing: { series: 'index', version: 1, firms: 5 } });
    expect(unit.fixing?.window).toEqual({ from: '2027-01-01', to: '2027-03-31' });
    expect(formatDecimal(unit.price.amount)).toBe('105.00');
    expect(formatDecimal(goods.amount)).toBe('10500.00');
    expect(await at.findings()).toEqual([]);
  });

  it('keeps the figure that it was settled by, whatever is recorded later; a correction uses it, too', async () => {
    await post(5, '2027-03-15', '95.00');
    at.now = '2027-04-02T12:00:00.000Z';
    await at.settle();
    at.now = '2027-04-10T12:00:00.000Z';
    await post(20, '2027-03-20', '200.00');
    expect((await at.settle()).settlements).toEqual([]);
    await at.correct(contract, 'A', '90');
    expect((await at.settle()).settlements).toHaveLength(1);
    const { unit, sequence, goods } = await last();
    expect({ sequence, version: unit.fixing?.version }).toEqual({ sequence: 2, version: 1 });
    expect(formatDecimal(goods.amount)).toBe('9450.00');
    expect(await at.findings()).toEqual([]);
  });

  it('is held to its cap', async () => {
    await post(5, '2027-03-15', '180.00');
    at.now = '2027-04-02T12:00:00.000Z';
    await at.settle();
    const { unit } = await last();
    expect({ bound: unit.bound, price: formatDecimal(unit.price.amount) }).toEqual({
      bound: 'cap',
      price: '130.00',
    });
  });

  it('is found out by the audit where its figure is not the one that was frozen', async () => {
    await post(5, '2027-03-15', '95.00');
    at.now = '2027-04-02T12:00:00.000Z';
    await at.settle();
    const items: Item[] = [];
    for await (const page of scan(at.table)) items.push(...page);
    const without = items.filter(
      ({ pk, sk }) => pk !== 'FIXINGS#index' || !String(sk).includes('2027-03-31'),
    );
    expect(without.length).toBeLessThan(items.length);
    const { findings } = auditItems(without, at.trading.api.time.now);
    expect(findings.map(({ check }) => check)).toEqual(['settlement_amounts']);
  });
});
