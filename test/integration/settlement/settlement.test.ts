import { describe, expect, it } from 'vitest';
import { balanceOf } from '../../../shared/store/contracts/ledger.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { Crash, crashAt, deaths, flaky, Interleaving, meddleWith, seeded } from '../../support/faults.ts';
import { ada, auditor, buyer, mine } from '../../support/market-api.ts';
import { dearRuns } from '../../support/runs.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { flat, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();

const chilean = caller('mine-cl', 'producer');

/** Two contracts over 2027-Q1 and Q2: one at home under the hard floor, one import with duties and a levy. */
async function market(): Promise<Settling> {
  const trading = await Trading.open(clientFor(engine.endpoint));
  await trading.approvedFloor({ duties: [{ origin: 'CL', rate: '0.037' }] });
  const twoQuarters = (amount: string) => flat(amount, '2027-Q1', '2027-Q2');
  await trading.offer({ delivery: twoQuarters('30') });
  await trading.offerOf('mine-cl', 'CL', { price: usd('72.00'), delivery: twoQuarters('500') });
  await trading.bid({ delivery: twoQuarters('100') });
  await trading.clear();
  return new Settling(trading);
}

/** The import's contract, and the one at home. */
async function pair(at: Settling) {
  const contracts = await at.contracts();
  const of = (origin: string) => contracts.find((each) => each['origin'] === origin)!.id;
  return { home: of('AU'), abroad: of('CL') };
}

/** Both contracts' first quarter delivered, the second of the import too. */
async function delivered(): Promise<Settling & { home: string; abroad: string }> {
  const at = await market();
  const { home, abroad } = await pair(at);
  at.now = '2027-03-20T12:00:00.000Z';
  await at.deliver(home, 'H1', '2027-Q1', '30');
  await at.deliver(abroad, 'A1', '2027-Q1', '70');
  at.now = '2027-06-20T12:00:00.000Z';
  await at.deliver(abroad, 'A2', '2027-Q2', '69.5');
  at.now = '2027-08-20T12:00:00.000Z';
  return Object.assign(at, { home, abroad });
}

const balances = async (at: Settling, ...accounts: readonly string[]) =>
  Promise.all(accounts.map(async (account) => (await balanceOf(at.table, account)).get('USD') ?? 0n));

describe('what is due', () => {
  it('is settled quarter by quarter: seller, buyer, customs and levy account, and nothing is kept', async () => {
    const at = await delivered();
    const run = await at.settle();
    expect(run).toMatchObject({ held: [], failed: [], more: false });
    // Two quarters of each of two contracts, one of them with nothing delivered.
    expect(run.settlements).toHaveLength(4);
    const [home, abroad, buying, duties, levy] = await balances(
      at,
      'organisation:mine-au',
      'organisation:mine-cl',
      'organisation:magnets-de',
      'duties:DE',
      'levy:partners',
    );
    expect(home).toBe(30n * 110_00n);
    // 139.5 kg at 72.00, duties of 2.67 (3.7 % rounded up to the tick), levy 35.33: landed at the floor.
    expect(abroad).toBe((139_5n * 7_200n) / 10n);
    expect(duties! + levy! + abroad!).toBe((139_5n * 11_000n) / 10n);
    expect(buying).toBe(-(home! + abroad! + duties! + levy!));
    expect(await at.findings()).toEqual([]);
  });

  it('is settled once, however often and at once it is looked at', async () => {
    const at = await delivered();
    await at.settle();
    const before = await at.picture();
    expect((await at.settle()).settlements).toEqual([]);
    at.now = '2028-03-01T12:00:00.000Z';
    expect((await at.settle()).settlements).toEqual([]);
    expect(await at.picture()).toEqual(before);
  });

  it('waits for the end of the quarter, and is completed when all is done', async () => {
    const at = await market();
    const { home } = await pair(at);
    at.now = '2027-03-20T12:00:00.000Z';
    await at.deliver(home, 'H1', '2027-Q1', '30');
    expect((await at.settle()).settlements).toEqual([]);
    at.now = '2027-04-01T00:00:00.000Z';
    expect((await at.settle()).settlements).toMatchObject([{ contract: home, quarter: '2027-Q1' }]);
    at.now = '2027-06-20T12:00:00.000Z';
    await at.deliver(home, 'H2', '2027-Q2', '30');
    at.now = '2027-07-01T00:00:00.000Z';
    await at.settle();
    const { body } = await at.trading.done(ada, 'GET', `/v1/contracts/${home}`);
    expect((body['events'] as { type: string }[]).map(({ type }) => type).slice(-3)).toEqual([
      'delivery_accepted',
      'quarter_settled',
      'completed',
    ]);
    expect(await at.findings()).toEqual([]);
  });

  it('is corrected by an entry of its own, found from the contract alone', async () => {
    const at = await delivered();
    await at.settle();
    const [before] = await balances(at, 'organisation:mine-cl');
    at.now = '2027-09-01T12:00:00.000Z';
    await at.correct(at.abroad, 'A1', '69');
    expect((await at.settle()).settlements).toMatchObject([{ contract: at.abroad, quarter: '2027-Q1' }]);
    expect(await balances(at, 'organisation:mine-cl')).toEqual([before! - 72_00n]);
    // Listed in the order in which they follow one another.
    at.now = '2027-09-02T12:00:00.000Z';
    await at.correct(at.abroad, 'A1', '68');
    await at.settle();
    const { items } = (await at.trading.done(auditor, 'GET', `/v1/contracts/${at.abroad}/settlements`)).body;
    expect(items.map((each) => [each['quarter'], each['sequence']])).toEqual([
      ['2027-Q1', 1],
      ['2027-Q1', 2],
      ['2027-Q1', 3],
      ['2027-Q2', 1],
    ]);
    // What was settled with nothing delivered moved nothing: the first entry is of the second settlement.
    await at.deliver(at.home, 'H2', '2027-Q2', '30');
    expect((await at.settle()).settlements).toMatchObject([{ contract: at.home, quarter: '2027-Q2' }]);
    expect(await at.findings()).toEqual([]);
  });
});

