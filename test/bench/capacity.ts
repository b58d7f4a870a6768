import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { startEngine } from '../../infra/local/engine.ts';
import { clientAt, openTable } from '../../infra/local/store.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { shards } from '../../shared/store/table/keys/shards.ts';
import type { ClearingRun, Step } from './clearing-run.ts';
import { clearBook, contractPuts } from './clearing-run.ts';
import type { BenchMarket } from './market.ts';
import { openBenchMarket, orderBodies, postBook } from './market.ts';
import type { Call } from './meter.ts';
import { Meter, readUnits, writeUnits } from './meter.ts';
import { progress, report } from './report.ts';

const product = 'ndpr';
const posted = 10;
const book = { offers: 150, bids: 150 } as const;

/**
 * What orders, contracts and clearings consume, summed from what the database itself reports of every call, indexes
 * included. The least that is compared with is consumed by the same items on the same engine: an order and its place
 * in the book in one transaction; one plain update of each locked order; a contract and its event in one transaction;
 * every item that a clearing must know, read once.
 */
export async function benchCapacity(): Promise<void> {
  const engine = await startEngine();
  const meter = new Meter();
  progress('capacity: setting the market up');
  const market = await openBenchMarket({
    ...{ endpoint: engine.endpoint, products: [product], sellers: 60, buyers: 40 },
    listen: (client) => {
      meter.attach(client);
    },
  });
  const least = clientAt(engine.endpoint);
  const leastMeter = new Meter();
  const scratch = (await openTable(least, `bench-${randomUUID()}`)).name;
  leastMeter.attach(least);
  const raw = { client: least, meter: leastMeter, scratch };
  try {
    await measurePosting(market, meter, raw);
    progress(`capacity: posting ${book.offers} offers and ${book.bids} bids, and clearing them`);
    await postBook(market, product, book);
    const ids = await Promise.all(shards.map((shard) => market.table.query(keys.bookShard(product, shard))));
    meter.take();
    const needed = await leastReads(market, meter);
    const run = await clearBook(market, product, meter);
    await reportClearing(market, run, raw, { needed, book: ids.flat().length });
  } finally {
    market.client.destroy();
    least.destroy();
    await engine.stop();
  }
}

interface Raw {
  readonly client: BenchMarket['client'];
  readonly meter: Meter;
  /** A table with the indexes and nothing in it. */
  readonly scratch: string;
}

/** Orders one after the other, so that no attempt is lost to another and every unit belongs to an order. */
async function measurePosting({ sellers, buyers, post }: BenchMarket, meter: Meter, raw: Raw): Promise<void> {
  const bodies = orderBodies(product);
  const numbers = Array.from({ length: posted }, (_, number) => number);
  const postings = {
    'offer posted, its site’s first': async (number: number) => {
      const seller = sellers[number]!;
      await post(seller, '/v1/offers', bodies.offer(seller));
    },
    'offer posted, its site’s second to eleventh': async () => {
      await post(sellers[0]!, '/v1/offers', bodies.offer(sellers[0]!));
    },
    'bid posted': async (number: number) => {
      await post(buyers[number]!, '/v1/bids', bodies.bid());
    },
    'bid posted with an Idempotency-Key': async (number: number) => {
      await post(buyers[number]!, '/v1/bids', bodies.bid(), `bench-${number}`);
    },
  };
  // The first order of a product marks it as traded, which no later one has to.
  await post(buyers[0]!, '/v1/bids', bodies.bid());
  for (const [name, step] of Object.entries(postings)) {
    meter.take();
    for (const number of numbers) await step(number);
    const calls = meter.take();
    const needed = await putAgain(raw, calls, ['ORDER#', 'BOOK#']);
    const versus = 'the order and its book entry alone, in one transaction';
    const written = writeUnits(calls) / posted;
    report({
      ...{ name: `${name}: write units`, value: written, unit: 'WCU', versus },
      ratio: needed / posted / written,
    });
    report({ name: `${name}: read units`, value: readUnits(calls) / posted, unit: 'RCU' });
    report({
      ...{ name: `${name}: calls of the database`, value: calls.length / posted, unit: 'calls', versus },
      ratio: posted / calls.length,
    });
  }
}

