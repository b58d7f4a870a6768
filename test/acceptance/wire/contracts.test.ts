import { describe, expect, it } from 'vitest';
import type { Json } from '../../support/market-client.ts';
import { clearMarket, client, expectStatus } from '../../support/market-client.ts';
import type { Scene } from '../../support/scenario.ts';
import {
  approvedFloor,
  bid,
  contractsOf,
  flat,
  nextQuarter,
  offer,
  price,
  quantity,
  scene,
} from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { expectProblem } from '../../support/wire-checks.ts';

const server = emptyMarket();

const [q1, q2] = [nextQuarter(1), nextQuarter(2)];
const parts = ['ask', 'floorUplift', 'scarcity', 'duties', 'levy'] as const;
/** Exact: thousandths of the currency per unit. */
const units = (amount: string): bigint => {
  const [whole = '', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(3, '0'));
};

/** ask + floorUplift + scarcity + duties + levy = landed, per unit and in the totals; and the totals are the sums. */
function addsUp(contract: Json): void {
  const sums: Record<string, bigint> = {};
  for (const { price, landedPrice, quantity, waterfall } of contract.schedule) {
    expect(parts.reduce((sum, part) => sum + units(waterfall[part]), 0n)).toBe(units(waterfall.landed));
    expect(units(waterfall.ask) + units(waterfall.floorUplift) + units(waterfall.scarcity)).toBe(
      units(price.amount),
    );
    expect(landedPrice.amount).toBe(waterfall.landed);
    for (const [part, amount] of Object.entries(waterfall))
      sums[part] = (sums[part] ?? 0n) + units(amount as string) * BigInt(quantity.amount);
  }
  for (const [part, sum] of Object.entries(sums)) expect(units(contract.totals[part].amount), part).toBe(sum);
}

/** The one contract of a market, as an auditor sees it, checked to add up. */
async function onlyContract(at: Scene): Promise<Json> {
  const clearing = await clearMarket(at.administrator, at.product);
  expect(clearing).toMatchObject({ status: 'completed', contracts: 1 });
  const [contract] = await contractsOf(at.auditor, at.product);
  addsUp(contract);
  return contract;
}

async function productOf(at: Scene, tick: string, lot: string): Promise<void> {
  expectStatus(
    await at.administrator.put(`/v1/products/${at.product}`, {
      name: at.product,
      mineral: 'ndpr',
      stage: 'refining',
      unit: 'kg',
      currency: 'USD',
      lot: quantity(lot),
      priceTick: price(tick),
    }),
    200,
  );
}

