import { marshall } from '@aws-sdk/util-dynamodb';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { followedPartitions } from '../../../functions/stream/domain-event.ts';
import type { GatewayCall, LambdaWorld } from '../../support/lambda.ts';
import { gatewayCaller, lambdaWorld } from '../../support/lambda.ts';
import { nextQuarter, price, quantity } from '../../support/scenario.ts';
import { orderBodies } from '../market.ts';
import { progress } from '../report.ts';
import type { HandlerName } from '../../../infra/aws/bundle.ts';
import type { Figures } from './functions.ts';
import { Functions } from './functions.ts';
import type { Bytes } from './stored.ts';
import { storedIn } from './stored.ts';

const product = 'ndpr';
const zone = 'partners';
const sellers = Array.from({ length: 30 }, (_, number) => `mine-${number}`);
const buyers = Array.from({ length: 20 }, (_, number) => `maker-${number}`);
const countries = ['AU', 'US', 'CA', 'DE', 'BR', 'ZA', 'MY', 'VN'];
const changed = 20;
/** Contracts that are delivered on and settled. */
const delivered = 40;
const reads = 60;

interface Contract {
  readonly id: string;
  readonly seller: string;
  readonly buyer: string;
  readonly schedule: readonly { readonly quarter: string; readonly quantity: object }[];
}

/** What became of a market. Milliseconds of the processor; bytes of one. */
export interface Lived {
  readonly orders: number;
  readonly contracts: number;
  readonly settlements: number;
  /** By use case. */
  readonly figures: Readonly<Record<string, Figures>>;
  /** MiB resident at most, by function. */
  readonly memory: Readonly<Partial<Record<HandlerName, number>>>;
  readonly stored: Readonly<Record<'order' | 'amendment' | 'contract' | 'delivery' | 'settlement', Bytes>>;
  /** Bytes of a clearing's documents for each order. */
  readonly documents: number;
}

/**
 * As many offers and bids on the bundled functions from its first order to settled deliveries, whose steps are a use case each; and
 * what each phase left in the table and in the bucket.
 */
export async function liveThrough(offers = 150): Promise<Lived> {
  const world = await lambdaWorld();
  const functions = await Functions.open(world);
  try {
    return await new History(world, functions, offers).live();
  } finally {
    await functions.close();
    await world.end();
  }
}

class History {
  readonly #world: LambdaWorld;
  readonly #functions: Functions;
  /** Of each side. */
  readonly #orders: number;
  #callers = new Map<string, Promise<GatewayCall>>();
  #sites = new Map<string, string>();

