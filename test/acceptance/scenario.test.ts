import { describe, expect, it } from 'vitest';
import { clearMarket, expectStatus } from '../support/market-client.ts';
import {
  approvedFloor,
  bid,
  contractsOf,
  explanationOf,
  flat,
  offer,
  price,
  scene,
} from '../support/scenario.ts';
import { auditedMarket } from '../support/empty-market.ts';

const server = auditedMarket();

const number = (price: { amount: string }): number => Number(price.amount);
const codes = (explanation: {
  quarters: { nearMisses: { code: string }[]; binding: { code: string }[] }[];
}) =>
  explanation.quarters.flatMap((quarter) =>
    [...quarter.nearMisses, ...quarter.binding].map(({ code }) => code),
  );

describe('the market under a floor of 110, from outside', () => {
  it('a zone offer at 90 sells at 110 or more', async () => {
    const at = await scene(server.url, 'inside');
    await approvedFloor(at);
    await offer(at, 'mine-au', 'AU', '90.00', '100');
    const buyer = await bid(at, 'magnets-de', '130.00', '100');
    const clearing = await clearMarket(at.administrator, at.product);
    expect(clearing).toMatchObject({ status: 'completed', contracts: 1 });
    const [contract] = await contractsOf(buyer.who, at.product);
    expect(number(contract.schedule[0].price)).toBeGreaterThanOrEqual(110);
    expect(contract.schedule[0].waterfall.levy).toBe('0.00');
  });

  it('an outside offer at 70 with supply to spare is paid 70 and lands at 110 with a levy of 40', async () => {
    const at = await scene(server.url, 'outside');
    await approvedFloor(at);
    const seller = await offer(at, 'mine-cl', 'CL', '70.00', '500');
    await bid(at, 'magnets-de', '130.00', '100');
    const clearing = await clearMarket(at.administrator, at.product);
    expect(clearing).toMatchObject({
      status: 'completed',
      levyTotal: { amount: '4000.00', currency: 'USD' },
    });
    const [contract] = await contractsOf(seller.who, at.product);
    expect(contract.schedule[0]).toMatchObject({
      quantity: { amount: '100', unit: 'kg' },
      price: price('70.00'),
      landedPrice: price('110.00'),
      waterfall: {
        ask: '70.00',
        floorUplift: '0.00',
        scarcity: '0.00',
        duties: '0.00',
        levy: '40.00',
        landed: '110.00',
      },
    });
  });

  it('an uncertified and an under-level offer get nothing and are told why', async () => {
    const at = await scene(server.url, 'standards');
    expectStatus(
      await at.administrator.put('/v1/schemes/irma', {
        name: 'IRMA Standard for Responsible Mining',
        levels: ['50', '75', '100'],
        stages: ['mining', 'refining'],
        minerals: ['*'],
        assurance: 'third-party',
      }),
      200,
      201,
    );
    expectStatus(
      await at.administrator.post('/v1/standards', {
        product: at.product,
        zone: 'partners',
        topics: [{ topic: 'responsible production', anyOf: [{ scheme: 'irma', level: '75' }] }],
        effectiveFrom: '2026-01-01',
      }),
      201,
    );
    const certify = async (seller: Awaited<ReturnType<typeof offer>>, level: string) => {
      const certificate = expectStatus(
        await seller.who.post(`/v1/sites/${seller.site}/certificates`, {
          scheme: 'irma',
          level,
          validFrom: '2026-01-01',
          validTo: '2039-12-31',
          reference: `IRMA-${level}`,
        }),
        201,
      );
      expectStatus(await at.administrator.post(`/v1/certificates/${certificate.id}/verify`), 200);
    };
    const bare = await offer(at, 'mine-bare', 'AU', '100.00', '100');
    const low = await offer(at, 'mine-low', 'AU', '100.00', '100');
    const good = await offer(at, 'mine-good', 'AU', '120.00', '100');
    await certify(low, '50');
    await certify(good, '100');
    expect(bare.order.warnings.map(({ code }: { code: string }) => code)).toContain('certificate_missing');
    const buyer = await bid(at, 'magnets-de', '130.00', '300');
    await clearMarket(at.administrator, at.product);
    expect((await contractsOf(buyer.who, at.product)).map(({ offer }) => offer as string)).toEqual([
      good.order.id,
    ]);
    expect(codes(await explanationOf(bare.who, 'offers', bare.order.id))).toContain('certificate_missing');
    expect(codes(await explanationOf(low.who, 'offers', low.order.id))).toContain('certificate_level');
  });

  it('a bid at 109.99 gets nothing and is told why', async () => {
    const at = await scene(server.url, 'low-limit');
    await approvedFloor(at);
    await offer(at, 'mine-au', 'AU', '90.00', '100');
    const buyer = await bid(at, 'magnets-de', '109.99', '100');
    expect(await clearMarket(at.administrator, at.product)).toMatchObject({
      status: 'completed',
      contracts: 0,
    });
    expect(await contractsOf(buyer.who, at.product)).toEqual([]);
    expect(codes(await explanationOf(buyer.who, 'bids', buyer.order.id))).toContain('price_below_floor');
  });

  it('65 % of a 150 kg bid is at most 97 kg of one origin', async () => {
    const at = await scene(server.url, 'diversified');
    await offer(at, 'mine-cl', 'CL', '70.00', '500');
    await offer(at, 'mine-au', 'AU', '90.00', '20');
    const buyer = await bid(at, 'magnets-de', '130.00', '150', { maxOriginShare: '0.65' });
    await clearMarket(at.administrator, at.product);
    const taken = (await contractsOf(buyer.who, at.product)).map((contract) => [
      contract.origin as string,
      contract.schedule[0].quantity.amount as string,
    ]);
    expect(Object.fromEntries(taken)).toEqual({ CL: '97', AU: '20' });
    expect(codes(await explanationOf(buyer.who, 'bids', buyer.order.id))).toContain('concentration_limit');
  });

  it('a second clearing makes no contract and changes nothing', async () => {
    const at = await scene(server.url, 'twice');
    const seller = await offer(at, 'mine-au', 'AU', '90.00', '40');
    const buyer = await bid(at, 'magnets-de', '130.00', '100');
    await clearMarket(at.administrator, at.product);
    const before = [
      await contractsOf(at.auditor, at.product),
      (await seller.who.get(`/v1/offers/${seller.order.id}`)).body,
      (await buyer.who.get(`/v1/bids/${buyer.order.id}`)).body,
    ];
    expect(before[1]).toMatchObject({ status: 'filled' });
    expect(before[2]).toMatchObject({ status: 'open', remaining: [{ quantity: { amount: '60' } }] });
    expect(await clearMarket(at.administrator, at.product)).toMatchObject({
      status: 'completed',
      contracts: 0,
    });
    expect([
      await contractsOf(at.auditor, at.product),
      (await seller.who.get(`/v1/offers/${seller.order.id}`)).body,
      (await buyer.who.get(`/v1/bids/${buyer.order.id}`)).body,
    ]).toEqual(before);
  });

  it("another buyer's bid does not exist, and neither does another's contract", async () => {
    const at = await scene(server.url, 'sealed');
    const seller = await offer(at, 'mine-au', 'AU', '90.00', '40');
    const buyer = await bid(at, 'magnets-de', '130.00', '100', { delivery: flat('100') });
    const other = await bid(at, 'motors-jp', '120.00', '100', { destination: 'JP' });
    await clearMarket(at.administrator, at.product);
    const [contract] = await contractsOf(seller.who, at.product);
    for (const path of [
      `/v1/bids/${buyer.order.id}`,
      `/v1/bids/${buyer.order.id}/explanation`,
      `/v1/contracts/${contract.id}`,
    ])
      expect(await other.who.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(
      (await buyer.who.get(`/v1/contracts/${contract.id}`)).body.schedule[0].waterfall,
    ).not.toHaveProperty('ask');
  });

  it('leaves a table in which the audit finds everything in order', async () => {
    await server.expectClean();
  });
});