describe('a contract', () => {
  it('has the shape that clients rely on, and shows each reader its part', async () => {
    const at = await scene(server.url, 'shape');
    const floor = await approvedFloor(at);
    const supply = await offer(at, 'shape-s', 'AU', '90.00', '100', { delivery: flat('100', q1, q2) });
    const demand = await bid(at, 'shape-b', '130.00', '80', { delivery: flat('80', q1, q2) });
    const contract = await onlyContract(at);
    expect(contract).toMatchObject({
      id: expect.stringMatching(/^ctr_/),
      clearing: expect.stringMatching(/^clr_/),
      offer: supply.order.id,
      bid: demand.order.id,
      product: at.product,
      seller: 'shape-s',
      buyer: 'shape-b',
      origin: 'AU',
      destination: 'DE',
      floor: { id: floor.id, price: price('110.00') },
      certificates: [],
      status: expect.any(String),
      concludedAt: expect.stringMatching(/Z$/),
      events: [{ type: 'concluded', at: contract.concludedAt }],
    });
    expect(contract.schedule.map(({ quarter, quantity }: Json) => [quarter, quantity])).toEqual([
      [q1, quantity('80')],
      [q2, quantity('80')],
    ]);
    for (const entry of contract.schedule) {
      expect(Object.keys(entry.waterfall).toSorted()).toEqual([...parts, 'support', 'landed'].toSorted());
      expect(entry.interval).toEqual({ low: expect.any(Object), high: expect.any(Object) });
      expect(entry.waterfall).toMatchObject({
        ask: '90.00',
        floorUplift: '20.00',
        levy: '0.00',
        support: '0.00',
      });
    }
    expect(Object.keys(contract.totals).toSorted()).toEqual([...parts, 'support', 'landed'].toSorted());

    const path = `/v1/contracts/${contract.id}`;
    for (const who of [at.administrator, at.auditor]) expect((await who.get(path)).body).toEqual(contract);
    const withoutInterval = contract.schedule.map((entry: Json) => ({ ...entry, interval: undefined }));
    const sellers = (await supply.who.get(path)).body;
    expect(sellers).toEqual({ ...contract, schedule: withoutInterval });
    for (const entry of sellers.schedule) expect(entry).not.toHaveProperty('interval');
    const buyers = (await demand.who.get(path)).body;
    for (const entry of [...buyers.schedule.map(({ waterfall }: Json) => waterfall), buyers.totals])
      expect(Object.keys(entry).toSorted()).toEqual(['duties', 'landed', 'levy', 'support']);
    for (const entry of buyers.schedule) expect(entry).not.toHaveProperty('interval');
    expect(buyers.schedule[0].price).toEqual(contract.schedule[0].price);
    expect(await contractsOf(demand.who, at.product)).toEqual([buyers]);

    const list = async (who: typeof at.auditor, query: string) =>
      expectStatus(await who.get(`/v1/contracts?product=shape${query}`), 200).items.length as number;
    expect(await list(supply.who, '&role=seller')).toBe(1);
    expect(await list(supply.who, '&role=buyer')).toBe(0);
    expect(await list(demand.who, '&role=buyer')).toBe(1);
    expect(await list(demand.who, '&role=seller')).toBe(0);
    expect(await list(demand.who, `&status=${contract.status}`)).toBe(1);
    expectProblem(await demand.who.get('/v1/contracts?role=owner'), 400, 'invalid_request');
    const stranger = await client(server.url, 'shape-x', ['buyer', 'producer']);
    expect(await list(stranger, '')).toBe(0);
    expectProblem(await stranger.get(path), 404, 'not_found');
    expectProblem(await at.auditor.get('/v1/contracts/ctr_01JD0000000000000000000000'), 404, 'not_found');
  });
});

