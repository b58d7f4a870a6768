import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { concurrently } from '../../functions/clearing/concurrently.ts';
import { memoryObjectStore } from '../../infra/local/file-object-store.ts';
import { localIssuer } from '../../infra/local/issuer.ts';
import { localLog } from '../../infra/local/log.ts';
import { marketClock } from '../../infra/local/market-clock.ts';
import { openMarketplace } from '../../infra/local/marketplace.ts';
import { participants } from '../../infra/local/sample/client.ts';
import { clientAt, openTable } from '../../infra/local/store.ts';
import { flat, nextQuarter, price, quantity } from '../support/scenario.ts';
import { seeded } from './networks.ts';

/** Requests under way at the same time. */
export const concurrency = 16;

export interface Trader {
  readonly organisation: string;
  readonly token: string;
}
export interface Seller extends Trader {
  readonly site: string;
}

/** Posts a body and answers what was made; throws unless it is a 201. */
export type Post = (trader: Trader, path: string, body: unknown, idempotencyKey?: string) => Promise<unknown>;

export type BenchMarket = Awaited<ReturnType<typeof openBenchMarket>>;

const countries = ['AU', 'US', 'CA', 'DE', 'BR', 'ZA', 'MY', 'VN'];
const destinations = ['DE', 'US', 'JP'];

/**
 * A market in a table of its own, set up through the API: products under a border-adjusted floor of 110 USD/kg and
 * a standards rule in one zone; sellers in eight countries, each with a site of declared capacity, verified and
 * certified; buyers. `listen` hears every call that the API makes of its database.
 */
export async function openBenchMarket(options: {
  readonly endpoint: string;
  readonly products: readonly string[];
  readonly sellers: number;
  readonly buyers: number;
  readonly listen?: (client: DynamoDBClient) => void;
}) {
  const client = clientAt(options.endpoint);
  const table = await openTable(client, `bench-${randomUUID()}`);
  options.listen?.(client);
  const clock = await marketClock(table);
  const issuer = await localIssuer({ keyFile: undefined, clock: clock.now });
  const problems: string[] = [];
  const log = localLog(undefined, (line) => problems.push(line));
  const { handle } = openMarketplace({
    ...{ table, issuer, marketClock: clock, log, objects: memoryObjectStore(), holder: 'bench' },
  });
  const as = participants(handle, issuer);
  const administrator = as('ministry', 'administrator');

  await administrator.put('/v1/zones/partners', {
    ...{ name: 'Partners', members: ['US', 'JP', 'DE', 'AU', 'CA'] },
  });
  await administrator.put('/v1/schemes/irma', {
    ...{ name: 'IRMA', levels: ['50', '75', '100'], stages: ['refining'], minerals: ['*'] },
    assurance: 'third-party',
  });
  for (const product of options.products) {
    await administrator.put(`/v1/products/${product}`, {
      ...{ name: 'NdPr oxide', mineral: 'ndpr', stage: 'refining', unit: 'kg', currency: 'USD' },
      ...{ lot: quantity('1'), priceTick: price('0.01') },
    });
    const market = { product, zone: 'partners', effectiveFrom: '2026-01-01' };
    const { id } = (await administrator.post(`floor-${product}`, '/v1/floors', {
      ...{ ...market, price: price('110.00'), borderAdjusted: true, rationale: 'Cost of production.' },
    })) as { id: string };
    await as('ministry', 'administrator', 'second').post(`approve-${id}`, `/v1/floors/${id}/approve`);
    await administrator.post(`rule-${product}`, '/v1/standards', {
      ...{ ...market, topics: [{ topic: 'mining', anyOf: [{ scheme: 'irma', level: '50' }] }] },
    });
  }

  const tokenOf = (organisation: string, role: 'producer' | 'buyer') =>
    issuer.issue({ organisation, roles: [role], subject: `${organisation}.bench`, expiresInSeconds: 3600 });
  const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
  const sellers = await concurrently(numbers(options.sellers), concurrency, async (number) => {
    const organisation = `mine-${number}`;
    const own = as(organisation, 'producer');
    const site = (await own.post('site', '/v1/sites', {
      ...{ name: `Works ${number}`, country: countries[number % countries.length], stage: 'refining' },
      ...{ minerals: ['ndpr'], capacityPerYear: quantity('1000000', 't') },
    })) as { id: string };
    await administrator.post(`site-${site.id}`, `/v1/sites/${site.id}/verify`);
    const certificate = (await own.post('certificate', `/v1/sites/${site.id}/certificates`, {
      ...{ scheme: 'irma', level: '75', validFrom: '2026-01-01', validTo: '2036-12-31', reference: 'B-1' },
    })) as { id: string };
    await administrator.post(certificate.id, `/v1/certificates/${certificate.id}/verify`);
    return { organisation, site: site.id, token: await tokenOf(organisation, 'producer') };
  });
  const buyers = await concurrently(numbers(options.buyers), concurrency, async (number) => {
    const organisation = `maker-${number}`;
    return { organisation, token: await tokenOf(organisation, 'buyer') };
  });
  const post: Post = async (trader, path, body, idempotencyKey) => {
    const answer = await handle(
      new Request(`http://localhost${path}`, { method: 'POST', ...requestOf(trader, body, idempotencyKey) }),
    );
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return { client, table, sellers, buyers, post, problems };
}

export const requestOf = ({ token }: Trader, body: unknown, idempotencyKey?: string) => ({
  headers: {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  },
  body: JSON.stringify(body),
});

/** Orders of `product`, the same ones in every run: asks of 60 to 160 and limits of 100 to 180, four quarters each. */
export function orderBodies(product: string, seed = 1) {
  const draw = seeded(seed);
  const money = (from: number, range: number) => price((from + draw(range * 100) / 100).toFixed(2));
  const delivery = () => flat(String(10 + draw(990)), nextQuarter(1), nextQuarter(4));
  return {
    offer: ({ site }: Seller) => ({ product, site, price: money(60, 100), delivery: delivery() }),
    bid: () => ({
      ...{ product, destination: destinations[draw(destinations.length)], price: money(100, 80) },
      ...{ delivery: delivery(), maxOriginShare: '0.65' },
    }),
  };
}

/** Posts so many offers and so many bids, in turn over all sellers and all buyers. */
export async function postBook(
  market: Pick<BenchMarket, 'sellers' | 'buyers' | 'post'>,
  product: string,
  size: { readonly offers: number; readonly bids: number },
): Promise<void> {
  const bodies = orderBodies(product);
  const one = async (number: number): Promise<void> => {
    const seller = market.sellers[number % market.sellers.length]!;
    const buyer = market.buyers[number % market.buyers.length]!;
    if (number < size.offers) await market.post(seller, '/v1/offers', bodies.offer(seller));
    if (number < size.bids) await market.post(buyer, '/v1/bids', bodies.bid());
  };
  const numbers = Array.from({ length: Math.max(size.offers, size.bids) }, (_, number) => number);
  await concurrently(numbers, concurrency, one);
}
