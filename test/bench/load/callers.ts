import type { Client, Json } from '../../support/market-client.ts';
import { client, expectStatus } from '../../support/market-client.ts';
import { flat, nextQuarter, price } from '../../support/scenario.ts';
import { floorBody, productBody, zoneBody } from '../../support/reference.ts';
import type { Send } from './open-loop.ts';

const products = ['ndpr-oxide', 'ndpr-metal', 'ndpr-carbonate', 'ndpr-chloride'];

/**
 * Twelve sellers and twelve buyers: of all requests, a third post orders, a tenth withdraw one, the rest read: an order,
 * a list, contracts, a market. An administrator has each market cleared from time to time.
 */
export class Callers {
  readonly #random: () => number;
  readonly #sellers: { readonly who: Client; readonly site: string }[] = [];
  readonly #buyers: Client[] = [];
  readonly #orders: { readonly who: Client; readonly path: string }[] = [];
  #administrator!: Client;

  constructor(random: () => number) {
    this.#random = random;
  }

  async open(url: string): Promise<void> {
    this.#administrator = await client(url, 'ministry', ['administrator'], 'ada');
    const second = await client(url, 'ministry', ['administrator'], 'bob');
    expectStatus(
      await this.#administrator.put('/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU'])),
      201,
    );
    for (const product of products)
      expectStatus(await this.#administrator.put(`/v1/products/${product}`, productBody()), 201);
    const floor = expectStatus(
      await this.#administrator.post('/v1/floors', floorBody({ price: price('75.00') })),
      201,
    );
    expectStatus(await second.post(`/v1/floors/${floor.id}/approve`), 200);
    for (let index = 0; index < 12; index += 1) {
      const who = await client(url, `mine-${index}`, ['producer']);
      const country = ['AU', 'CL', 'US', 'BR'][index % 4]!;
      const site = { name: 'Works', country, stage: 'refining', minerals: ['ndpr'] };
      this.#sellers.push({ who, site: expectStatus(await who.post('/v1/sites', site), 201).id });
      this.#buyers.push(await client(url, `works-${index}`, ['buyer']));
    }
  }

  /** The clearing of one market after the other; not counted as a request of the traffic. */
  async clear(turn: number): Promise<void> {
    await this.#administrator.post('/v1/clearings', { product: products[turn % products.length] });
  }

  readonly next = (): Send => {
    const draw = this.#random();
    if (draw < 0.17) return this.#offer();
    if (draw < 0.34) return this.#bid();
    const known = this.#orders[Math.floor(this.#random() * this.#orders.length)];
    if (draw < 0.44 && known !== undefined) {
      this.#orders.splice(this.#orders.indexOf(known), 1);
      return this.#sent(known.who, 'POST', `${known.path}/withdraw`);
    }
    if (draw < 0.7 && known !== undefined) return this.#sent(known.who, 'GET', known.path);
    const who = this.#one(this.#buyers);
    if (draw < 0.8) return this.#sent(who, 'GET', '/v1/bids?limit=10');
    if (draw < 0.9) return this.#sent(who, 'GET', '/v1/contracts?limit=10');
    return this.#sent(who, 'GET', `/v1/markets/${this.#one(products)}`);
  };

  #offer(): Send {
    const { who, site } = this.#one(this.#sellers);
    const body = {
      product: this.#one(products),
      site,
      price: price(this.#amount(70)),
      delivery: this.#delivery(),
    };
    return this.#posted(who, '/v1/offers', body);
  }

  #bid(): Send {
    const body = {
      ...{ product: this.#one(products), destination: 'DE', price: price(this.#amount(90)) },
      delivery: this.#delivery(),
    };
    return this.#posted(this.#one(this.#buyers), '/v1/bids', body);
  }

  #posted(who: Client, path: string, body: unknown): Send {
    return this.#sent(who, 'POST', path, body, ({ id }) => {
      this.#orders.push({ who, path: `${path}/${id}` });
      if (this.#orders.length > 500) this.#orders.shift();
    });
  }

  #sent(who: Client, method: string, path: string, body?: unknown, done?: (body: Json) => void): Send {
    return async () => {
      const answer = await who.call(method, path, body);
      if (answer.status === 201) done?.(answer.body);
      return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
    };
  }

  #one<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)]!;
  }

  #amount(low: number): string {
    return (low + Math.floor(this.#random() * 4000) / 100).toFixed(2);
  }

  #delivery() {
    return flat(String(5 + Math.floor(this.#random() * 60)), nextQuarter());
  }
}
