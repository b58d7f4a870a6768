import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client, Json } from '../../support/market-client.ts';
import { clearMarket, client, expectStatus } from '../../support/market-client.ts';
import {
  approvedFloor,
  bid,
  contractsOf,
  explanationOf,
  flat,
  nextQuarter,
  offer,
  price,
  quantity,
  scene,
} from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { codesOf, expectProblem } from '../../support/wire-checks.ts';

const server = emptyMarket();
let buyer: Client;
beforeAll(async () => {
  buyer = await client(server.url, 'stranger', ['buyer', 'producer']);
});

const [q1, q2] = [nextQuarter(1), nextQuarter(2)];

/** RFC 8785 for the JSON that this API answers with: strings, whole numbers, booleans, arrays, objects. */
const canonical = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(',')}]`
    : value !== null && typeof value === 'object'
      ? `{${Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)
          .join(',')}}`
      : JSON.stringify(value);

/** As a participant would check it, with nothing of ours: SHA-256 of 0 and the entry, joined by 1, smaller first. */
function rootOf(entry: unknown, inclusion: readonly string[]): string {
  const hash = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  let at = hash(Buffer.of(0), Buffer.from(canonical(entry)));
  for (const neighbour of inclusion.map((hex) => Buffer.from(hex, 'hex')))
    at = hash(Buffer.of(1), ...[at, neighbour].toSorted((a, b) => Buffer.compare(a, b)));
  return at.toString('hex');
}

describe('a clearing', () => {
  it('is asked for by an administrator: 202, queued, Location; and read until it has completed', async () => {
    const at = await scene(server.url, 'asked');
    const asked = await at.administrator.post('/v1/clearings', { product: at.product });
    expect(asked).toMatchObject({ status: 202, body: { product: at.product, status: 'queued' } });
    expect(asked.body.id).toMatch(/^clr_/);
    expect(asked.headers.get('location')).toBe(`/v1/clearings/${asked.body.id}`);
    expectProblem(await buyer.get(`/v1/clearings/${asked.body.id}`), 403, 'forbidden');
    expectProblem(
      await at.administrator.post('/v1/clearings', { product: 'none' }),
      422,
      'unknown_reference',
      '/product',
    );
    expectProblem(await at.administrator.post('/v1/clearings', {}), 422, 'invalid_request', '/product');
    expectProblem(
      await at.administrator.post('/v1/clearings', { product: at.product, dryRun: true }),
      422,
      'invalid_request',
      '/dryRun',
    );
    expectProblem(
      await at.administrator.get('/v1/clearings/clr_01JD0000000000000000000000'),
      404,
      'not_found',
    );
  });

  it('of an empty book completes with 0 contracts', async () => {
    const at = await scene(server.url, 'empty');
    const clearing = await clearMarket(at.administrator, at.product);
    expect(clearing).toMatchObject({
      product: at.product,
      status: 'completed',
      contracts: 0,
      quarters: [],
      floors: [],
      standards: [],
      levyTotal: { amount: '0.00', currency: 'USD' },
      supportTotal: { amount: '0.00', currency: 'USD' },
      inputDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(clearing).not.toHaveProperty('reason');
    expect(clearing.gateClosure).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('tells quarters, floors, standards, totals and the optimum’s certificate', async () => {
    const at = await scene(server.url, 'told');
    const floor = await approvedFloor(at);
    expectStatus(
      await at.administrator.put('/v1/schemes/told', {
        name: 'T',
        levels: [],
        stages: ['refining'],
        minerals: ['*'],
        assurance: 'self',
      }),
      201,
    );
    const early = await offer(at, 'told-cl', 'CL', '70.00', '300', { delivery: flat('300', q1, q2) });
    const certificate = expectStatus(
      await early.who.post(`/v1/sites/${early.site}/certificates`, {
        scheme: 'told',
        validFrom: '2026-01-01',
        validTo: '2039-12-31',
        reference: 'T-1',
      }),
      201,
    );
    expectStatus(await at.administrator.post(`/v1/certificates/${certificate.id}/verify`), 200);
    const rule = expectStatus(
      await at.administrator.post('/v1/standards', {
        product: at.product,
        zone: 'partners',
        topics: [{ topic: 't', anyOf: [{ scheme: 'told' }] }],
        effectiveFrom: '2026-01-01',
      }),
      201,
    );
    const demand = await bid(at, 'told-de', '130.00', '100', {
      delivery: {
        schedule: [
          { quarter: q1, quantity: quantity('100') },
          { quarter: q2, quantity: quantity('50') },
        ],
      },
    });
    const clearing = await clearMarket(at.administrator, at.product);
    expect(clearing).toMatchObject({
      status: 'completed',
      contracts: 1,
      quarters: [
        {
          quarter: q1,
          volume: quantity('100'),
          landedPrice: { low: price('110.00'), high: price('110.00') },
        },
        { quarter: q2, volume: quantity('50'), landedPrice: { low: price('110.00'), high: price('110.00') } },
      ],
      floors: [{ id: floor.id, version: floor.version }],
      standards: [{ id: rule.id }],
      levyTotal: { amount: '6000.00', currency: 'USD' },
    });
    for (const { optimality } of clearing.quarters) {
      expect(optimality.primal).toMatch(/^\d+$/);
      expect(optimality.primal).toBe(optimality.dual);
    }
    // Gains of 20.00 a kilogram in cents: 2000 × 100.
    expect(clearing.quarters[0].optimality.primal).toBe('200000');
    for (const who of [at.auditor, at.second])
      expect((await who.get(`/v1/clearings/${clearing.id}`)).body).toEqual(clearing);
    expect((await at.auditor.get(`/v1/clearings?product=${at.product}`)).body.items).toEqual([clearing]);

    const [contract] = await contractsOf(demand.who, at.product);
    expect(contract).toMatchObject({
      certificates: [{ id: certificate.id, scheme: 'told', level: null, validTo: '2039-12-31' }],
      floor: { id: floor.id, price: price('110.00') },
    });

    const proof = await at.auditor.get(`/v1/clearings/${clearing.id}/proof`);
    expect(proof.status).toBe(303);
    expectProblem(await demand.who.get(`/v1/clearings/${clearing.id}/proof`), 403, 'forbidden');
    const document = await at.auditor.get(proof.headers.get('location') ?? '');
    expect(document.status).toBe(200);
    const text = JSON.stringify(document.body);
    for (const name of ['told-cl', 'told-de', early.who.organisation]) expect(text).not.toContain(name);
    expect(document.body).toMatchObject({ clearing: clearing.id, inputDigest: clearing.inputDigest });
    checkOptimal(document.body);
  });
});

/** Feasibility and primal = dual, from the proof alone; no floor binds on pairs here, so weights are limit − reserve. */
function checkOptimal({ snapshot, quarters }: Json): void {
  const ticks = ({ amount }: { amount: string }) => BigInt(amount.replace('.', ''));
  const floor = ticks(snapshot.floors[0].price);
  for (const { quarter, flows, prices, primal, dual } of quarters) {
    const lotsIn = (order: Json) =>
      BigInt(order.remaining.find((entry: Json) => entry.quarter === quarter)?.quantity.amount ?? '0');
    const byId = new Map<string, Json>(
      [...snapshot.offers, ...snapshot.bids].map((order: Json) => [order.id, order]),
    );
    const used = new Map<string, bigint>();
    let gains = 0n;
    for (const { offer, bid, lots } of flows) {
      for (const id of [offer, bid]) used.set(id, (used.get(id) ?? 0n) + BigInt(lots));
      const reserve = [ticks(byId.get(offer).price), floor].reduce((a, b) => (a > b ? a : b));
      gains += (ticks(byId.get(bid).price) - reserve) * BigInt(lots);
    }
    for (const [id, lots] of used) expect(lots <= lotsIn(byId.get(id))).toBe(true);
    let bound = 0n;
    for (const entry of prices.scarcity) bound += BigInt(entry.value) * lotsIn(byId.get(entry.offer));
    for (const entry of prices.surplus) bound += BigInt(entry.value) * lotsIn(byId.get(entry.bid));
    expect(gains).toBe(bound);
    expect([BigInt(primal), BigInt(dual)]).toEqual([gains, bound]);
  }
}

describe('an explanation', () => {
  it('has the order, the clearing, an inclusion path that leads to the digest, and every quarter', async () => {
    const at = await scene(server.url, 'explained');
    const orders = [
      {
        kind: 'offers' as const,
        ...(await offer(at, 'explained-a', 'AU', '90.00', '40', { delivery: flat('40', q1, q2) })),
      },
      { kind: 'offers' as const, ...(await offer(at, 'explained-b', 'CL', '95.00', '10')) },
      {
        kind: 'offers' as const,
        ...(await offer(at, 'explained-c', 'JP', '99.99', '7', { purity: '99.5', destinations: ['DE'] })),
      },
      {
        kind: 'bids' as const,
        ...(await bid(at, 'explained-d', '130.00', '100', {
          requires: undefined,
          excludedOrigins: ['RU'],
          maxOriginShare: '0.9',
        })),
      },
      { kind: 'bids' as const, ...(await bid(at, 'explained-e', '80.00', '100')) },
    ];
    for (const { who, kind, order } of orders)
      expectProblem(await who.get(`/v1/${kind}/${order.id}/explanation`), 404, 'not_found');
    const clearing = await clearMarket(at.administrator, at.product);
    for (const { who, kind, order } of orders) {
      const explanation = await explanationOf(who, kind, order.id);
      expect(explanation).toMatchObject({
        order: order.id,
        clearing: clearing.id,
        inputDigest: clearing.inputDigest,
      });
      expect(rootOf(explanation.entry, explanation.inclusion)).toBe(clearing.inputDigest);
      expect(explanation.leaf).toBe(canonical(explanation.entry));
      expect(explanation.entry).toMatchObject({
        id: order.id,
        price: order.price,
        remaining: order.remaining,
      });
      const changed = { ...explanation.entry, price: price('1.00') };
      expect(rootOf(changed, explanation.inclusion)).not.toBe(clearing.inputDigest);
      expect(explanation.quarters.map(({ quarter }: Json) => quarter)).toEqual(
        order.remaining.map(({ quarter }: Json) => quarter),
      );
      for (const { requested, awarded, remaining, binding, nearMisses } of explanation.quarters) {
        expect(BigInt(awarded.amount) + BigInt(remaining.amount)).toBe(BigInt(requested.amount));
        if (remaining.amount === '0') expect([binding, nearMisses]).toEqual([[], []]);
        else expect(binding.length).toBeGreaterThan(0);
        for (const reason of binding)
          expect(reason).toEqual({
            code: expect.stringMatching(/^[a-z_]+$/),
            detail: expect.stringMatching(/\S/),
          });
        for (const miss of nearMisses)
          expect(miss).toEqual({
            code: expect.stringMatching(/^[a-z_]+$/),
            quantity: { amount: expect.any(String), unit: 'kg' },
            wouldNeed: expect.any(Object),
          });
      }
      const text = JSON.stringify(explanation);
      for (const other of orders) expect(text).not.toContain(other.who.organisation);
      for (const other of orders.filter((each) => each.order.id !== order.id))
        expect(text).not.toContain(other.order.id);
      for (const reader of [at.administrator, at.auditor])
        expect(await explanationOf(reader, kind, order.id)).toEqual(explanation);
    }
  });

  it('is the latest by default, an earlier one by ?clearing=', async () => {
    const at = await scene(server.url, 'twice-explained');
    const demand = await bid(at, 'again-de', '130.00', '100');
    const first = await clearMarket(at.administrator, at.product);
    await offer(at, 'again-au', 'AU', '90.00', '30');
    const second = await clearMarket(at.administrator, at.product);
    const path = `/v1/bids/${demand.order.id}/explanation`;
    const latest = expectStatus(await demand.who.get(path), 200);
    expect(latest).toMatchObject({
      clearing: second.id,
      quarters: [{ awarded: quantity('30'), remaining: quantity('70') }],
    });
    const earlier = expectStatus(await demand.who.get(`${path}?clearing=${first.id}`), 200);
    expect(earlier).toMatchObject({
      clearing: first.id,
      quarters: [{ requested: quantity('100'), awarded: quantity('0') }],
    });
    expect(codesOf(earlier)).toContain('insufficient_supply');
    expect(await demand.who.get(`${path}?clearing=${second.id}`)).toMatchObject({ body: latest });
    expectProblem(await demand.who.get(`${path}?clearing=clr_01JD0000000000000000000000`), 404, 'not_found');
    expectProblem(await demand.who.get(`${path}?clearing=last`), 400, 'invalid_request');
    const elsewhere = await clearMarket(at.administrator, (await scene(server.url, 'empty-too')).product);
    expectProblem(await demand.who.get(`${path}?clearing=${elsewhere.id}`), 404, 'not_found');
  });
});

describe('the public view of a market', () => {
  it('withholds what fewer than three organisations stand behind', async () => {
    const at = await scene(server.url, 'thin');
    await offer(at, 'thin-1', 'AU', '90.00', '50');
    await offer(at, 'thin-2', 'US', '90.00', '50');
    await bid(at, 'thin-3', '130.00', '100');
    const clearing = await clearMarket(at.administrator, at.product);
    expect(clearing.contracts).toBe(2);
    const market = expectStatus(await buyer.get(`/v1/markets/${at.product}`), 200);
    expect(market.clearings[0]).toMatchObject({ clearing: clearing.id, volume: null, withheld: true });
    expect(market.clearings[0].quarters).toEqual([
      { quarter: q1, volume: null, landedPrice: null, withheld: true },
    ]);
    expect(market.clearings[0].depth[0]).toMatchObject({
      supply: { quantity: null, withheld: true },
      demand: { quantity: null, withheld: true },
    });
    expect(market.clearings[0].concentration).toEqual({ origins: null, withheld: true });
    expect(JSON.stringify(market)).not.toMatch(/thin-[123]/);
  });

  it('shows what three or more do, unless one holds over 70 %, and counts a group as one', async () => {
    const shown = async (name: string, amounts: readonly string[], sellers = ['a', 'b', 'c', 'd']) => {
      const at = await scene(server.url, name);
      await approvedFloor(at);
      for (const [index, amount] of amounts.entries()) {
        await offer(at, `${sellers[index] ?? ''}-seller`, 'AU', '90.00', amount);
        await bid(at, `${name}-buyer-${index}`, '130.00', amount);
      }
      await clearMarket(at.administrator, at.product);
      return expectStatus(await buyer.get(`/v1/markets/${name}`), 200);
    };
    const open = await shown('broad', ['40', '30', '30']);
    expect(open).toMatchObject({
      product: 'broad',
      floors: [{ zone: 'partners', price: price('110.00'), borderAdjusted: true }],
      clearings: [
        {
          volume: quantity('100'),
          withheld: false,
          quarters: [
            {
              quarter: q1,
              volume: quantity('100'),
              landedPrice: { low: expect.any(Object), high: expect.any(Object) },
              withheld: false,
            },
          ],
          depth: [
            {
              quarter: q1,
              supply: { quantity: quantity('100'), withheld: false },
              demand: { quantity: quantity('100'), withheld: false },
            },
          ],
        },
      ],
    });
    expect(await shown('seventy', ['70', '15', '15'])).toMatchObject({
      clearings: [{ volume: quantity('100'), withheld: false }],
    });
    expect(await shown('over-seventy', ['71', '15', '14'])).toMatchObject({
      clearings: [{ volume: null, withheld: true }],
    });
    const { administrator } = await scene(server.url, 'groups');
    for (const name of ['x', 'y'])
      expectStatus(await administrator.put(`/v1/organisations/${name}-seller`, { name, group: 'one' }), 201);
    expect(await shown('grouped', ['40', '30', '30'], ['x', 'y', 'z'])).toMatchObject({
      clearings: [{ volume: null, withheld: true }],
    });
    expectProblem(await buyer.get('/v1/markets/none'), 404, 'not_found');
  });
});
