import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, bob, buyer, stockpile as reserve } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { accountBody, activeStockpile, openedLot } from '../../support/stock.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
});

type Call = readonly [typeof ada, string, object?];
const race = async (...calls: readonly Call[]): Promise<number[]> => {
  const answers = await Promise.all(calls.map(([who, path, body]) => trading.call(who, 'POST', path, body)));
  return answers.map(({ status }) => status).sort();
};

describe('two who act on one stock at once', () => {
  it('on an account: what there is goes once, and whoever is late is told so', async () => {
    const id = await activeStockpile(trading);
    await openedLot(trading, id, { quantity: kg('100') });
    await openedLot(trading, id, { quantity: kg('60') });
    const account = async () => {
      const { body } = await trading.done(
        reserve,
        'POST',
        `/v1/stockpiles/${id}/accounts`,
        accountBody(buyer.organisation, { committed: kg('160') }),
      );
      const path = `/v1/stock-accounts/${body.id}`;
      expect(await race([buyer, `${path}/accept`], [buyer, `${path}/accept`])).toEqual([200, 409]);
      return path;
    };
    const [one, other] = [await account(), await account()];
    const quantity = { quantity: kg('100') };
    expect(
      await race([reserve, `${one}/allocate`, quantity], [reserve, `${one}/allocate`, quantity]),
    ).toEqual([200, 422]);
    expect(
      await race(
        [reserve, `${one}/allocate`, { quantity: kg('60') }],
        [reserve, `${other}/allocate`, { quantity: kg('60') }],
      ),
    ).toEqual([200, 422]);
    expect(await race([buyer, `${one}/draw`, quantity], [buyer, `${one}/draw`, quantity])).toEqual([
      200, 422,
    ]);
    const { body } = await trading.done(buyer, 'GET', one);
    const drawn = (body['events'] as { type: string }[]).findIndex(({ type }) => type === 'drawn') + 1;
    const back: Call = [
      reserve,
      `${one}/replenish`,
      { draw: drawn, ...quantity, purity: '99.9', origin: 'AU', location: { country: 'JP', place: 'Kobe' } },
    ];
    expect(await race(back, back)).toEqual([200, 409]);
    const pass: Call = [
      buyer,
      `${one}/transfer`,
      { to: other.slice(other.lastIndexOf('/') + 1), quantity: kg('100') },
    ];
    expect(await race(pass, pass)).toEqual([200, 422]);
    expect(await new Settling(trading).findings()).toEqual([]);
  });

  it('on a lot: cut, joined, offered, lost, carried about and drawn at once, nothing is lost and nothing breaks', async () => {
    const id = await activeStockpile(trading);
    const lots = [await openedLot(trading, id), await openedLot(trading, id)];
    const [one, other] = lots.map((lot) => `/v1/stock-lots/${lot}`) as [string, string];
    const { body } = await trading.done(
      reserve,
      'POST',
      `/v1/stockpiles/${id}/accounts`,
      accountBody(buyer.organisation),
    );
    const account = `/v1/stock-accounts/${body.id}`;
    await trading.done(buyer, 'POST', `${account}/accept`);
    await trading.done(reserve, 'POST', `${account}/allocate`, { quantity: kg('900') });
    const cut: Call = [reserve, `${one}/split`, { quantities: [kg('700')] }];
    expect(await race(cut, cut)).toEqual([200, 422]);
    const loss: Call = [reserve, `${other}/write-off`, { quantity: kg('10'), reason: 'fire' }];
    expect(await race(loss, loss)).toEqual([200, 409]);
    expect(await race([ada, `${other}/write-off/approve`], [bob, `${other}/write-off/approve`])).toEqual([
      200, 409,
    ]);
    for (let round = 0; round < 3; round += 1) {
      const stockLot = other.slice(other.lastIndexOf('/') + 1);
      const offered = { product: 'ndpr-oxide', stockLot, price: usd('90.00'), delivery: flat('100') };
      const answers = await race(
        [reserve, `${other}/split`, { quantities: [kg('50')] }],
        [reserve, `${other}/relocate`, { location: { country: 'JP', place: `Kobe ${round}` } }],
        [reserve, '/v1/offers', offered],
        [buyer, `${account}/draw`, { quantity: kg('200') }],
        [reserve, '/v1/stock-lots/merge', { lots }],
      );
      for (const status of answers) expect([200, 201, 409, 422]).toContain(status);
      expect(answers.some((status) => status < 300)).toBe(true);
    }
    expect(
      await race([reserve, '/v1/stock-lots/merge', { lots }], [reserve, '/v1/stock-lots/merge', { lots }]),
    ).not.toContain(500);
    expect(await new Settling(trading).findings()).toEqual([]);
  });
});