describe('a worker that dies', () => {
  it('just before any of its writes, or after the last, is finished by another to the same result', async () => {
    const undisturbed = await delivered();
    const counter = crashAt(Infinity, 'before');
    await undisturbed.settle(undisturbed.worker(clientFor(engine.endpoint), meddleWith(counter)));
    expect(counter.writes).toBeGreaterThan(5);
    const expected = shape(await undisturbed.picture());
    for (const [done, death] of deaths(counter.writes).entries()) {
      const at = await delivered();
      const worker = at.worker(clientFor(engine.endpoint), meddleWith(death));
      // A contract that fails does not hold up the run; a dead connection fails all that follow.
      await at.settle(worker).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Crash);
      });
      expect(await at.findings(), `after ${done} writes`).toEqual([]);
      await at.settle();
      expect(shape(await at.picture()), `after ${done} writes`).toEqual(expected);
      expect(await at.findings(), `after ${done} writes`).toEqual([]);
    }
  }, 300_000);
});

/** Amounts by kind and quarter: ids and hashes are each market's own. */
const shape = (picture: unknown): unknown =>
  (picture as [string, { kind: string; quarter: string; sequence: number; buyerPays: unknown }[]][])
    .map(([, settlements]) =>
      settlements.map(({ kind, quarter, sequence, buyerPays }) => ({ kind, quarter, sequence, buyerPays })),
    )
    .sort((a, b) => (told(a) < told(b) ? -1 : 1));
const told = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));

describe('two workers at once', () => {
  it('with their calls interleaved settle everything once', async () => {
    const undisturbed = await delivered();
    await undisturbed.settle();
    const expected = shape(await undisturbed.picture());
    for (let seed = 0; seed < dearRuns(8, 3); seed += 1) {
      const at = await delivered();
      const interleaving = new Interleaving(seeded(seed), () => undefined);
      const worker = (meddler: Parameters<typeof meddleWith>[0]) =>
        at.settle(at.worker(clientFor(engine.endpoint), meddleWith(meddler)));
      const endings = await interleaving.run([worker, worker]);
      for (const ending of endings)
        expect(ending, `seed ${seed}`).toMatchObject({ status: 'fulfilled', value: { failed: [] } });
      expect(shape(await at.picture()), `seed ${seed}`).toEqual(expected);
      expect(await at.findings(), `seed ${seed}`).toEqual([]);
    }
  }, 300_000);

  it('go through a table that throttles and loses answers', async () => {
    for (const seed of [1, 2, 3]) {
      const at = await delivered();
      const faults = flaky(seeded(seed), 0.3);
      const run = await at.settle(at.worker(clientFor(engine.endpoint), meddleWith(faults)));
      expect(run.failed).toEqual([]);
      expect(faults.faults).toBeGreaterThan(1);
      await at.settle();
      expect(await at.findings()).toEqual([]);
    }
  }, 120_000);
});

