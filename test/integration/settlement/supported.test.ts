import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { balanceOf } from '../../../shared/store/contracts/ledger.ts';
import { ada, auditor, bob, mine } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { flat, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let at: Settling;
let contract: string;
let programme: string;

const money = (amount: string) => ({ amount, currency: 'USD' });

/** A contract for 60 kg in each of two quarters at 100.00, of which a programme pays 30.00: 3,600 of its 10,000. */
beforeEach(async () => {
  const trading = await Trading.open(clientFor(engine.endpoint));
  at = new Settling(trading);
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
    ...{ name: 'NdPr oxide', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  await trading.done(ada, 'POST', '/v1/reference-prices/index/points', {
    points: Array.from({ length: 5 }, (_, index) => ({
      ...{ date: '2026-11-20', firm: `firm-${index}`, price: usd('65.00') },
      quantity: { amount: '1', unit: 't' },
    })),
  });
  const proposed = await trading.done(ada, 'POST', '/v1/programmes', {
    ...{ name: 'Price gap', product: 'ndpr-oxide', zone: 'partners', design: { kind: 'one-way' } },
    ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
    ...{ budget: money('10000.00'), maximumGap: usd('40.00'), from: '2027-Q1', to: '2028-Q4' },
    rationale: 'Bridge the gap.',
  });
  programme = proposed.body.id;
  await trading.done(bob, 'POST', `/v1/programmes/${programme}/approve`);
  await trading.offer({ price: usd('100.00'), delivery: flat('60', '2027-Q1', '2027-Q2') });
  await trading.bid({ price: usd('70.00'), delivery: flat('60', '2027-Q1', '2027-Q2') });
  await trading.clear();
  contract = (await at.contracts())[0]!.id;
});

const budget = async () => (await at.trading.done(auditor, 'GET', `/v1/programmes/${programme}/budget`)).body;
const agreement = async () => (await at.trading.done(mine, 'GET', '/v1/agreements')).body.items[0];
const cents = async (account: string) => (await balanceOf(at.table, account)).get('USD') ?? 0n;

describe('a contract that a programme supports', () => {
  it('is paid for by both: the buyer owes landed less support, the programme the support, out of its reserve', async () => {
    at.now = '2027-03-20T12:00:00.000Z';
    await at.deliver(contract, 'A', '2027-Q1', '50');
    at.now = '2027-04-01T12:00:00.000Z';
    await at.settle();
    expect(await cents('organisation:mine-au')).toBe(500_000n);
    expect(await cents('organisation:magnets-de')).toBe(-350_000n);
    expect(await cents(`programme:${programme}`)).toBe(1_000_000n - 150_000n);
    expect(await budget()).toMatchObject({
      ...{ paid: money('1500.00'), reserved: money('2100.00'), left: money('6400.00') },
    });
    expect(await at.findings()).toEqual([]);
  });

  it('gives back to the reserve what a correction takes off', async () => {
    at.now = '2027-03-20T12:00:00.000Z';
    await at.deliver(contract, 'A', '2027-Q1', '60');
    at.now = '2027-04-01T12:00:00.000Z';
    await at.settle();
    await at.correct(contract, 'A', '40');
    await at.settle();
    expect(await budget()).toMatchObject({ paid: money('1200.00'), reserved: money('2400.00') });
    await at.correct(contract, 'A', '45');
    await at.settle();
    expect(await budget()).toMatchObject({ paid: money('1350.00'), reserved: money('2250.00') });
    expect(await at.findings()).toEqual([]);
  });

  it('frees, when it is over, what was reserved for it and not needed; once', async () => {
    at.now = '2027-03-20T12:00:00.000Z';
    await at.deliver(contract, 'A', '2027-Q1', '50');
    at.now = '2027-06-20T12:00:00.000Z';
    await at.deliver(contract, 'B', '2027-Q2', '60');
    at.now = '2027-07-01T12:00:00.000Z';
    await at.settle();
    const over = { paid: money('3300.00'), reserved: money('0.00'), left: money('6700.00') };
    expect(await budget()).toMatchObject(over);
    expect(await agreement()).toMatchObject({ status: 'completed', version: 2 });
    at.now = '2027-08-01T12:00:00.000Z';
    await at.settle();
    expect(await budget()).toMatchObject(over);
    expect(await at.findings()).toEqual([]);
  });

  it('that is terminated frees the rest', async () => {
    at.now = '2027-03-20T12:00:00.000Z';
    await at.append(contract, {
      ...{ type: 'terminated', at: at.trading.api.time.now, cause: 'agreed', reason: 'both sides' },
    });
    await at.settle();
    expect(await budget()).toMatchObject({
      paid: money('0.00'),
      reserved: money('0.00'),
      left: money('10000.00'),
    });
    expect(await agreement()).toMatchObject({ status: 'ended' });
    expect(await at.findings()).toEqual([]);
  });
});
