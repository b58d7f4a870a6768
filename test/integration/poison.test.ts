import { describe, expect, it } from 'vitest';
import type { QueueRecord } from '../../functions/clearing/consume.ts';
import { engineOfFile } from '../support/engine-of-file.ts';
import { consume } from '../../functions/clearing/consume.ts';
import { runDueClearings } from '../../functions/clearing/run-due-clearings.ts';
import { sendNotices, sendWhatIsDue } from '../../functions/notify/send-what-is-due.ts';
import { follow } from '../../functions/stream/follow.ts';
import { tick } from '../../functions/tick/tick.ts';
import { instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import { pendingClearings } from '../../shared/store/clearing/clearings.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { Key } from '../../shared/store/table/keys/key.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { readSound, versionAt } from '../../shared/store/reference/reference.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { ada, auditor, mine, otherMine } from '../support/market-api.ts';
import { productBody } from '../support/reference.ts';
import { Settling } from '../support/settling.ts';
import { clientFor } from '../support/table.ts';
import { offerBody, Trading } from '../support/trading.ts';
import { Receiver, Warning } from '../support/warning.ts';

/** Something that cannot be handled: the others are, it is put aside, somebody hears of it, and mended it goes on. */

const engine = engineOfFile();

/** Puts something unreadable into an item; answers how to mend it. */
async function corrupted(table: Table, key: Key, attribute: string): Promise<() => Promise<void>> {
  const before = (await table.get(key))!;
  const put = async (item: Item): Promise<void> => {
    await table.transact([{ name: 'corrupted', put: item as Parameters<Table['put']>[0] }]);
  };
  await put({ ...before, [attribute]: 'garbage' });
  return () => put(before);
}

describe('a message of the clearing queue', () => {
  const record = (product: string, body = JSON.stringify({ product })): QueueRecord => ({
    messageId: `of ${product}`,
    body,
    attributes: { MessageGroupId: product },
  });

  it('that is garbage, of no product, or of one whose snapshot fails each time, lets the others pass', async () => {
    const trading = await Trading.open(clientFor(engine.endpoint));
    await trading.done(ada, 'PUT', '/v1/products/poison', productBody());
    await trading.done(mine, 'POST', '/v1/offers', offerBody(trading.site));
    await trading.bid();
    const stuck = await trading.done(
      mine,
      'POST',
      '/v1/offers',
      offerBody(trading.site, { product: 'poison' }),
    );
    const asked = async (product: string) =>
      (await trading.done(ada, 'POST', '/v1/clearings', { product })).body.id;
    const [good, bad] = [await asked('ndpr-oxide'), await asked('poison')];
    const { worker } = trading;
    const objects: typeof worker.objects = {
      ...worker.objects,
      put: (key, bytes) =>
        key.includes(bad) ? Promise.reject(new Error('no snapshot of this')) : worker.objects.put(key, bytes),
    };
    const woken: string[] = [];
    const deliver = (...records: QueueRecord[]) =>
      consume(records, {
        run: (product) => runDueClearings({ ...worker, objects }, { product }),
        wake: (product) => Promise.resolve(void woken.push(product)),
        logger: worker.logger,
      });
    const poison = [
      record('poison'),
      record('garbage', '{"product":'),
      record('sound-but', '{"produce":"x"}'),
    ];
    const batch = [...poison, record('no-such-product'), record('ndpr-oxide')];
    expect((await deliver(...batch)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
      poison.map(({ messageId }) => messageId),
    );
    const statusOf = async (id: string) => (await trading.done(ada, 'GET', `/v1/clearings/${id}`)).body;
    expect(await statusOf(good)).toMatchObject({ status: 'completed', contracts: 1 });
    expect((await trading.call(mine, 'POST', `/v1/offers/${stuck.body.id}/withdraw`)).body.code).toBe(
      'clearing_in_progress',
    );
    // The queue gives up on it after a few times, and the tick has it tried again: no order stays locked for ever.
    for (let takes = 0; takes < 5; takes += 1) {
      trading.pass(61_000);
      await deliver(record('poison'));
    }
    expect(await statusOf(bad)).toMatchObject({ status: 'failed', reason: 'interrupted' });
    await trading.done(mine, 'POST', `/v1/offers/${stuck.body.id}/withdraw`);
  });
});

describe('a product that cannot be read', () => {
  it('does not keep the tick from the others, and the tick says so', async () => {
    const trading = await Trading.open(clientFor(engine.endpoint));
    const { table, clock, logger } = trading.api.dependencies;
    for (const product of ['broken', 'scheduled'])
      await trading.done(
        ada,
        'PUT',
        `/v1/products/${product}`,
        productBody({ clearingSchedule: '0 12 * * *' }),
      );
    trading.api.time.now = instantOf(millisecondsOf('2026-11-23T12:00:30.000Z'));
    const woken: string[] = [];
    const ticked = () =>
      tick({
        ...{ table, clock, logger },
        products: (broken) => readSound(table, 'product', broken),
        productAt: (id, at) => versionAt(table, 'product', id, at),
        wake: (product) => Promise.resolve(void woken.push(product)),
      });
    const mend = await corrupted(table, keys.reference('product', 'broken'), 'body');
    // Requests and runs of some product may be what cannot be read, too.
    await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    const [pending] = await pendingClearings(table, 'ndpr-oxide');
    const request = keys.pendingClearing('ndpr-oxide', pending!.clearing);
    const mendRequest = await corrupted(table, request, 'requestedAt');
    await expect(ticked()).rejects.toThrow('2 products could not be looked at');
    expect(woken).toEqual(['scheduled']);
    await mend();
    await mendRequest();
    expect((await ticked()).sort()).toEqual(['broken', 'ndpr-oxide', 'scheduled']);
  });
});

describe('what happens, of a product that cannot be assessed', () => {
  it('is followed for the others, and for that one once it is mended', async () => {
    const receiver = await Receiver.open();
    const market = await Warning.open(clientFor(engine.endpoint), receiver);
    await market.ban({ minerals: ['cobalt', 'gallium'] });
    // Before the others in order, so that all of them stand behind it.
    const mend = await corrupted(market.table, keys.reference('product', 'cobalt'), 'body');
    const events = await market.events();
    await expect(follow(market.follower(), events)).rejects.toThrow('1 products could not be assessed');
    const alertsOf = async () =>
      (
        (await market.api.call(ada, 'GET', '/v1/alerts')).body.items as unknown as {
          cause: { product: string };
        }[]
      )
        .map(({ cause }) => cause.product)
        .sort();
    expect(new Set(await alertsOf())).toEqual(new Set(['gallium']));
    await mend();
    expect(await follow(market.follower(), events)).toEqual(['cobalt']);
    expect(market.api.log.some(({ message }) => message === 'a product could not be assessed')).toBe(true);
    await receiver.close();
  });
});

describe('a webhook whose row cannot be read', () => {
  it('keeps no other from its messages, by the stream and by the minute, and gets its own once it is mended', async () => {
    const receiver = await Receiver.open();
    const market = await Warning.open(clientFor(engine.endpoint), receiver);
    const subscribe = (path: string) =>
      market.done(
        'POST',
        '/v1/webhooks',
        { url: `http://${receiver.host}${path}`, events: ['alert.raised'] },
        auditor,
      );
    const broken = await subscribe('/broken');
    await subscribe('/sound');
    const mend = await corrupted(market.table, keys.webhook(broken.id), 'body');
    await market.ban();
    await follow(market.follower(), await market.events());
    const notices = (await market.items()).filter(({ sk }) => sk === 'NOTICE');
    expect(notices.length).toBeGreaterThan(1);
    const [first, ...others] = notices.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    await expect(sendNotices(market.sender(), [first!])).rejects.toThrow('1 things could not be sent');
    expect(receiver.to('/sound')).toHaveLength(1);
    expect(await sendWhatIsDue(market.sender())).toMatchObject({ failed: others.length });
    expect(receiver.to('/sound')).toHaveLength(notices.length);
    expect(await sendWhatIsDue(market.sender())).toMatchObject({ failed: 0 });
    market.wait(900_000);
    // Somebody is told again, for as long as it is so; nobody else gets anything again, nor what came before they asked.
    await subscribe('/late');
    expect(await sendWhatIsDue(market.sender())).toMatchObject({ failed: notices.length });
    await mend();
    market.wait(900_000);
    expect(await sendWhatIsDue(market.sender())).toMatchObject({ failed: 0 });
    expect(receiver.to('/broken')).toHaveLength(notices.length);
    expect(receiver.to('/sound')).toHaveLength(notices.length);
    expect(receiver.to('/late')).toEqual([]);
    market.wait(900_000);
    expect(await sendWhatIsDue(market.sender())).toMatchObject({ looked: 0 });
    await receiver.close();
  });
});

describe('a contract that cannot be settled', () => {
  it('is told of, and the others are settled', async () => {
    const trading = await Trading.open(clientFor(engine.endpoint));
    const other = await trading.siteOf(otherMine);
    await trading.offer({ price: { amount: '80.00', currency: 'USD', per: 'kg' } });
    await trading.done(otherMine, 'POST', '/v1/offers', offerBody(other));
    await trading.bid({
      delivery: { from: '2027-Q1', to: '2027-Q1', quantityPerQuarter: { amount: '150', unit: 'kg' } },
    });
    await trading.clear();
    const settling = new Settling(trading);
    const [poison, sound] = (await settling.contracts()).map(({ id }) => id);
    settling.now = '2027-02-10T12:00:00.000Z';
    await settling.deliver(poison!, 'A', '2027-Q1', '10');
    await settling.deliver(sound!, 'B', '2027-Q1', '10');
    const mend = await corrupted(settling.table, keys.contract(poison!), 'body');
    settling.now = '2027-05-20T12:00:00.000Z';
    const run = await settling.settle();
    expect(run.failed).toEqual([poison]);
    expect(run.settlements).toMatchObject([{ contract: sound }]);
    await mend();
    const again = await settling.settle();
    expect(again).toMatchObject({ failed: [], settlements: [{ contract: poison }] });
    expect(await settling.findings()).toEqual([]);
  });
});