  constructor(world: LambdaWorld, functions: Functions, orders: number) {
    this.#orders = orders;
    this.#functions = functions;
    this.#world = {
      ...world,
      handler: (name) => Promise.resolve((event) => functions.call(name, event)),
      token: (organisation, roles) =>
        world.token(organisation, roles, new Date(Date.now() + functions.aheadMilliseconds)),
    };
  }

  async live(): Promise<Lived> {
    await this.#open();
    progress(`functions: posting ${this.#orders} offers and ${this.#orders} bids`);
    const [ids, order] = await this.#leaving(() => this.#post());
    const [, amendment] = await this.#leaving(() => this.#change(ids));
    await this.#withdraw(ids);
    progress('functions: clearing, reading');
    const objects = this.#objectBytes();
    const [clearing, contract] = await this.#leaving(() => this.#clear());
    const documents = this.#objectBytes() - objects;
    const { contracts, deals } = await this.#read(ids, clearing);
    await this.#idle();
    await this.#follow();
    progress('functions: deliveries and settlement');
    const [, delivery] = await this.#leaving(() => this.#deliver(deals.slice(0, delivered)));
    const [settlements, settlement] = await this.#leaving(() => this.#settle());
    const orders = 2 * this.#orders;
    return {
      ...{ orders, contracts, settlements },
      figures: this.#functions.figures(),
      memory: this.#functions.peaks(),
      stored: {
        ...{ order: per(order, orders), amendment: per(amendment, changed) },
        ...{ contract: per(contract, contracts), delivery: per(delivery, delivered) },
        settlement: per(settlement, settlements),
      },
      documents: documents / (orders - changed),
    };
  }

  /** What calls do, and what more there is in the table after them. */
  async #leaving<T>(calls: () => Promise<T>): Promise<readonly [T, Bytes]> {
    const before = await storedIn(this.#world.table());
    const done = await calls();
    const { kept, expiring } = await storedIn(this.#world.table());
    return [done, { kept: kept - before.kept, expiring: expiring - before.expiring }];
  }

  #as(organisation: string, ...roles: readonly string[]): Promise<GatewayCall> {
    const known = this.#callers.get(organisation) ?? gatewayCaller(this.#world, organisation, roles);
    this.#callers.set(organisation, known);
    return known;
  }

  async #call(...[call, ...request]: Request): Promise<Body> {
    const answer = await (await call)(...request);
    if (answer.statusCode >= 300)
      throw new Error(`${request[0]} ${request[1]}: ${answer.statusCode} ${JSON.stringify(answer.body)}`);
    return { ...(answer.body as Body), etag: answer.header('etag') };
  }

  /** A call of a use case. */
  #do(useCase: string, ...request: Request): Promise<Body> {
    return this.#functions.measure(useCase, () => this.#call(...request));
  }

  get #ministry(): Promise<GatewayCall> {
    return this.#as('ministry', 'administrator');
  }

  async #open(): Promise<void> {
    const ministry = this.#ministry;
    await this.#call(ministry, 'PUT', `/v1/zones/${zone}`, {
      ...{ name: 'Partners', members: ['US', 'JP', 'DE', 'AU', 'CA'] },
    });
    await this.#call(ministry, 'PUT', `/v1/products/${product}`, {
      ...{ name: 'NdPr oxide', mineral: 'ndpr', stage: 'refining', unit: 'kg', currency: 'USD' },
      ...{ lot: quantity('1'), priceTick: price('0.01') },
    });
    await this.#call(ministry, 'PUT', `/v1/products/${product}/terms`, {
      assay: { umpire: 'A laboratory', elements: [{ element: 'ndpr', splittingLimit: '0.10' }] },
    });
    for (const [number, seller] of sellers.entries()) {
      const { id } = await this.#call(this.#as(seller, 'producer'), 'POST', '/v1/sites', {
        ...{ name: `Works ${number}`, country: countries[number % countries.length], stage: 'refining' },
        minerals: ['ndpr'],
      });
      await this.#call(ministry, 'POST', `/v1/sites/${id}/verify`);
      this.#sites.set(seller, id);
    }
  }

  async #post() {
    const bodies = orderBodies(product);
    const ids: { offers: Owned[]; bids: Owned[] } = { offers: [], bids: [] };
    for (let number = 0; number < this.#orders; number += 1) {
      const seller = sellers[number % sellers.length]!;
      const buyer = buyers[number % buyers.length]!;
      const site = this.#sites.get(seller)!;
      const offer = bodies.offer({ organisation: seller, token: '', site });
      const own = await this.#do('postOffer', this.#as(seller, 'producer'), 'POST', '/v1/offers', offer);
      ids.offers.push({ organisation: seller, id: own.id });
      const bid = await this.#do('postBid', this.#as(buyer, 'buyer'), 'POST', '/v1/bids', bodies.bid());
      ids.bids.push({ organisation: buyer, id: bid.id });
    }
    return ids;
  }

  async #change({ bids: all }: { readonly bids: readonly Owned[] }): Promise<void> {
    for (const { organisation, id } of all.slice(0, changed)) {
      const own = this.#as(organisation, 'buyer');
      const { etag } = await this.#call(own, 'GET', `/v1/bids/${id}`);
      const body = { price: price('150.00') };
      await this.#do('changeBid', own, 'PATCH', `/v1/bids/${id}`, body, { 'If-Match': String(etag) });
    }
  }

  async #withdraw({ offers: all }: { readonly offers: readonly Owned[] }): Promise<void> {
    for (const { organisation, id } of all.slice(0, changed))
      await this.#do(
        'withdrawOffer',
        this.#as(organisation, 'producer'),
        'POST',
        `/v1/offers/${id}/withdraw`,
      );
  }

  async #clear(): Promise<string> {
    const { id } = await this.#do('requestClearing', this.#ministry, 'POST', '/v1/clearings', { product });
    const message = this.#world.queued.at(-1)!;
    const record = {
      ...{ messageId: 'message', receiptHandle: 'handle', body: message.MessageBody, messageAttributes: {} },
      attributes: { MessageGroupId: message.MessageGroupId, ApproximateReceiveCount: '1' },
      ...{
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:1:c.fifo',
        awsRegion: 'eu-central-1',
      },
    };
    await this.#functions.measure('clearing', () => this.#functions.call('clearing', { Records: [record] }));
    return id;
  }

  async #read(ids: { readonly offers: readonly Owned[]; readonly bids: readonly Owned[] }, clearing: string) {
    const clearings = await this.#call(this.#ministry, 'GET', `/v1/clearings/${clearing}`);
    if (clearings.status !== 'completed') throw new Error(`the clearing is ${String(clearings.status)}`);
    const deals: Contract[] = [];
    for (const seller of sellers) {
      const { items } = await this.#call(this.#as(seller, 'producer'), 'GET', '/v1/contracts?limit=100');
      deals.push(...(items as Contract[]));
    }
    for (let number = 0; number < reads; number += 1) {
      const { organisation, id } = ids.offers[changed + number]!;
      const own = this.#as(organisation, 'producer');
      await this.#do('listOffers', own, 'GET', '/v1/offers?limit=20');
      await this.#do('getOffer', own, 'GET', `/v1/offers/${id}`);
      await this.#do('explainOffer', own, 'GET', `/v1/offers/${id}/explanation`);
      await this.#do('listContracts', own, 'GET', '/v1/contracts?limit=20');
      await this.#do('getMarket', own, 'GET', `/v1/markets/${product}`);
      const deal = deals[number % deals.length]!;
      await this.#do('getContract', this.#as(deal.seller, 'producer'), 'GET', `/v1/contracts/${deal.id}`);
    }
    return { contracts: Number(clearings.contracts), deals };
  }

  async #idle(): Promise<void> {
    for (const name of ['tick', 'settlement', 'notify'] as const)
      for (let number = 0; number < reads; number += 1)
        await this.#functions.measure(`${name}, nothing to do`, () => this.#functions.call(name, {}));
    for (let number = 0; number < reads; number += 1)
      await this.#functions.measure('pre-token, a user', () => this.#functions.call('pre-token', signIn));
    const beat = { pk: 'HEALTH', sk: 'BEAT', at: new Date().toISOString() };
    for (let number = 0; number < reads; number += 1)
      await this.#functions.measure('stream, a beat', () =>
        this.#functions.call('stream', recordsOf([beat])),
      );
  }

  /** What has happened, as the stream tells it, one batch after the other. */
  async #follow(): Promise<void> {
    const { client, name } = this.#world.table();
    const images: object[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName: name }))
      images.push(
        ...Items.filter(({ pk }) => followedPartitions.some((prefix) => pk?.S?.startsWith(prefix))),
      );
    const batches: object[][] = [];
    for (let start = 0; start < images.length; start += 100) batches.push(images.slice(start, start + 100));
    for (const batch of batches)
      await this.#functions.measure('stream, a batch', () =>
        this.#functions.call('stream', {
          Records: batch.map((NewImage) => ({ eventName: 'INSERT', dynamodb: { NewImage } })),
        }),
      );
  }

  /** Moves the functions' clocks; whoever calls signs in anew. */
  #moveTo(date: string): void {
    this.#functions.aheadMilliseconds = Date.parse(`${date}T12:00:00.000Z`) - Date.now();
    this.#callers = new Map();
  }

  async #deliver(deals: readonly Contract[]): Promise<void> {
    const day = dayIn(nextQuarter(1), 1);
    this.#moveTo(day);
    for (const { id, seller, buyer, schedule } of deals) {
      const [first] = schedule;
      const path = `/v1/contracts/${id}/deliveries`;
      const [own, other] = [this.#as(seller, 'producer'), this.#as(buyer, 'buyer')];
      const { quarter, quantity: amount } = first!;
      const notice = { quarter, quantity: amount, shippedOn: day };
      const delivery = `${path}/${(await this.#do('noticeDelivery', own, 'POST', path, notice)).id}`;
      const receipt = { receivedOn: day, quantity: amount };
      await this.#do('receiveDelivery', other, 'POST', `${delivery}/receipt`, receipt);
      const assay = { values: [{ element: 'ndpr', value: '99.00' }] };
      await this.#do('reportAssay', own, 'POST', `${delivery}/assays`, assay);
      await this.#do('reportAssay', other, 'POST', `${delivery}/assays`, assay);
      await this.#do('acceptDelivery', other, 'POST', `${delivery}/accept`);
    }
  }

  async #settle(): Promise<number> {
    this.#moveTo(dayIn(nextQuarter(2), 2));
    let settlements = 0;
    for (let more = true; more;) {
      const run = (await this.#functions.measure('settlement', () =>
        this.#functions.call('settlement', {}),
      )) as {
        readonly settlements: number;
        readonly more: boolean;
      };
      settlements += run.settlements;
      more = run.more;
    }
    return settlements;
  }

  #objectBytes(): number {
    return [...this.#world.bucket.values()].reduce((sum, { length }) => sum + length, 0);
  }
}

/** As Cognito asks for a user's claims. */
const signIn = {
  triggerSource: 'TokenGeneration_Authentication',
  request: {
    userAttributes: { 'custom:organisation': 'mine-1' },
    groupConfiguration: { groupsToOverride: ['producer'] },
  },
};

type Request = readonly [call: Promise<GatewayCall>, ...request: Parameters<GatewayCall>];

interface Owned {
  readonly organisation: string;
  readonly id: string;
}
interface Body {
  readonly id: string;
  readonly etag?: unknown;
  readonly status?: unknown;
  readonly contracts?: unknown;
  readonly items?: unknown;
}

const per = ({ kept, expiring }: Bytes, times: number): Bytes => ({
  kept: kept / times,
  expiring: expiring / times,
});

const recordsOf = (items: readonly object[]) => ({
  Records: items.map((item) => ({ eventName: 'MODIFY', dynamodb: { NewImage: marshall(item) } })),
});

/** The tenth of a quarter's month. */
const dayIn = (quarter: string, month: number): string => {
  const [year = '', part = ''] = quarter.split('-Q');
  return `${year}-${String((Number(part) - 1) * 3 + month).padStart(2, '0')}-10`;
};
