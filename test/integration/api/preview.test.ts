import type { ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { previewClearing, previewLimits } from '../../../functions/api/preview-clearing.ts';
import type { Preview } from '../../../shared/clearing/preview/result.ts';
import { previewTermsSchema } from '../../../shared/clearing/preview/terms.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { bookEntryItem } from '../../../shared/store/orders/book.ts';
import { readControl } from '../../../shared/store/clearing/control.ts';
import { maximumActions } from '../../../shared/store/table/table.ts';
import { lockBook } from '../../../functions/clearing/lock-book.ts';
import { openRun } from '../../../functions/clearing/open-run.ts';
import { HeldMarket } from '../../../functions/clearing/held-market.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, bob, buyer, mine, stockpile } from '../../support/market-api.ts';
import { bidBody, flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

const path = '/v1/clearings/preview';
const floor = (amount: string, changes: object = {}) => ({
  ...{ zone: 'partners', price: usd(amount), borderAdjusted: true },
  ...changes,
});
const post = (body: object, who = ada) => market.call(who, 'POST', path, { product: 'ndpr-oxide', ...body });
/** A preview that must succeed. */
const preview = async (body: object = {}): Promise<Wire> => {
  const answer = await post(body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Wire;
};

/** As clients read it: decoded values' names, amounts as strings. */
interface Amount {
  readonly amount: string;
}
interface WireSide {
  readonly volume: Amount;
  readonly contracts: number;
  readonly prices: readonly { quarter: string; landedPrice: { low: Amount; high: Amount } | null }[];
  readonly buyerCost: Amount;
  readonly sellerReceipts: Amount;
  readonly duties: Amount;
  readonly levy: Amount;
  readonly support: Amount;
  readonly blocked: readonly { code: string; quantity: Amount }[];
  readonly concentration: {
    readonly origins: readonly { origin: string; share: string }[];
    readonly index: number | null;
  };
}
interface Wire {
  readonly current: WireSide;
  readonly proposed: WireSide;
  readonly difference: WireSide & Pick<Preview['difference'], 'vanishing' | 'appearing' | 'steps'>;
  readonly clearingUnderWay: string | null;
}

/** Everything in the table. */
async function everything(): Promise<string[]> {
  const { table } = market.api.dependencies;
  const items: string[] = [];
  let start: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page: ScanCommandOutput = await table.client.send(
      new ScanCommand({ TableName: table.name, ExclusiveStartKey: start, ConsistentRead: true }),
    );
    items.push(...(page.Items ?? []).map((item) => canonicalJson(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items.sort();
}

/** Sellers at 90 in two countries, four buyers at 112, 118, 124 and 130; each of 100 kg. */
async function usualBook(): Promise<void> {
  for (const [name, country] of [
    ['mine-a', 'AU'],
    ['mine-b', 'AU'],
    ['mine-c', 'CL'],
    ['mine-d', 'CL'],
  ] as const)
    await market.offerOf(name, country);
  for (const limit of ['112.00', '118.00', '124.00', '130.00'])
    await market.done(caller(`maker-${limit}`, 'buyer'), 'POST', '/v1/bids', bidBody({ price: usd(limit) }));
}

describe('a preview', () => {
  it('sets the open book under a floor beside the book as it is', async () => {
    await usualBook();
    const { current, proposed, difference, clearingUnderWay } = await preview({ floors: [floor('120.00')] });
    expect(clearingUnderWay).toBeNull();
    expect(current).toMatchObject({
      volume: kg('400'),
      contracts: 4,
      blocked: [],
      support: { amount: '0.00', currency: 'USD' },
      concentration: { origins: [{ share: '0.5000' }, { share: '0.5000' }], index: 5000 },
    });
    expect(proposed).toMatchObject({
      volume: kg('200'),
      contracts: 2,
      prices: [{ quarter: '2027-Q1', landedPrice: { low: usd('120.00'), high: usd('120.00') } }],
      buyerCost: { amount: '24000.00', currency: 'USD' },
      sellerReceipts: { amount: '24000.00', currency: 'USD' },
      levy: { amount: '0.00', currency: 'USD' },
      blocked: [{ code: 'price_below_floor', quantity: kg('200') }],
      concentration: { origins: [{ origin: 'AU', share: '1.0000' }], index: 10000 },
    });
    expect(difference).toMatchObject({
      volume: kg('-200'),
      contracts: -2,
      blocked: [{ code: 'price_below_floor', quantity: kg('200') }],
      concentration: { index: 5000 },
      steps: { floors: [{ zone: 'partners', price: usd('120.00') }], caps: [] },
    });
  });

  it('says who pays: buyers, and through the levy importers', async () => {
    await market.offerOf('mine-cl', 'CL', { price: usd('70.00'), delivery: flat('500') });
    await market.bid({ price: usd('130.00') });
    const { current, proposed, difference } = await preview({ floors: [floor('110.00')] });
    expect(proposed).toMatchObject({
      buyerCost: { amount: '11000.00' },
      sellerReceipts: { amount: '7000.00' },
      levy: { amount: '4000.00' },
    });
    const cents = ({ amount }: Amount) => Math.round(Number(amount) * 100);
    for (const side of [current, proposed, difference])
      expect(cents(side.buyerCost) + cents(side.support)).toBe(
        cents(side.sellerReceipts) + cents(side.duties) + cents(side.levy),
      );
    expect(cents(difference.levy)).toBe(cents(proposed.levy) - cents(current.levy));
  });

  it('supposes a standards rule in place of the one in force, and the end of either', async () => {
    await market.done(ada, 'PUT', '/v1/schemes/irma', {
      ...{ name: 'IRMA', levels: ['50', '75'], stages: ['refining'], minerals: ['*'] },
      assurance: 'third-party',
    });
    const topics = [{ topic: 'responsible production', anyOf: [{ scheme: 'irma', level: '50' }] }];
    await market.offer();
    await market.bid();
    const strict = await preview({ standards: [{ zone: 'partners', topics }] });
    expect(strict.proposed).toMatchObject({
      volume: kg('0'),
      prices: [],
      blocked: [{ code: 'certificate_missing', quantity: kg('100') }],
      concentration: { origins: [], index: null },
    });
    await market.done(ada, 'POST', '/v1/standards', {
      ...{ product: 'ndpr-oxide', zone: 'partners', topics, effectiveFrom: '2026-01-01' },
    });
    await market.approvedFloor({ price: usd('140.00') });
    expect((await preview({ endFloors: ['partners'] })).proposed.volume).toEqual(kg('0'));
    const free = await preview({ endFloors: ['partners'], endStandards: ['partners'] });
    expect(free).toMatchObject({ current: { volume: kg('0') }, proposed: { volume: kg('100') } });
  });

  it('supposes a cap on single origins where consumption is declared', async () => {
    await market.offerOf('mine-cl', 'CL', { delivery: flat('100') });
    await market.bid();
    await market.done(ada, 'PUT', '/v1/zones/partners/consumption/ndpr-oxide', {
      quarters: [{ quarter: '2027-Q1', quantity: kg('80') }],
    });
    const { current, proposed, difference } = await preview({ maxOriginShare: '0.5' });
    expect(current.volume).toEqual(kg('100'));
    expect(proposed).toMatchObject({
      volume: kg('40'),
      blocked: [{ code: 'concentration_limit', quantity: kg('60') }],
    });
    expect(difference.steps.caps).toEqual([{ zone: 'partners', maxOriginShare: '0.5' }]);
  });

  it('has no effect: not an item, not an object, not a lock', async () => {
    await usualBook();
    await market.approvedFloor();
    const before = await everything();
    const put = vi.spyOn(market.api.dependencies.objects, 'put');
    await preview({ floors: [floor('120.37')] });
    await market.call(ada, 'POST', path, { product: 'ndpr-oxide' }, { 'Idempotency-Key': 'once' });
    expect(await everything()).toEqual(before);
    expect(put).not.toHaveBeenCalled();
    expect(market.api.woken).toEqual([]);
  });

  it('is what the clearing then finds, under what is in force and under what was supposed', async () => {
    await usualBook();
    await market.approvedFloor({ price: usd('100.00') });
    const terms = { floors: [floor('119.99')] };
    const asked = (await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' })).body.id;
    const { proposed } = await preview(terms);
    await market.done(ada, 'POST', '/v1/floors', {
      ...{
        product: 'ndpr-oxide',
        ...terms.floors[0],
        effectiveFrom: '2026-11-22',
        rationale: 'As previewed.',
      },
    });
    const [{ id } = { id: '' }] = (await market.done(ada, 'GET', '/v1/floors?status=proposed')).body.items;
    await market.done(bob, 'POST', `/v1/floors/${id}/approve`);
    const { current } = await preview();
    expect(current).toEqual(proposed);
    await market.clear();
    const cleared = (await market.done(ada, 'GET', `/v1/clearings/${asked}`)).body;
    expect(cleared).toMatchObject({ status: 'completed', contracts: proposed.contracts });
    expect(cleared['levyTotal']).toEqual(proposed.levy);
    expect(cleared['quarters']).toMatchObject(
      proposed.prices.map(({ quarter, landedPrice }) => ({ quarter, landedPrice })),
    );
  });

  it('leaves out orders that have expired, and what is filled or withdrawn', async () => {
    await market.offer();
    await market.bid({ validUntil: '2026-11-22T12:30:00.000Z' });
    const { id } = (await market.bid({}, caller('other', 'buyer'))).body;
    expect((await preview()).current.contracts).toBe(2);
    await market.done(caller('other', 'buyer'), 'POST', `/v1/bids/${id}/withdraw`);
    expect((await preview()).current.contracts).toBe(1);
    market.pass(3_600_000);
    expect((await preview()).current).toMatchObject({ contracts: 0, volume: kg('0') });
  });

  it('reads on while a clearing holds the book, and says so', async () => {
    await market.offer();
    await market.bid();
    const { id } = (await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' })).body;
    const held = await HeldMarket.take(market.worker, 'ndpr-oxide');
    if (held === undefined) throw new Error('the market is free');
    await openRun(held);
    await lockBook(held);
    expect((await readControl(market.api.dependencies.table, 'ndpr-oxide'))?.phase).toBe('locking');
    expect(await preview()).toMatchObject({ clearingUnderWay: id, current: { volume: kg('100') } });
  });
});

describe('over random books', () => {
  const orders = (prices: readonly string[]) =>
    fc.array(
      fc.record({
        price: fc.constantFrom(...prices),
        kilograms: fc.integer({ min: 1, max: 200 }),
        to: fc.constantFrom('2027-Q1', '2027-Q2'),
        country: fc.constantFrom('AU', 'CL', 'BR'),
        share: fc.option(fc.constantFrom('0.4', '0.65'), { nil: undefined }),
      }),
      { minLength: 3, maxLength: 5 },
    );
  const deliveryOf = ({ kilograms, to }: { kilograms: number; to: string }) =>
    flat(String(kilograms), '2027-Q1', to);

  it('the contracts that a clearing then records add up to what was proposed', async () => {
    let recorded = 0;
    await fc.assert(
      fc.asyncProperty(
        orders(['70.00', '90.00', '101.37', '112.00']),
        orders(['100.00', '111.00', '119.99', '135.00']),
        fc.integer({ min: 9500, max: 12_500 }),
        async (offers, bids, ticks) => {
          market = await Trading.open(engine.client);
          await market.approvedFloor({ price: usd('95.00') });
          for (const [index, offer] of offers.entries())
            await market.offerOf(`mine-${index}`, offer.country, {
              price: usd(offer.price),
              delivery: deliveryOf(offer),
            });
          for (const [index, bid] of bids.entries())
            await market.done(
              caller(`maker-${index}`, 'buyer'),
              'POST',
              '/v1/bids',
              bidBody({
                price: usd(bid.price),
                delivery: deliveryOf(bid),
                ...(bid.share !== undefined && { maxOriginShare: bid.share }),
              }),
            );
          await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
          const supposed = floor((ticks / 100).toFixed(2));
          const { proposed } = await preview({ floors: [supposed] });
          await market.approvedFloor({
            price: supposed.price,
            borderAdjusted: true,
            effectiveFrom: '2026-11-22',
          });
          await market.clear();
          const { items } = (await market.done(auditor, 'GET', '/v1/contracts?limit=100')).body;
          const contracts = items as unknown as readonly {
            origin: string;
            schedule: { quantity: Amount }[];
            totals: Record<string, Amount>;
          }[];
          const cents = ({ amount }: Amount) => Math.round(Number(amount) * 100);
          const total = (part: string) =>
            contracts.reduce((sum, { totals }) => sum + cents(totals[part] ?? { amount: 'none' }), 0);
          const volume = (origin?: string) =>
            contracts
              .filter((contract) => origin === undefined || contract.origin === origin)
              .flatMap(({ schedule }) => schedule)
              .reduce((sum, { quantity }) => sum + Number(quantity.amount), 0);
          expect(contracts.length).toBe(proposed.contracts);
          expect(volume()).toBe(Number(proposed.volume.amount));
          expect(total('landed') - total('support')).toBe(cents(proposed.buyerCost));
          expect(total('ask') + total('floorUplift') + total('scarcity')).toBe(
            cents(proposed.sellerReceipts),
          );
          expect(total('duties')).toBe(cents(proposed.duties));
          expect(total('levy')).toBe(cents(proposed.levy));
          for (const { origin, share } of proposed.concentration.origins)
            expect(Math.floor((volume(origin) / volume()) * 1e4 + 1e-6)).toBe(
              Math.round(Number(share) * 1e4),
            );
          recorded += contracts.length;
        },
      ),
      { numRuns: 4 },
    );
    expect(recorded).toBeGreaterThan(4);
  });
});

describe('what a preview refuses', () => {
  const refused = async (body: object, status: number, code: string, pointer?: string) => {
    const answer = await post(body);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status, body: { code } });
    if (pointer !== undefined) expect(answer.body.errors.map((error) => error.pointer)).toContain(pointer);
  };

  it('callers other than administrators', async () => {
    for (const who of [auditor, mine, buyer, stockpile])
      expect(await post({}, who)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const nobody = await market.call(undefined, 'POST', path, { product: 'ndpr-oxide' });
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('what could not be set either', async () => {
    await market.done(ada, 'PUT', '/v1/zones/union', { name: 'Union', members: ['DE', 'FR'] });
    await refused({ product: 'unobtainium' }, 422, 'unknown_reference', '/product');
    await refused(
      { floors: [floor('120.00', { zone: 'nowhere' })] },
      422,
      'unknown_reference',
      '/floors/0/zone',
    );
    await refused({ endFloors: ['nowhere'] }, 422, 'unknown_reference', '/endFloors/0');
    await refused({ floors: [floor('120.001')] }, 422, 'off_tick', '/floors/0/price/amount');
    await refused(
      { floors: [floor('1', { price: { amount: '120.00', currency: 'EUR', per: 'kg' } })] },
      422,
      'currency_mismatch',
      '/floors/0/price/currency',
    );
    const topics = [{ topic: 'mining', anyOf: [{ scheme: 'nothing' }] }];
    await refused(
      { standards: [{ zone: 'partners', topics }] },
      422,
      'unknown_reference',
      '/standards/0/topics/0/anyOf/0/scheme',
    );
    await refused({ floors: [floor('120.00'), floor('120.00', { zone: 'union' })] }, 409, 'zone_overlap');
    await market.approvedFloor();
    await refused({ floors: [floor('120.00', { zone: 'union' })] }, 409, 'zone_overlap');
    const moved = { endFloors: ['partners'], floors: [floor('120.00', { zone: 'union' })] };
    expect((await post(moved)).status).toBe(200);
  });

  it('what says nothing or contradicts itself', async () => {
    await refused({ floors: [floor('120.00'), floor('121.00')] }, 422, 'invalid_request', '/floors');
    await refused({ floor: [] }, 422, 'invalid_request');
    await refused({ capZones: ['partners'] }, 422, 'invalid_request', '/capZones');
    await refused({ maxOriginShare: '1.01' }, 422, 'invalid_request', '/maxOriginShare');
    await refused(
      { floors: [floor('120.00', { product: 'other' })] },
      422,
      'invalid_request',
      '/floors/0/product',
    );
    await refused(
      { floors: [floor('120.00', { effectiveTo: '2026-11-21' })] },
      422,
      'invalid_request',
      '/floors/0/effectiveTo',
    );
    await refused({ programmes: [{ id: 'prg_1' }] }, 422, 'invalid_request');
    expect((await post({ programmes: [], floors: [], standards: [] })).status).toBe(200);
    expect((await market.call(ada, 'POST', path, '{"product":', {})).status).toBe(400);
  });

  it('is refused where more orders are open than it ever takes, before any of them is read', async () => {
    const { table } = market.api.dependencies;
    const entries = Array.from({ length: previewLimits.orders + 1 }, (_, index) =>
      bookEntryItem('ndpr-oxide', `off_${String(index).padStart(26, '0')}`),
    );
    for (let start = 0; start < entries.length; start += maximumActions)
      await table.transact(
        entries.slice(start, start + maximumActions).map((put) => ({ name: 'entry', put })),
      );
    const { status, body } = await post({});
    expect([status, body.code]).toEqual([422, 'market_too_large']);
  });

  it('a book too large for a call, before and while it is cleared', async () => {
    await market.offer();
    await market.bid();
    const terms = previewTermsSchema.parse({ product: 'ndpr-oxide' });
    const { table } = market.api.dependencies;
    const within = { orders: 2, pairs: 1, milliseconds: 60_000, concurrency: 2 };
    const run = (limits: object) =>
      previewClearing(table, terms, market.api.time.now, { ...within, ...limits });
    expect((await run({})).ok).toBe(true);
    for (const limits of [{ orders: 1 }, { pairs: 0 }, { milliseconds: -1 }])
      expect(await run(limits)).toMatchObject({ ok: false, problem: { code: 'market_too_large' } });
  });
});

it('takes the very body that would propose the floor', async () => {
  const body = { product: 'ndpr-oxide', ...floor('120.00'), effectiveFrom: '2026-12-01', rationale: 'Cost.' };
  expect((await post({ floors: [body] })).status).toBe(200);
});