describe('floors and levies', () => {
  it('duties count before the levy: ask 72.00, duty 3.7 %, floor 110: levy 35.336', async () => {
    const at = await scene(server.url, 'vector');
    await productOf(at, '0.001', '10');
    await approvedFloor(at, { price: price('110.000'), duties: [{ origin: 'CN', rate: '0.037' }] });
    await offer(at, 'vector-s', 'CN', '72.00', '100');
    await bid(at, 'vector-b', '130.000', '50');
    const contract = await onlyContract(at);
    expect(contract.schedule).toMatchObject([
      {
        price: price('72.000'),
        landedPrice: price('110.000'),
        waterfall: {
          ask: '72.000',
          floorUplift: '0.000',
          scarcity: '0.000',
          duties: '2.664',
          levy: '35.336',
          support: '0.000',
          landed: '110.000',
        },
      },
    ]);
    expect(contract.totals).toMatchObject({
      ask: { amount: '3600.00', currency: 'USD' },
      duties: { amount: '133.20', currency: 'USD' },
      levy: { amount: '1766.80', currency: 'USD' },
      landed: { amount: '5500.00', currency: 'USD' },
    });
  });

  it('an origin inside the zone is never paid below the floor, duties on top', async () => {
    const at = await scene(server.url, 'hard');
    await approvedFloor(at, { duties: [{ origin: 'AU', rate: '0.05' }] });
    await offer(at, 'hard-s', 'AU', '90.00', '100');
    await bid(at, 'hard-b', '130.00', '50');
    const contract = await onlyContract(at);
    expect(contract.schedule[0]).toMatchObject({
      price: price('110.00'),
      landedPrice: price('115.50'),
      waterfall: {
        ask: '90.00',
        floorUplift: '20.00',
        scarcity: '0.00',
        duties: '5.50',
        levy: '0.00',
        landed: '115.50',
      },
    });
  });

  it('an origin with an equivalent floor is bound by the hard floor, not by the levy; for its product only', async () => {
    const at = await scene(server.url, 'equivalent');
    await scene(server.url, 'another');
    for (const [zone, member, product] of [
      ['equal', 'KR', 'equivalent'],
      ['unequal', 'CA', 'another'],
    ] as const)
      expectStatus(
        await at.administrator.put(`/v1/zones/${zone}`, {
          name: zone,
          members: [member],
          equivalentOrigins: [{ origin: 'CL', product }],
        }),
        201,
      );
    for (const zone of ['equal', 'unequal']) await approvedFloor(at, { zone });
    await offer(at, 'equivalent-s', 'CL', '70.00', '500');
    await bid(at, 'equivalent-b', '130.00', '50', { destination: 'KR' });
    await bid(at, 'equivalent-c', '130.00', '50', { destination: 'CA' });
    await clearMarket(at.administrator, at.product);
    const contracts = await contractsOf(at.auditor, at.product);
    contracts.forEach(addsUp);
    const into = Object.fromEntries(
      contracts.map((contract) => [contract.destination as string, contract.schedule[0]]),
    );
    expect(into['KR']).toMatchObject({
      price: price('110.00'),
      waterfall: { floorUplift: '40.00', levy: '0.00' },
    });
    expect(into['CA']).toMatchObject({
      price: price('70.00'),
      waterfall: { floorUplift: '0.00', levy: '40.00' },
    });
  });

  it('a floor that is not border-adjusted binds origins inside only', async () => {
    const at = await scene(server.url, 'unadjusted');
    await approvedFloor(at, { borderAdjusted: false });
    await offer(at, 'unadjusted-s', 'CL', '70.00', '500');
    await bid(at, 'unadjusted-b', '100.00', '50');
    const contract = await onlyContract(at);
    expect(contract.schedule[0].waterfall).toMatchObject({ levy: '0.00', floorUplift: '0.00' });
    expect(Number(contract.schedule[0].price.amount)).toBeLessThan(110);
  });

  it('a destination outside every zone has no floor and no levy', async () => {
    const at = await scene(server.url, 'zoneless');
    await approvedFloor(at);
    await offer(at, 'zoneless-s', 'AU', '70.00', '500');
    await bid(at, 'zoneless-b', '100.00', '50', { destination: 'BR' });
    const contract = await onlyContract(at);
    expect(contract.floor).toBeNull();
    expect(contract.schedule[0].waterfall).toMatchObject({ levy: '0.00', floorUplift: '0.00' });
    expect(contract.schedule[0].price).toEqual(price('70.00'));
  });

  it('a floor acts only once it is approved, and on its own dates', async () => {
    const at = await scene(server.url, 'dated');
    expectStatus(
      await at.administrator.post('/v1/floors', {
        product: at.product,
        zone: 'partners',
        price: price('110.00'),
        borderAdjusted: true,
        effectiveFrom: '2026-01-01',
        rationale: 'r',
      }),
      201,
    );
    await approvedFloor(at, { effectiveFrom: '2035-01-01' });
    await offer(at, 'dated-s', 'AU', '70.00', '500');
    await bid(at, 'dated-b', '100.00', '50');
    const contract = await onlyContract(at);
    expect(contract.floor).toBeNull();
    expect(contract.schedule[0].price).toEqual(price('70.00'));
  });
});

