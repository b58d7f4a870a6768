import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../infra/verify/contract-chain.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { Table } from '../../../shared/store/table/table.ts';
import type { Answer } from '../../support/api.ts';
import { testApi } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import type { Meddler } from '../../support/faults.ts';
import { crashAt, Interleaving, meddleWith, seeded } from '../../support/faults.ts';
import { ada, auditor, bob, buyer, mine } from '../../support/market-api.ts';
import { dearRuns } from '../../support/runs.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

/** Acts on contracts whose host dies at their write, and acts of two people at once. */

const engine = engineOfFile();

const quarter = '2027-Q1';
const day = '2027-02-01';
const values = (value: string) => ({ values: [{ element: 'ndpr', value }] });
const reason = 'Why not';

/** A contract for 1,000 kg in a quarter, with two conditions to meet unless there shall be none. */
async function contract(conditions = true) {
  const trading = await Trading.open(clientFor(engine.endpoint));
  const condition = (id: string, side: string) => ({ id, side, description: 'A permit', longstopDays: 90 });
  await trading.done(ada, 'PUT', '/v1/products/ndpr-oxide/terms', {
    tolerance: { share: '0.1', option: 'buyer' },
    assay: {
      umpire: 'A laboratory',
      elements: [{ element: 'ndpr', splittingLimit: '0.10', rejectBelow: '98.5' }],
    },
    conditionsPrecedent: conditions ? [condition('permit', 'seller'), condition('licence', 'buyer')] : [],
  });
  await trading.offer({ delivery: flat('1000') });
  await trading.bid({ delivery: flat('1000'), price: usd('95.00') });
  await trading.clear();
  const at = new Settling(trading);
  const path = `/v1/contracts/${(await at.contracts())[0]!.id}`;
  const read = async (what: string, who = auditor) => (await trading.done(who, 'GET', `${path}${what}`)).body;
  /** The API over a connection that a meddler tampers with. */
  const api = (meddler: Meddler) => {
    const client = clientFor(engine.endpoint);
    meddleWith(meddler)(client);
    const pause = () => Promise.resolve();
    const table = new Table({ client, name: at.table.name, pause, random: () => 0 });
    return testApi(table, { clock: trading.api.dependencies.clock });
  };
  return {
    ...{ trading, at, path, read, api },
    events: async () => ((await read(''))['events'] as { type: string }[]).map(({ type }) => type),
    verified: async () => verifyChain(await read('/chain'), { record: await read('') }).failures.length === 0,
  };
}
type Market = Awaited<ReturnType<typeof contract>>;

/** Does one act, and answers what the API says at last. */
type Doing = (who: Caller, path: string, body?: unknown) => Promise<Answer>;

/** Every act that there is on a contract, in one life. */
async function life({ at, path }: Market, act: Doing): Promise<void> {
  const go = async (who: Caller, to: string, body?: unknown) => (await act(who, `${path}/${to}`, body)).body;
  const arrives = async (amount: string): Promise<string> => {
    const { id } = await go(mine, 'deliveries', { quarter, quantity: kg(amount), shippedOn: day });
    await go(buyer, `deliveries/${id}/receipt`, { receivedOn: day, quantity: kg(amount) });
    return `deliveries/${id}`;
  };
  const assays = async (delivery: string, seller: string, buyers: string): Promise<void> => {
    await go(mine, `${delivery}/assays`, values(seller));
    await go(buyer, `${delivery}/assays`, values(buyers));
  };
  await go(mine, 'conditions/permit/meet', { evidence: 'No. 17' });
  await go(mine, 'conditions/licence/waive');
  await go(buyer, 'nominations', { quarter, quantity: kg('900') });
  at.now = `${day}T12:00:00.000Z`;
  const disputed = await arrives('300');
  await assays(disputed, '99.40', '98.20');
  await go(ada, `${disputed}/umpire`, values('99.10'));
  await go(buyer, `${disputed}/accept`);
  const { id } = await go(mine, 'deliveries', { quarter, quantity: kg('10'), shippedOn: day });
  await go(mine, `deliveries/${id}/withdraw`, { reason });
  const poor = await arrives('100');
  await assays(poor, '98.00', '98.00');
  await go(buyer, `${poor}/reject`, { reason });
  await go(buyer, 'declines', { quarter, quantity: kg('50') });
  const declared = await go(mine, 'force-majeure', { quarter, quantity: kg('60'), reason });
  const [{ declaration }] = declared['forceMajeure'] as [{ declaration: string }];
  await go(buyer, `force-majeure/${declaration}/acknowledge`);
  const proposes = async (): Promise<string> => {
    const delivery = disputed.slice('deliveries/'.length);
    const changes = [{ kind: 'correction', delivery, finalQuantity: kg('299') }];
    return `amendments/${(await go(buyer, 'amendments', { changes, reason })).id}`;
  };
  await go(mine, `${await proposes()}/reject`, {});
  await go(buyer, `${await proposes()}/withdraw`);
  await go(mine, `${await proposes()}/accept`);
  await go(ada, 'suspend', { reason });
  await go(bob, 'resume', { reason });
  await go(ada, 'suspend', { reason });
  await go(bob, 'terminate', { reason });
}

