import { expect, test } from 'vitest';
import { ada, buyer } from '../../support/market-api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { bidBody, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();

const quarters = ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4'];
const ramp = (lots: number, step: number) => ({
  schedule: quarters.map((quarter, index) => ({ quarter, quantity: kg(String(lots + step * index)) })),
});
interface Contracts {
  readonly items: readonly {
    readonly offer: string;
    readonly schedule: readonly {
      readonly quarter: string;
      readonly quantity: unknown;
      readonly price: unknown;
    }[];
  }[];
}

test('a ramp of tied sellers becomes one contract a buyer, with a line for each quarter', async () => {
  const market = await Trading.open(engine.client);
  await market.approvedFloor();
  const small = (await market.offerOf('mine-two', 'AU', { delivery: ramp(20, 10) })).body.id;
  const large = (await market.offerOf('mine-three', 'US', { price: usd('70.00'), delivery: ramp(40, 20) }))
    .body.id;
  const maker = caller('maker-two', 'buyer');
  await market.done(buyer, 'POST', '/v1/bids', bidBody({ delivery: ramp(20, 10) }));
  await market.done(maker, 'POST', '/v1/bids', bidBody({ price: usd('120.00'), delivery: ramp(40, 20) }));
  const clearing = await market.clear();
  const { body: run } = await market.done(ada, 'GET', `/v1/clearings/${clearing}`);
  expect((run as unknown as { contracts: number }).contracts).toBe(2);
  for (const [who, offer, lots] of [
    [buyer, small, [20, 30, 40, 50]],
    [maker, large, [40, 60, 80, 100]],
  ] as const) {
    const { items } = (await market.done(who, 'GET', '/v1/contracts')).body as unknown as Contracts;
    expect(items.map((contract) => contract.offer)).toEqual([offer]);
    expect(items[0]!.schedule.map(({ quarter, quantity }) => [quarter, quantity])).toEqual(
      quarters.map((quarter, index) => [quarter, kg(String(lots[index]))]),
    );
  }
});
