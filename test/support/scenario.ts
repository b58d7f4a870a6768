import type { Client, Json } from './market-client.ts';
import { client, expectStatus } from './market-client.ts';

/** A zone of partners under a floor of 110 USD/kg, and the people who trade into it. */
export interface Scene {
  readonly url: string;
  readonly product: string;
  readonly administrator: Client;
  readonly second: Client;
  readonly auditor: Client;
}

export const price = (amount: string, per = 'kg') => ({ amount, currency: 'USD', per });
export const quantity = (amount: string, unit = 'kg') => ({ amount, unit });

/** Delivery in the first quarter that has not begun, so that a test does not age. */
export const nextQuarter = (ahead = 1): string => {
  const now = new Date();
  const number = now.getUTCFullYear() * 4 + Math.floor(now.getUTCMonth() / 3) + ahead;
  return `${Math.floor(number / 4)}-Q${(number % 4) + 1}`;
};

export const flat = (amount: string, from = nextQuarter(), to = from) => ({
  from,
  to,
  quantityPerQuarter: quantity(amount),
});

/** A product of its own with zone `partners` (US, JP, DE, AU), no floor yet. */
export async function scene(url: string, product: string): Promise<Scene> {
  const administrator = await client(url, 'ministry', ['administrator'], 'administrator-1');
  const second = await client(url, 'ministry', ['administrator'], 'administrator-2');
  const auditor = await client(url, 'court-of-auditors', ['auditor']);
  expectStatus(
    await administrator.put(`/v1/products/${product}`, {
      name: 'NdPr oxide',
      mineral: 'ndpr',
      stage: 'refining',
      unit: 'kg',
      currency: 'USD',
      lot: quantity('1'),
      priceTick: price('0.01'),
    }),
    200,
    201,
  );
  const partners = await administrator.get('/v1/zones/partners');
  if (partners.status === 404)
    expectStatus(
      await administrator.put('/v1/zones/partners', { name: 'Partners', members: ['US', 'JP', 'DE', 'AU'] }),
      200,
      201,
    );
  return { url, product, administrator, second, auditor };
}

/** Proposes a floor and has the second administrator approve it. */
export async function approvedFloor(at: Scene, changes: Record<string, unknown> = {}): Promise<Json> {
  const floor = expectStatus(
    await at.administrator.post('/v1/floors', {
      product: at.product,
      zone: 'partners',
      price: price('110.00'),
      borderAdjusted: true,
      effectiveFrom: '2026-01-01',
      rationale: 'Cost of production of market-economy producers.',
      ...changes,
    }),
    201,
  );
  return expectStatus(await at.second.post(`/v1/floors/${floor.id}/approve`), 200);
}

/** A producer with a site of its own. */
export async function producer(
  at: Scene,
  organisation: string,
  country: string,
): Promise<{ who: Client; site: string }> {
  const who = await client(at.url, organisation, ['producer']);
  const site = expectStatus(
    await who.post('/v1/sites', {
      name: `${organisation} works`,
      country,
      stage: 'refining',
      minerals: ['ndpr'],
    }),
    201,
  );
  return { who, site: site.id as string };
}

export async function offer(
  at: Scene,
  organisation: string,
  country: string,
  ask: string,
  amount: string,
  changes: Record<string, unknown> = {},
) {
  const { who, site } = await producer(at, organisation, country);
  const body = { product: at.product, site, price: price(ask), delivery: flat(amount), ...changes };
  return { who, site, order: expectStatus(await who.post('/v1/offers', body), 201) };
}

export async function bid(
  at: Scene,
  organisation: string,
  limit: string,
  amount: string,
  changes: Record<string, unknown> = {},
) {
  const who = await client(at.url, organisation, ['buyer']);
  const body = {
    product: at.product,
    destination: 'DE',
    price: price(limit),
    delivery: flat(amount),
    ...changes,
  };
  return { who, order: expectStatus(await who.post('/v1/bids', body), 201) };
}

export async function contractsOf(who: Client, product: string): Promise<Json[]> {
  return expectStatus(await who.get(`/v1/contracts?product=${product}&limit=100`), 200).items as Json[];
}

export const explanationOf = async (who: Client, kind: 'offers' | 'bids', id: string): Promise<Json> =>
  expectStatus(await who.get(`/v1/${kind}/${id}/explanation`), 200);
