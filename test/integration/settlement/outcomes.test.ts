import { describe, expect, it } from 'vitest';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { bidBody, flat, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();

/** As many markets' sellers and buyers, each 40 kg of 2027-Q1: matched, delivered and accepted. */
async function market(parties: number): Promise<Settling> {
  const trading = await Trading.open(clientFor(engine.endpoint));
  for (let index = 1; index <= parties; index += 1) {
    await trading.offerOf(`mine-${index}`, 'AU', { delivery: flat('40'), price: usd(`${90 + index}.00`) });
    const bid = bidBody({ delivery: flat('40'), price: usd('140.00') });
    await trading.done(caller(`maker-${index}`, 'buyer'), 'POST', '/v1/bids', bid);
  }
  await trading.clear();
  const at = new Settling(trading);
  at.now = '2027-03-20T12:00:00.000Z';
  for (const [index, contract] of (await at.contracts()).entries()) {
    const [entry] = contract['schedule'] as { quantity: { amount: string } }[];
    await at.deliver(contract.id, `D${index}`, '2027-Q1', entry!.quantity.amount);
  }
  return at;
}

const outcomes = async (at: Settling, who = buyer) =>
  (await at.trading.done(who, 'GET', '/v1/markets/ndpr-oxide/outcomes')).body['quarters'] as Record<
    string,
    unknown
  >[];

const settleOn = async (at: Settling, now: string): Promise<void> => {
  at.now = now;
  await at.settle();
};

describe('what became of a quarter', () => {
  it('is published once, 60 days after its end, and does not change after that', async () => {
    const at = await market(3);
    await settleOn(at, '2027-04-02T12:00:00.000Z');
    await settleOn(at, '2027-05-30T12:00:00.000Z');
    expect(await outcomes(at)).toEqual([]);
    await settleOn(at, '2027-05-31T12:00:00.000Z');
    const published = await outcomes(at);
    expect(published).toMatchObject([
      {
        ...{ quarter: '2027-Q1', asOf: '2027-05-31T11:50:00.000Z', conversionRate: '1' },
        matched: { quantity: { amount: '120', unit: 'kg' }, withheld: false },
        contracted: { quantity: { amount: '120', unit: 'kg' } },
        accepted: { quantity: { amount: '120', unit: 'kg' } },
        short: { quantity: { amount: '0', unit: 'kg' } },
        late: { deliveries: 0 },
      },
    ]);
    const settled = await Promise.all(
      (await at.contracts()).map(
        async ({ id }) =>
          (await at.trading.done(ada, 'GET', `/v1/contracts/${id}/settlements`)).body.items[0]!,
      ),
    );
    const goods = settled.map((each) => Number((each['goods'] as { amount: string }).amount));
    const { amount } = published[0]!['paid'] as { amount: { amount: string } };
    expect(Number(amount.amount)).toBe(goods.reduce((sum, each) => sum + each, 0));
    expect(await at.findings()).toEqual([]);

    at.now = '2027-06-20T12:00:00.000Z';
    await at.correct((await at.contracts())[0]!.id, 'D0', '30');
    await settleOn(at, '2027-06-21T12:00:00.000Z');
    expect(await outcomes(at)).toEqual(published);
    expect(await at.findings()).toEqual([]);
  });

  it('is withheld where two stand behind it, for everybody alike; a late settlement is waited for', async () => {
    const at = await market(2);
    await settleOn(at, '2027-08-20T12:00:00.000Z');
    expect(await outcomes(at)).toEqual([]);
    await settleOn(at, '2027-08-20T13:00:00.000Z');
    for (const who of [buyer, ada, auditor, caller('mine-1', 'producer')])
      expect(await outcomes(at, who)).toMatchObject([
        {
          ...{ matched: { quantity: null, withheld: true }, paid: { amount: null, withheld: true } },
          ...{ conversionRate: null, waterfall: null },
        },
      ]);
    expect(await at.findings()).toEqual([]);
  });

  it('is published by one of two that try at once', async () => {
    const at = await market(3);
    await settleOn(at, '2027-04-02T12:00:00.000Z');
    at.now = '2027-06-02T12:00:00.000Z';
    await Promise.all([at.settle(), at.settle()]);
    expect(await outcomes(at)).toHaveLength(1);
    expect(await at.findings()).toEqual([]);
  });

  it('of a product that there is not is not found', async () => {
    const at = await market(1);
    expect((await at.trading.call(buyer, 'GET', '/v1/markets/none/outcomes')).status).toBe(404);
  });
});
