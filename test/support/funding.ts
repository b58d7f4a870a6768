import { balanceOf } from '../../shared/store/contracts/ledger.ts';
import { caller } from './api.ts';
import { ada, auditor, bob, mine } from './market-api.ts';
import { Settling } from './settling.ts';
import { kg, usd, type Trading } from './trading.ts';

const other = caller('mine-two', 'producer');
export const money = (amount: string) => ({ amount, currency: 'USD' });

/**
 * Two sites that make NdPr oxide and stockpile it, in a programme that makes it up to 110.00 by the reference price, at
 * least 60.00, in the first two quarters of 2027. It reserves 50.00 for each kilogram of their caps.
 */
export class Programme {
  readonly at: Settling;
  id = '';
  readonly agreements: string[] = [];

  constructor(trading: Trading) {
    this.at = new Settling(trading);
  }

  static async open(
    trading: Trading,
    design: object = { kind: 'one-way' },
    more: object = {},
  ): Promise<Programme> {
    const programme = new Programme(trading);
    await programme.index('2026-Q3', '100.0');
    await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
      ...{ name: 'NdPr oxide', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
    });
    const proposed = await trading.done(ada, 'POST', '/v1/programmes', {
      ...{ name: 'Price protection', product: 'ndpr-oxide', zone: 'partners', design },
      ...{ strike: usd('110.00'), reference: 'index', minimumReference: usd('60.00'), eligible: {} },
      ...{ budget: money('200000.00'), maximumGap: usd('50.00'), from: '2027-Q1', to: '2028-Q4' },
      ...{ rationale: 'Bridge the gap.', ...more },
    });
    programme.id = proposed.body.id;
    await trading.done(bob, 'POST', `/v1/programmes/${programme.id}/approve`);
    for (const site of [trading.site, await trading.siteOf(other)])
      programme.agreements.push(
        (
          await trading.done(ada, 'POST', `/v1/programmes/${programme.id}/agreements`, {
            ...{ site, caps: ['2027-Q1', '2027-Q2'].map((quarter) => ({ quarter, quantity: kg('1000') })) },
          })
        ).body.id,
      );
    for (const id of programme.agreements) await trading.done(bob, 'POST', `/v1/agreements/${id}/approve`);
    return programme;
  }

  async budgetOf(amount: string): Promise<void> {
    const path = `/v1/programmes/${this.id}/budget-change`;
    await this.at.trading.done(ada, 'POST', path, { budget: money(amount), reason: 'Parliament' });
    await this.at.trading.done(bob, 'POST', `${path}/approve`);
  }

  /** What consumer prices were in a quarter, as two administrators say. */
  async index(quarter: string, value: string): Promise<void> {
    const path = `/v1/index-values/cpi.${quarter}`;
    const { id } = (await this.at.trading.done(ada, 'PUT', path, { value, source: 'Statistics' })).body;
    await this.at.trading.done(bob, 'POST', `${path}/changes/${id}/approve`);
  }

  /** What the two sites have stockpiled of a quarter, and its reference price. */
  async quarter(quarter: string, price: string, ...stockpiled: readonly string[]): Promise<void> {
    const { trading } = this.at;
    const last = { '2027-Q1': '2027-03-20', '2027-Q2': '2027-06-20' }[quarter] ?? '';
    this.at.now = `${last}T12:00:00.000Z`;
    for (const [index, amount] of stockpiled.entries())
      await trading.done(
        [mine, other][index],
        'POST',
        `/v1/agreements/${this.agreements[index]}/designations`,
        {
          ...{ quarter, stockpiled: kg(amount) },
        },
      );
    await trading.done(ada, 'POST', '/v1/reference-prices/index/points', {
      points: Array.from({ length: 5 }, (_, index) => ({
        ...{ date: last, firm: `firm-${index}`, price: usd(price), quantity: { amount: '1', unit: 't' } },
      })),
    });
  }

  async get(path: string) {
    return (await this.at.trading.done(auditor, 'GET', path)).body;
  }
  budget() {
    return this.get(`/v1/programmes/${this.id}/budget`);
  }
  async rounds() {
    return (await this.get(`/v1/programmes/${this.id}/rounds`)).items;
  }
  async standing(): Promise<readonly (readonly unknown[])[]> {
    const all = await Promise.all(
      this.agreements.map(async (id) => (await this.get(`/v1/agreements/${id}/settlements`)).items),
    );
    return all.map((items) =>
      items.map(({ paid, carried }) =>
        [paid, carried].map((each) => (each as { amount: string } | undefined)?.amount),
      ),
    );
  }
  async owed(account: string): Promise<bigint> {
    return (await balanceOf(this.at.table, account)).get('USD') ?? 0n;
  }
}
