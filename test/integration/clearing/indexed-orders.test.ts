import { beforeEach, describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { verify } from '../../../infra/verify/verify.ts';
import type { Answer } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, mine } from '../../support/market-api.ts';
import { productBody, zoneBody } from '../../support/reference.ts';
import { clientFor } from '../../support/table.ts';
import { Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let trading: Trading;
beforeEach(async () => {
  trading = await Trading.open(clientFor(engine.endpoint));
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', seriesBody());
});

const seriesBody = (changes: object = {}) => ({
  name: 'NdPr oxide, Europe',
  product: 'ndpr-oxide',
  currency: 'USD',
  per: 'kg',
  source: 'Reports of buyers and sellers',
  ...changes,
});
const points = (count: number, amount = '100') => ({
  points: Array.from({ length: count }, (_, index) => ({
    date: '2026-11-20',
    firm: `firm-${index}`,
    price: usd(amount),
    quantity: { amount: '1', unit: 't' },
  })),
});
const post = (count: number, amount?: string) =>
  trading.done(ada, 'POST', '/v1/reference-prices/index/points', points(count, amount));
const indexed = (cap?: string) => ({
  priceTerms: { kind: 'indexed', reference: 'index', ...(cap !== undefined && { cap: usd(cap) }) },
});
const bindingOf = async (order: Answer, kind: 'offers' | 'bids', who: typeof mine) => {
  const { body } = await trading.done(who, 'GET', `/v1/${kind}/${order.body.id}/explanation`);
  return (body['quarters'] as { binding: { code: string }[] }[]).map(({ binding }) => binding[0]?.code);
};
const contracts = async (who: typeof mine) => (await trading.done(who, 'GET', '/v1/contracts')).body.items;

describe('indexed orders', () => {
  it('clear at the reference of the day, beside fixed ones, into contracts that settle by it', async () => {
    await post(5);
    const offer = await trading.offer(indexed('120.00'));
    expect(offer).toMatchObject({ status: 201, body: { warnings: [], ...indexed('120.00') } });
    await trading.bid(indexed('125.00'));
    await trading.offer();
    await trading.bid({}, caller('other-buyer', 'buyer'));
    const clearing = await trading.clear();
    const [bought, ...others] = await contracts(buyer);
    expect(others).toEqual([]);
    expect(bought).toMatchObject({
      offer: offer.body.id,
      priceTerms: {
        kind: 'indexed',
        reference: 'index',
        referencePrice: { amount: '100.00' },
        cap: usd('120.00'),
        fixing: { window: { from: '2026-10-24', to: '2026-11-22' }, basis: { kind: 'primary' } },
        floorEffect: 'none',
      },
    });
    const [fixed] = await contracts(caller('other-buyer', 'buyer'));
    expect(fixed).not.toHaveProperty('priceTerms');
    const { body } = await trading.done(
      buyer,
      'GET',
      '/v1/reference-prices/index/fixings?from=2026-10-24&to=2026-11-22',
    );
    expect(body['frozen']).toMatchObject([{ version: 1, price: { amount: '100.00' } }]);

    const redirect = await trading.call(auditor, 'GET', `/v1/clearings/${clearing}/proof`);
    const key = decodeURIComponent(String(redirect.headers.get('location')));
    expect(redirect.status).toBe(303);
    expect(key).toContain('proof');
  });

  it('do not clear while their reference is thin: they are warned, told so, and clear once it is not', async () => {
    await post(4);
    const offer = await trading.offer(indexed());
    const bid = await trading.bid(indexed());
    for (const { body } of [offer, bid])
      expect(body['warnings']).toMatchObject([{ code: 'reference_unavailable' }]);
    await trading.clear();
    expect(await contracts(buyer)).toEqual([]);
    expect(await bindingOf(offer, 'offers', mine)).toEqual(['reference_unavailable']);
    expect(await bindingOf(bid, 'bids', buyer)).toEqual(['reference_unavailable']);
    await post(5);
    await trading.clear();
    expect(await contracts(buyer)).toHaveLength(1);
  });

  it('meet their own kind only, and caps that the buyer can live with', async () => {
    await post(5);
    const offer = await trading.offer(indexed('120.00'));
    const bid = await trading.bid(indexed('119.99'));
    await trading.bid();
    await trading.clear();
    expect(await contracts(mine)).toEqual([]);
    expect(await bindingOf(offer, 'offers', mine)).toEqual(['price_terms_mismatch']);
    expect(await bindingOf(bid, 'bids', buyer)).toEqual(['price_terms_mismatch']);
  });

  it('are previewed at the figure of now, which nobody freezes', async () => {
    await post(5);
    await trading.offer(indexed());
    await trading.bid(indexed());
    const { body } = await trading.done(ada, 'POST', '/v1/clearings/preview', { product: 'ndpr-oxide' });
    expect(body).toMatchObject({ current: { contracts: 1 } });
    const frozen = await trading.done(buyer, 'GET', '/v1/reference-prices/index/fixings/frozen');
    expect(frozen.body.items).toEqual([]);
  });

  it('keep their cap on the tick, to nobody’s loss: an offer’s rounds up, a bid’s down', async () => {
    const inTonnes = { priceTerms: { ...indexed().priceTerms, cap: usd('120004', 't') } };
    expect((await trading.offer(inTonnes)).body).toMatchObject(indexed('120.01'));
    expect((await trading.bid(inTonnes)).body).toMatchObject(indexed('120.00'));
  });

  it.each([
    [
      'of a series that is not there',
      { kind: 'indexed', reference: 'other' },
      'unknown_reference',
      'reference',
    ],
    ['of another product', { kind: 'indexed', reference: 'dy' }, 'unknown_reference', 'reference'],
    ['in another currency', { kind: 'indexed', reference: 'euro' }, 'currency_mismatch', 'reference'],
    ['of what it contains', { kind: 'indexed', reference: 'mtu' }, 'unit_not_convertible', 'reference'],
    ['capped off the tick', { ...indexed().priceTerms, cap: usd('120.001') }, 'off_tick', 'cap/amount'],
  ])('are refused %s, also in a pool', async (_, priceTerms, code, pointer) => {
    await trading.done(ada, 'PUT', '/v1/products/dy-oxide', productBody());
    await trading.done(ada, 'PUT', '/v1/reference-prices/dy', seriesBody({ product: 'dy-oxide' }));
    await trading.done(ada, 'PUT', '/v1/reference-prices/euro', seriesBody({ currency: 'EUR' }));
    await trading.done(ada, 'PUT', '/v1/reference-prices/mtu', seriesBody({ per: 'mtu' }));
    await trading.done(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU']));
    const pool = { product: 'ndpr-oxide', zone: 'partners', price: usd('130.00') };
    const answers = [
      await trading.offer({ priceTerms }),
      await trading.bid({ priceTerms }),
      await trading.call(buyer, 'POST', '/v1/pools', { ...pool, priceTerms }),
    ];
    for (const refused of answers)
      expect(refused).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: `/priceTerms/${pointer}`, code }] },
      });
  });

  it('of a seller are not capped below its ask, now or later', async () => {
    const low = await trading.offer(indexed('89.99'));
    expect(low.body.errors).toMatchObject([{ pointer: '/priceTerms/cap', code: 'invalid_request' }]);
    const offer = await trading.offer(indexed('95.00'));
    const change = (amount: string) =>
      trading.call(
        mine,
        'PATCH',
        `/v1/offers/${offer.body.id}`,
        { price: usd(amount) },
        { 'If-Match': '"1"' },
      );
    expect((await change('95.01')).body.errors).toMatchObject([
      { pointer: '/price', code: 'invalid_request' },
    ]);
    expect((await change('95.00')).status).toBe(200);
    expect((await trading.bid(indexed('50.00'))).status, "a bid's is another matter").toBe(201);
  });

  it('of a pool clear into contracts of its members', async () => {
    await post(5);
    const pool = await trading.done(buyer, 'POST', '/v1/pools', {
      ...{ product: 'ndpr-oxide', zone: 'partners', price: usd('130.00') },
      ...indexed(),
    });
    expect(pool.body).toMatchObject(indexed());
    await trading.done(buyer, 'POST', `/v1/pools/${pool.body.id}/members`, {
      destination: 'DE',
      delivery: { from: '2027-Q1', to: '2027-Q1', quantityPerQuarter: { amount: '40', unit: 'kg' } },
    });
    await trading.offer(indexed());
    await trading.clear();
    expect(await contracts(buyer)).toMatchObject([{ priceTerms: { kind: 'indexed', reference: 'index' } }]);
  });
});

describe('the proof of a market with indexed orders', () => {
  it('is verified, and is not where the reference was converted wrongly', async () => {
    await post(5);
    await trading.offer(indexed());
    await trading.bid(indexed());
    const documents: unknown[] = [];
    const { worker } = trading;
    await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    trading.pass(10);
    const clear: typeof worker.clear = (snapshot) => {
      const cleared = worker.clear(snapshot);
      if (cleared.ok) documents.push(JSON.parse(JSON.stringify(cleared.value.proof)));
      return cleared;
    };
    await runDueClearings({ ...worker, clear }, { product: 'ndpr-oxide' });
    const [proof] = documents as { snapshot: { references: { price: { amount: string } }[] } }[];
    expect(verify(proof).failures).toEqual([]);
    proof!.snapshot.references[0]!.price.amount = '45.36';
    expect(verify(proof).failures.map(({ pointer }) => pointer)).toContain('/snapshot/references/0/price');
  });
});