describe('over HTTP', () => {
  it('administrators settle, parties read what is theirs, and nobody else anything', async () => {
    const at = await delivered();
    const { trading } = at;
    expect((await trading.call(mine, 'POST', '/v1/settlements', {})).status).toBe(403);
    const { body: run } = await trading.done(ada, 'POST', '/v1/settlements', {});
    expect(run).toMatchObject({ looked: 2, held: [], failed: [], more: false });

    const counted = async (who: Parameters<typeof trading.call>[0], query = '') =>
      (await trading.done(who, 'GET', `/v1/settlements${query}`)).body.items.length;
    expect(await counted(auditor)).toBe(4);
    expect(await counted(buyer)).toBe(4);
    expect(await counted(mine)).toBe(2);
    expect(await counted(chilean, '?quarter=2027-Q2')).toBe(1);
    expect(await counted(caller('stranger', 'buyer'))).toBe(0);

    const path = `/v1/contracts/${at.abroad}/settlements`;
    expect((await trading.call(mine, 'GET', path)).status).toBe(404);
    const { items } = (await trading.done(chilean, 'GET', path)).body;
    expect(items.map((each) => [each['quarter'], each['kind'], each['sequence']])).toEqual([
      ['2027-Q1', 'delivery', 1],
      ['2027-Q2', 'delivery', 1],
    ]);
    expect(items[0]).toMatchObject({
      quantity: { amount: '70', unit: 'kg' },
      buyerPays: { amount: '7700.00' },
    });
  });

  it('settles one quarter alone where only that is asked for; the rest stays due', async () => {
    const at = await delivered();
    const { body } = await at.trading.done(ada, 'POST', '/v1/settlements', { quarter: '2027-Q2' });
    const quarters = (run: unknown) => (run as { quarter: string }[]).map(({ quarter }) => quarter).sort();
    expect(quarters(body['settlements'])).toEqual(['2027-Q2', '2027-Q2']);
    expect(quarters((await at.settle()).settlements)).toEqual(['2027-Q1', '2027-Q1']);
    expect(await at.findings()).toEqual([]);
  });

  it('lists page by page, in order of quarter', async () => {
    const at = await delivered();
    await at.settle();
    const first = await at.trading.done(buyer, 'GET', '/v1/settlements?limit=3');
    const next = await at.trading.done(buyer, 'GET', `/v1/settlements?limit=3&cursor=${first.body.next}`);
    const quarters = [...first.body.items, ...next.body.items].map((each) => each['quarter']);
    expect(quarters).toEqual(['2027-Q1', '2027-Q1', '2027-Q2', '2027-Q2']);
    expect(next.body.next).toBeNull();
  });

  it('a statement adds up, names the cause of each line, and comes as CSV too', async () => {
    const at = await delivered();
    const { trading } = at;
    await at.settle();
    const { body } = await trading.done(buyer, 'GET', '/v1/statements/2027-Q1');
    expect(body).toMatchObject({
      account: 'organisation:magnets-de',
      totals: [
        {
          currency: 'USD',
          debit: { amount: '11000.00' },
          credit: { amount: '0.00' },
          net: { amount: '-11000.00' },
        },
      ],
    });
    const lines = body['lines'] as { cause: { kind: string; contract: string } }[];
    expect(lines.map(({ cause }) => cause.contract).sort()).toEqual([at.home, at.abroad].sort());

    const csv = await trading.api.app.request('/v1/statements/2027-Q1', {
      headers: {
        Accept: 'text/csv',
        Authorization: `Bearer ${Buffer.from(JSON.stringify(buyer)).toString('base64url')}`,
      },
    });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const [head = '', ...rows] = (await csv.text()).trimEnd().split('\r\n');
    const debit = head.split(',').indexOf('debit');
    expect(rows).toHaveLength(lines.length);
    expect(rows.reduce((sum, row) => sum + Number(row.split(',')[debit]), 0)).toBe(11_000);

    // Others' accounts are not there; administrators and auditors name any.
    const others = '/v1/statements/2027-Q1?organisation=mine-au';
    expect((await trading.call(buyer, 'GET', others)).status).toBe(404);
    expect((await trading.done(auditor, 'GET', others)).body['totals']).toMatchObject([
      { credit: { amount: '3300.00' } },
    ]);
    const levy = await trading.done(ada, 'GET', '/v1/statements/2027-Q1?account=levy:partners');
    expect(levy.body['lines']).toHaveLength(1);
    expect((await trading.call(buyer, 'GET', '/v1/statements/2027-Q1?account=levy:partners')).status).toBe(
      404,
    );
    expect((await trading.call(ada, 'GET', '/v1/statements/2027-Q5')).status).toBe(404);
  });
});