describe('an act on a contract whose host dies at its write', () => {
  it('has not happened or has; asked for again under its key it happens once, with the first answer', async () => {
    const undisturbed = await contract();
    let acts = 0;
    await life(undisturbed, async (who, path, body) => {
      acts += 1;
      return undisturbed.trading.done(who, 'POST', path, body);
    });

    const market = await contract();
    let asked = 0;
    await life(market, async (who, path, body) => {
      asked += 1;
      const ask = (meddler: Meddler) =>
        market.api(meddler).call(who, 'POST', path, body, { 'Idempotency-Key': `act-${asked}` });
      const events = (await market.events()).length;
      expect((await ask(crashAt(1, 'before'))).status, path).toBe(500);
      expect(await market.events(), path).toHaveLength(events);
      expect((await ask(crashAt(1, 'after'))).status, path).toBe(500);
      const after = (await market.events()).length;
      expect(after, path).toBeGreaterThan(events);
      const answer = await ask((send) => send());
      expect([answer.status < 300, answer.headers.get('Idempotency-Replayed')], path).toEqual([true, 'true']);
      expect(await market.events(), path).toHaveLength(after);
      return answer;
    });
    expect(asked).toBe(acts);
    expect(await market.events()).toEqual(await undisturbed.events());
    const quarters = async (of: Market) => (await of.read('/progress'))['quarters'];
    expect(await quarters(market)).toEqual(await quarters(undisturbed));
    expect(await market.verified()).toBe(true);
    expect(await market.at.findings()).toEqual([]);
  }, 120_000);
});

