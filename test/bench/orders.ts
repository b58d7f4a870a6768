import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { concurrently } from '../../functions/clearing/concurrently.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { clientAt } from '../../infra/local/store.ts';
import { startServer } from '../support/server.ts';
import type { BenchMarket, Seller } from './market.ts';
import { concurrency, openBenchMarket, orderBodies, requestOf } from './market.ts';
import { Meter } from './meter.ts';
import { median, progress, report } from './report.ts';

const rounds = 3;
const perRound = 160;
const product = 'ndpr';

/**
 * Orders posted per second, against the very same items put raw into the same table: each once by PutItem, which is
 * no order yet, and each with its place in the book in one transaction, which is the least that one needs.
 */
export async function benchOrders(): Promise<void> {
  const engine = await startEngine();
  const raw = clientAt(engine.endpoint);
  progress('orders: setting the market up');
  const meter = new Meter();
  // As many sites as orders in a round: an offer is checked against every other one of its site.
  const sellers = perRound;
  const market = await openBenchMarket({
    ...{ endpoint: engine.endpoint, products: [product], sellers, buyers: concurrency },
    listen: (client) => {
      meter.attach(client);
    },
  });
  const server = await startServer(['--memory', '--empty'], 60, {
    DYNAMODB_ENDPOINT: engine.endpoint,
    TABLE_NAME: market.table.name,
  });
  try {
    const model = await modelOrder(market, meter);
    const overHttp = await postOverHttp(server.url, market.sellers);
    const bodies = orderBodies(product);
    const inProcess = async (number: number): Promise<void> => {
      const seller = market.sellers[number % sellers]!;
      await market.post(seller, '/v1/offers', bodies.offer(seller));
    };
    const inProcessBid = async (number: number): Promise<void> => {
      await market.post(market.buyers[number % concurrency]!, '/v1/bids', bodies.bid());
    };
    const ways = {
      put: (number: number) => rawPut(raw, model, number),
      pair: (number: number) => rawPair(raw, model, number),
      offer: inProcess,
      bid: inProcessBid,
      http: overHttp,
    } as const;
    const rates: Record<keyof typeof ways, number[]> = { put: [], pair: [], offer: [], bid: [], http: [] };
    const names = Object.keys(ways) as (keyof typeof ways)[];
    for (let round = 0; round <= rounds; round += 1) {
      progress(`orders: round ${round} of ${rounds}${round === 0 ? ', not counted' : ''}`);
      for (const name of names) {
        const begun = performance.now();
        const numbers = Array.from({ length: perRound }, (_, number) => round * perRound + number);
        await concurrently(numbers, concurrency, ways[name]);
        if (round > 0) rates[name].push((perRound / (performance.now() - begun)) * 1000);
      }
    }
    await checkCount(market, (rounds + 1) * perRound);
    const compare = (name: string, way: keyof typeof ways, peer: 'put' | 'pair'): void => {
      const value = median(rates[way]);
      const versus =
        peer === 'put' ? 'raw PutItem of the same order' : 'raw transaction of order and book entry';
      report({ name, value, unit: '1/s', versus, ratio: value / median(rates[peer]) });
    };
    for (const peer of ['put', 'pair'] as const) {
      compare(`offers posted through the app, in process, ${concurrency} at once`, 'offer', peer);
      compare(`bids posted through the app, in process, ${concurrency} at once`, 'bid', peer);
      compare(`offers posted over HTTP, server of its own process, ${concurrency} at once`, 'http', peer);
    }
  } finally {
    await server.stop();
    market.client.destroy();
    raw.destroy();
    await engine.stop();
  }
}

/** What the API writes for one offer: the order itself, and its entry in the book. */
async function modelOrder(market: BenchMarket, meter: Meter): Promise<Model> {
  const seller = market.sellers[0]!;
  const bodies = orderBodies(product);
  // The first order marks its product as traded, which no later one has to.
  await market.post(seller, '/v1/offers', bodies.offer(seller));
  meter.take();
  await market.post(seller, '/v1/offers', bodies.offer(seller));
  const [order, entry] = meter.take().flatMap(({ transaction }) => transaction);
  if (order?.Put?.Item?.['pk']?.S?.startsWith('ORDER#') !== true) throw new Error('no order is put first');
  if (entry?.Put?.Item?.['pk']?.S?.startsWith('BOOK#') !== true)
    throw new Error('no book entry is put second');
  return { order: order.Put, entry: entry.Put };
}

type Put = NonNullable<TransactWriteItem['Put']>;
interface Model {
  readonly order: Put;
  readonly entry: Put;
}

/** The same item under a key of its own, apart from everything that the API reads. */
const copyOf = ({ TableName, Item }: Put, number: number): Pick<Put, 'TableName' | 'Item'> => {
  const suffix = `#raw-${String(number).padStart(6, '0')}`;
  const renamed = Object.entries(Item ?? {}).map(([name, value]) =>
    value.S !== undefined && /^(pk|sk|gsi.sk)$/.test(name)
      ? [name, { S: value.S + suffix }]
      : [
          name,
          value.S?.startsWith('ALL#') || value.S?.startsWith('OWNER#') ? { S: `RAW#${value.S}` } : value,
        ],
  );
  return { TableName, Item: Object.fromEntries(renamed) as Put['Item'] };
};

async function rawPut(client: DynamoDBClient, { order }: Model, number: number): Promise<void> {
  await client.send(new PutItemCommand(copyOf(order, number)));
}

async function rawPair(client: DynamoDBClient, { order, entry }: Model, number: number): Promise<void> {
  const TransactItems = [{ Put: copyOf(order, 1e5 + number) }, { Put: copyOf(entry, 1e5 + number) }];
  await client.send(new TransactWriteItemsCommand({ TransactItems }));
}

async function postOverHttp(url: string, sellers: readonly Seller[]) {
  const bodies = orderBodies(product, 2);
  const tokens = await concurrently(sellers, 4, async ({ organisation }) => {
    const terms = { organisation, roles: ['producer'], subject: `${organisation}.http` };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/dev/token`, { method: 'POST', headers, body: JSON.stringify(terms) });
    return ((await answer.json()) as { token: string }).token;
  });
  return async (number: number): Promise<void> => {
    const seller = sellers[number % sellers.length]!;
    const trader = { ...seller, token: tokens[number % sellers.length]! };
    const init = requestOf(trader, bodies.offer(seller));
    const answer = await fetch(`${url}/v1/offers`, { method: 'POST', ...init });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`offer over HTTP: ${answer.status} ${text}`);
  };
}

/** What was acknowledged is in the book: three kinds of orders, `each` of them, and the two of the model. */
async function checkCount({ table }: BenchMarket, each: number): Promise<void> {
  const shards = Array.from({ length: 8 }, (_, shard) => table.query(`BOOK#${product}#${shard}`));
  const entries = (await Promise.all(shards)).flat();
  if (entries.length !== 3 * each + 2)
    throw new Error(`${entries.length} orders are in the book, not ${3 * each + 2}`);
}
