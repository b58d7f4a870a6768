import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, buyer, mine } from '../../support/market-api.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

const twoQuarters = (amount: string) => flat(amount, '2027-Q1', '2027-Q2');
interface Explained {
  readonly quarters: readonly { readonly binding: readonly { readonly code: string }[] }[];
}
interface Recorded {
  readonly contracts: number;
  readonly quarters: readonly [{ readonly volume: unknown; readonly optimality: unknown }];
}
const posted = async (answer: Promise<{ status: number; body: { id: string } }>): Promise<string> => {
  const { status, body } = await answer;
  expect(status).toBe(201);
  return body.id;
};
const explained = async (path: string): Promise<Explained['quarters']> => {
  const who = path.startsWith('/v1/bids') ? buyer : mine;
  const { body } = await market.done(who, 'GET', `${path}/explanation`);
  return (body as unknown as Explained).quarters;
};
const bindingOf = async (id: string) =>
  (await explained(`/v1/bids/${id}`)).map(({ binding }) => binding.map(({ code }) => code));
const clearing = async (id: string): Promise<Recorded> =>
  (await market.done(ada, 'GET', `/v1/clearings/${id}`)).body as unknown as Recorded;

describe('conditions of an order', () => {
  it('two quarters in a row against an offer of one: no contract, and the code says why', async () => {
    await posted(market.offer());
    const bid = await posted(market.bid({ delivery: twoQuarters('100'), minimumQuarters: 2 }));
    const { contracts, quarters } = await clearing(await market.clear());
    expect(contracts).toBe(0);
    expect(await bindingOf(bid)).toEqual([['minimum_quarters'], ['window_mismatch']]);
    expect(quarters[0].optimality).toEqual({ primal: '0', dual: '0', gap: '0' });
  });

  it('all or none that supply only reaches in part: none, and the others still trade', async () => {
    await posted(market.offer({ delivery: flat('60') }));
    const whole = await posted(market.bid({ allOrNone: true }));
    await posted(market.bid({ price: usd('100.00') }));
    const { contracts, quarters } = await clearing(await market.clear());
    expect({ contracts, volume: quarters[0].volume }).toEqual({ contracts: 1, volume: kg('60') });
    expect(quarters[0].optimality).toEqual({ primal: '60000', dual: '240000', gap: '180000' });
    expect(await bindingOf(whole)).toEqual([['all_or_none']]);
  });

  it('a minimum lot keeps awards from below it; what is left below it is told to its owner', async () => {
    const offer = await posted(market.offer({ minimumLot: kg('50') }));
    const small = await posted(market.bid({ delivery: flat('40') }));
    expect((await clearing(await market.clear())).contracts).toBe(0);
    expect(await bindingOf(small)).toEqual([['minimum_lot']]);
    await posted(market.bid({ delivery: flat('60') }));
    expect((await clearing(await market.clear())).contracts).toBe(1);
    const left = await market.done(mine, 'GET', `/v1/offers/${offer}`);
    expect(left.body).toMatchObject({
      status: 'open',
      minimumLot: kg('50'),
      remaining: [{ quantity: kg('40') }],
      warnings: [{ code: 'minimum_lot' }],
    });
    await market.clear();
    const [quarter] = await explained(`/v1/offers/${offer}`);
    expect(quarter?.binding).toEqual([
      { code: 'minimum_lot', detail: expect.stringMatching(/what is left/i) as string },
    ]);
  });

  it('a minimum lot in another unit is rounded up to the lot', async () => {
    const { body } = await market.offer({ minimumLot: { amount: '100', unit: 'lb' } });
    // 45.359… kg
    expect(body['minimumLot']).toEqual(kg('46'));
  });

  it('a change of quantities must leave them able to hold', async () => {
    const offer = await posted(market.offer({ minimumLot: kg('50'), delivery: twoQuarters('60') }));
    const change = (version: number, delivery: object) =>
      market.call(mine, 'PATCH', `/v1/offers/${offer}`, { delivery }, { 'If-Match': `"${version}"` });
    expect(await change(1, flat('49'))).toMatchObject({
      status: 422,
      body: { code: 'condition_unsatisfiable', errors: [{ pointer: '/delivery' }] },
    });
    expect(await change(1, flat('50'))).toMatchObject({
      status: 200,
      body: { minimumLot: kg('50'), warnings: [] },
    });
  });
});