describe('two acts at once', () => {
  /** Two calls, each over a connection of its own, their reads and writes interleaved. */
  const race = async (
    { api, path }: Market,
    seed: number,
    ...acts: readonly [who: Caller, to: string, body?: unknown][]
  ): Promise<(number | string)[]> => {
    const endings = await new Interleaving(seeded(seed), () => undefined).run(
      acts.map(
        ([who, to, body]) =>
          (meddler: Meddler) =>
            api(meddler).call(who, 'POST', `${path}/${to}`, body),
      ),
    );
    return endings.map((ending) => {
      if (ending.status === 'rejected') throw ending.reason;
      const { status, body } = ending.value;
      return status < 300 ? 'done' : `${status} ${body.code}`;
    });
  };
  const oneOf = (endings: readonly (number | string)[], otherwise: string) => {
    expect([...endings].sort()).toEqual([otherwise, 'done']);
  };

  it('of which only one can be: the other is judged on what it then finds', async () => {
    const market = await contract(false);
    const { trading, at, path } = market;
    const done = async (who: Caller, to: string, body?: unknown) =>
      (await trading.done(who, 'POST', `${path}/${to}`, body)).body;
    at.now = `${day}T12:00:00.000Z`;
    for (let seed = 1; seed <= dearRuns(4, 2); seed += 1) {
      const { id } = await done(mine, 'deliveries', { quarter, quantity: kg('10'), shippedOn: day });
      const delivery = `deliveries/${id}`;
      const receipt = { receivedOn: day, quantity: kg('10') };
      oneOf(
        await race(
          market,
          seed,
          [buyer, `${delivery}/receipt`, receipt],
          [mine, `${delivery}/withdraw`, { reason }],
        ),
        '409 invalid_state',
      );
      const second = await done(mine, 'deliveries', { quarter, quantity: kg('10'), shippedOn: day });
      const arrived = `deliveries/${second.id}`;
      await done(buyer, `${arrived}/receipt`, receipt);
      // Both assays come in at once: both stand, and what they settle is settled once, by whoever is second.
      expect(
        await race(
          market,
          seed,
          [mine, `${arrived}/assays`, values('99.20')],
          [buyer, `${arrived}/assays`, values('99.24')],
        ),
      ).toEqual(['done', 'done']);
      oneOf(
        await race(market, seed, [buyer, `${arrived}/accept`], [ada, `${arrived}/reject`, { reason }]),
        '409 invalid_state',
      );
      const changes = [{ kind: 'cure', cureDays: 20 + seed }];
      const { id: amendment } = await done(buyer, 'amendments', { changes, reason });
      oneOf(
        await race(
          market,
          seed,
          [mine, `amendments/${amendment}/accept`],
          [buyer, `amendments/${amendment}/withdraw`],
        ),
        '409 invalid_state',
      );
      const strike = { quarter, quantity: kg('1'), reason };
      const declared = await done(mine, 'force-majeure', strike);
      const { declaration } = (declared['forceMajeure'] as { declaration: string }[]).at(-1)!;
      const acknowledge = `force-majeure/${declaration}/acknowledge`;
      oneOf(await race(market, seed, [buyer, acknowledge], [ada, acknowledge]), '409 invalid_state');
    }
    // What is left of the quarter is either shipped or declined, never both.
    const [{ open }] = (await market.read('/progress'))['quarters'] as [{ open: { amount: string } }];
    const rest = { quarter, quantity: kg(open.amount) };
    oneOf(
      await race(market, 5, [mine, 'deliveries', { ...rest, shippedOn: day }], [buyer, 'declines', rest]),
      '422 quantity_exceeded',
    );
    const types = await market.events();
    const count = (type: string) => types.filter((each) => each === type).length;
    expect(count('assay_reported')).toBe(2 * count('assay_settled'));
    expect(await market.verified()).toBe(true);
    expect(await at.findings()).toEqual([]);
  }, 120_000);

  it('an act and the settlement: both are done, whoever comes first', async () => {
    for (let seed = 1; seed <= dearRuns(6, 3); seed += 1) {
      const market = await contract(false);
      const { at, path, trading, api } = market;
      at.now = `${day}T12:00:00.000Z`;
      const done = async (who: Caller, to: string, body?: unknown) =>
        (await trading.done(who, 'POST', `${path}/${to}`, body)).body;
      await done(buyer, 'declines', { quarter, quantity: kg('400') });
      const { id } = await done(mine, 'deliveries', { quarter, quantity: kg('600'), shippedOn: day });
      const delivery = `deliveries/${id}`;
      await done(buyer, `${delivery}/receipt`, { receivedOn: day, quantity: kg('600') });
      for (const who of [mine, buyer]) await done(who, `${delivery}/assays`, values('99.20'));
      at.now = '2027-05-20T12:00:00.000Z';
      const endings = await new Interleaving(seeded(seed), () => undefined).run([
        (meddler) => api(meddler).call(buyer, 'POST', `${path}/${delivery}/accept`),
        (meddler) => api(meddler).call(ada, 'POST', '/v1/settlements'),
      ]);
      for (const ending of endings) expect(ending, `seed ${seed}`).toMatchObject({ value: { status: 200 } });
      expect(await at.findings(), `seed ${seed}`).toEqual([]);
      await trading.done(ada, 'POST', '/v1/settlements');
      const { items } = (await trading.done(auditor, 'GET', `${path}/settlements`)).body;
      expect(items.at(-1), `seed ${seed}`).toMatchObject({ quarter, quantity: kg('600') });
      expect(await market.verified()).toBe(true);
      expect(await at.findings(), `seed ${seed}`).toEqual([]);
    }
  }, 120_000);
});
