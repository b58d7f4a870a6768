import { expect, it } from 'vitest';
import type { Client, Json } from '../../support/market-client.ts';
import { clearMarket, client, expectStatus } from '../../support/market-client.ts';
import { bid, contractsOf, flat, offer, price, quantity, scene } from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { expectProblem } from '../../support/wire-checks.ts';

const server = emptyMarket();

it('A pool bids as one: a member leaves before gate closure, another is passed over for its minimum', async () => {
  const at = await scene(server.url, 'pooled');
  const buyers = await Promise.all(
    ['agency', 'alnico', 'bosch', 'curie', 'daikin'].map((name) => client(server.url, name, ['buyer'])),
  );
  const [runner, a, b, c, d] = buyers as [Client, Client, Client, Client, Client];
  const seller = await offer(at, 'mine', 'AU', '90.00', '140');
  await bid(at, 'outsider', '120.00', '100');

  const opened = await runner.post('/v1/pools', {
    ...{ product: at.product, zone: 'partners', price: price('120.00'), visibility: 'sealed' },
  });
  const pool = expectStatus(opened, 201);
  const path = `/v1/pools/${pool.id}/members`;
  const join = async (who: Client, amount: string, more: Record<string, unknown> = {}): Promise<Json> =>
    expectStatus(await who.post(path, { destination: 'DE', delivery: flat(amount), ...more }), 201);
  const members = [
    await join(a, '60'),
    await join(b, '30', { destination: 'JP' }),
    await join(c, '10', { minimum: quantity('8') }),
    await join(d, '100'),
  ];
  expectStatus(await d.post(`${path}/${members[3].id}/leave`, {}), 200);

  // 140 kg for two bids of 100 alike: 70 to the pool. C's share would be 7, below its 8; A and B share all 70.
  expect(await clearMarket(at.administrator, at.product)).toMatchObject({
    status: 'completed',
    contracts: 3,
  });
  const taken = async (who: Client): Promise<[string, string][]> =>
    (await contractsOf(who, at.product)).map((each) => [each.destination, each.schedule[0].quantity.amount]);
  expect(await taken(a)).toEqual([['DE', '47']]);
  expect(await taken(b)).toEqual([['JP', '23']]);
  for (const who of [runner, c, d]) expect(await taken(who)).toEqual([]);
  // To its seller a pool's bid is one: two contracts of one bid, each with its own buyer.
  const sold = (await contractsOf(seller.who, at.product)).filter((each) => each.bid === pool.bid);
  expect(sold.map((each) => each.buyer as string).sort()).toEqual(['alnico', 'bosch']);

  const explained = expectStatus(await c.get(`${path}/${members[2].id}/explanation`), 200);
  expect(explained.quarters[0]).toMatchObject({ awarded: quantity('0'), binding: [{ code: 'minimum_lot' }] });
  expectProblem(await runner.get(`${path}/${members[2].id}/explanation`), 404, 'not_found');
  expectProblem(await seller.who.get(`/v1/pools/${pool.id}`), 403, 'forbidden');
  expectProblem(await a.get(`/v1/bids/${pool.bid}`), 404, 'not_found');
});