describe('scarcity', () => {
  it('two bids for one offer: the price lies midway between what the loser would pay and the winner pays at most', async () => {
    const at = await scene(server.url, 'midway');
    await offer(at, 'midway-s', 'AU', '80.00', '10');
    await bid(at, 'midway-winner', '130.00', '10');
    await bid(at, 'midway-loser', '100.00', '10');
    const contract = await onlyContract(at);
    expect(contract.schedule[0]).toMatchObject({
      price: price('115.00'),
      interval: { low: price('100.00'), high: price('130.00') },
      waterfall: { ask: '80.00', scarcity: '35.00', landed: '115.00' },
    });
  });

  it('midway is rounded down to the tick', async () => {
    const at = await scene(server.url, 'odd');
    await offer(at, 'odd-s', 'AU', '80.00', '10');
    await bid(at, 'odd-winner', '130.01', '10');
    await bid(at, 'odd-loser', '100.00', '10');
    expect((await onlyContract(at)).schedule[0].price).toEqual(price('115.00'));
  });

  it('a levy vanishes with scarcity: the seller receives the landed price', async () => {
    const at = await scene(server.url, 'no-levy');
    await approvedFloor(at);
    await offer(at, 'no-levy-s', 'CL', '70.00', '10');
    await bid(at, 'no-levy-winner', '150.00', '10');
    await bid(at, 'no-levy-loser', '130.00', '10');
    const clearing = await clearMarket(at.administrator, at.product);
    expect(clearing).toMatchObject({ contracts: 1, levyTotal: { amount: '0.00' } });
    const [contract] = await contractsOf(at.auditor, at.product);
    addsUp(contract);
    expect(contract.schedule[0]).toMatchObject({
      price: price('140.00'),
      landedPrice: price('140.00'),
      waterfall: { ask: '70.00', floorUplift: '40.00', scarcity: '30.00', levy: '0.00', landed: '140.00' },
    });
  });

  it('equal sellers share the demand evenly, in proportion to what they offer', async () => {
    const at = await scene(server.url, 'even');
    await approvedFloor(at);
    await offer(at, 'even-a', 'AU', '90.00', '100');
    await offer(at, 'even-b', 'AU', '90.00', '100');
    await offer(at, 'even-c', 'AU', '90.00', '200');
    await bid(at, 'even-buyer', '130.00', '200');
    await clearMarket(at.administrator, at.product);
    const shares = (await contractsOf(at.auditor, at.product)).map((contract) => [
      contract.seller as string,
      contract.schedule[0].quantity.amount as string,
    ]);
    expect(Object.fromEntries(shares)).toEqual({ 'even-a': '50', 'even-b': '50', 'even-c': '100' });
  });

  it('under a binding floor sellers with different asks share too: all are paid the floor', async () => {
    const at = await scene(server.url, 'tied');
    await approvedFloor(at);
    await offer(at, 'tied-a', 'AU', '90.00', '100');
    await offer(at, 'tied-b', 'AU', '70.00', '100');
    await bid(at, 'tied-buyer', '130.00', '100');
    await clearMarket(at.administrator, at.product);
    const contracts = await contractsOf(at.auditor, at.product);
    contracts.forEach(addsUp);
    for (const contract of contracts) expect(contract.schedule[0].price).toEqual(price('110.00'));
    const shares = contracts.map((contract) => [
      contract.seller as string,
      contract.schedule[0].quantity.amount as string,
    ]);
    expect(Object.fromEntries(shares)).toEqual({ 'tied-a': '50', 'tied-b': '50' });
  });

  it('of equal landed reserves, the origin inside the zone goes first', async () => {
    const at = await scene(server.url, 'inside-first');
    await approvedFloor(at);
    await offer(at, 'inside-first-cl', 'CL', '70.00', '100');
    await offer(at, 'inside-first-au', 'AU', '90.00', '60');
    await bid(at, 'inside-first-b', '130.00', '100');
    await clearMarket(at.administrator, at.product);
    const shares = (await contractsOf(at.auditor, at.product)).map((contract) => [
      contract.origin as string,
      contract.schedule[0].quantity.amount as string,
    ]);
    expect(Object.fromEntries(shares)).toEqual({ AU: '60', CL: '40' });
  });

  it('bids alike pay the same, and remaining + contracted is what was asked, for everybody', async () => {
    const at = await scene(server.url, 'whole');
    const orders = [
      ['offers', await offer(at, 'whole-s', 'AU', '80.00', '90', { delivery: flat('90', q1, q2) })],
      ['bids', await bid(at, 'whole-a', '120.00', '70', { delivery: flat('70', q1, q2) })],
      ['bids', await bid(at, 'whole-b', '120.00', '50')],
    ] as const;
    await clearMarket(at.administrator, at.product);
    const contracts = await contractsOf(at.auditor, at.product);
    contracts.forEach(addsUp);
    const first = contracts.map(
      ({ schedule }) => schedule.find((entry: Json) => entry.quarter === q1)?.landedPrice.amount as string,
    );
    expect(new Set(first).size).toBe(1);
    for (const [kind, { who, order }] of orders) {
      const { remaining, contracted } = expectStatus(await who.get(`/v1/${kind}/${order.id}`), 200);
      for (const [index, { quarter, quantity }] of order.remaining.entries()) {
        expect(BigInt(remaining[index].quantity.amount) + BigInt(contracted[index].quantity.amount)).toBe(
          BigInt(quantity.amount),
        );
        const sold = contracts
          .filter((contract) => contract.offer === order.id || contract.bid === order.id)
          .flatMap(({ schedule }) => schedule.filter((entry: Json) => entry.quarter === quarter))
          .reduce<bigint>((sum, entry) => sum + BigInt(entry.quantity.amount), 0n);
        expect(BigInt(contracted[index].quantity.amount)).toBe(sold);
      }
    }
  });
});