/** Write units of those items of the calls' transactions that begin so, put into an empty table in transactions. */
async function putAgain(
  { client, meter, scratch }: Raw,
  calls: readonly Call[],
  prefixes: readonly string[],
) {
  meter.take();
  for (const { transaction } of calls) {
    const TransactItems = transaction.flatMap(({ Put }) =>
      prefixes.some((prefix) => Put?.Item?.['pk']?.S?.startsWith(prefix) === true)
        ? [{ Put: { TableName: scratch, Item: Put?.Item } }]
        : [],
    );
    if (TransactItems.length > 0) await client.send(new TransactWriteItemsCommand({ TransactItems }));
  }
  return writeUnits(meter.take());
}

/** Read units of everything that a clearing must know, each partition read once, consistently. */
async function leastReads({ table, sellers, buyers }: BenchMarket, meter: Meter): Promise<number> {
  const kinds = ['zone', 'consumption', 'scheme', 'standards', 'floor'] as const;
  await table.get(keys.reference('product', product));
  for (const kind of kinds) await table.query(keys.reference(kind, '').pk);
  for (const shard of shards) await table.query(keys.bookShard(product, shard));
  for (const { site } of sellers) await table.query(keys.site(site).pk, { prefix: keys.site(site).sk });
  for (const { site } of sellers) await table.query(keys.site(site).pk, { prefix: 'CERTIFICATE#' });
  for (const { organisation } of [...sellers, ...buyers])
    await table.get(keys.reference('organisation', organisation));
  return readUnits(meter.take());
}

async function reportClearing(
  { table }: BenchMarket,
  run: ClearingRun,
  raw: Raw,
  reads: { readonly needed: number; readonly book: number },
): Promise<void> {
  const { contracts, orders, calls } = run;
  const at = (...steps: readonly Step[]): readonly Call[] => calls.filter(({ step }) => steps.includes(step));
  const perOrder = (units: number): number => units / orders;
  const perContract = (units: number): number => units / contracts;

  const locking = perOrder(writeUnits(at('lock')));
  raw.meter.take();
  for (const { partition } of at('lock'))
    await raw.client.send(
      new UpdateItemCommand({
        ...{ TableName: table.name, Key: { pk: { S: partition }, sk: { S: 'ORDER' } } },
        ...{ UpdateExpression: 'SET #lock = :run', ExpressionAttributeNames: { '#lock': 'lock' } },
        ExpressionAttributeValues: { ':run': { N: '1' } },
      }),
    );
  const updates = perOrder(writeUnits(raw.meter.take()));
  report({
    ...{ name: 'order locked: write units', value: locking, unit: 'WCU' },
    ...{ versus: 'one plain update of it', ratio: updates / locking },
  });

  if (contractPuts(calls).length !== 2 * contracts) throw new Error('not every contract has its event');
  const floor = perContract(await putAgain(raw, at('apply'), ['CONTRACT#']));
  const versus = 'the contract and its event alone, in one transaction';
  const steps: readonly (readonly [string, readonly Step[]])[] = [
    ['storing the plan', ['plan']],
    ['applying the plan', ['apply']],
    ['retiring filled orders', ['retire']],
    ['the whole run', ['lock', 'plan', 'apply', 'retire', 'control']],
  ];
  // What no run can do without, each as cheaply as it can be written: contract and event, every order that trades
  // once in the same transactions, a lock of every order of the book, every filled order out of the book.
  const traded = new Set(at('apply').flatMap(({ transaction }) => transaction.flatMap(orderTaken))).size;
  const filled = at('retire').length;
  const least = floor + perContract(2 * traded + updates * orders + filled);
  report({
    ...{ name: `contract recorded, with ${traded} orders taken from, ${orders} locked, ${filled} filled` },
    ...{ value: least, unit: 'WCU' },
  });
  for (const [name, kinds] of steps) {
    const value = perContract(writeUnits(at(...kinds)));
    report({
      ...{ name: `contract recorded, ${contracts} of ${orders} orders, ${name}: write units`, value },
      ...(kinds.includes('lock')
        ? { unit: 'WCU', versus: 'all that a run cannot do without, each written once', ratio: least / value }
        : kinds.includes('apply')
          ? { unit: 'WCU', versus, ratio: floor / value }
          : { unit: 'WCU' }),
    });
  }
  const read = readUnits(calls);
  report({
    ...{ name: `clearing of ${reads.book} orders: read units`, value: read, unit: 'RCU' },
    ...{ versus: 'book, rules, sites, certificates and groups read once', ratio: reads.needed / read },
  });
}

const orderTaken = ({ Update }: TransactWriteItem): string[] => {
  const partition = Update?.Key?.['pk']?.S ?? '';
  return partition.startsWith('ORDER#') ? [partition] : [];
};
