import type { DynamoDBClient, ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'vitest';
import * as z from 'zod';
import type { ClearingDependencies } from '../../functions/clearing/dependencies.ts';
import { clearingSettings } from '../../functions/clearing/dependencies.ts';
import { runDueClearings } from '../../functions/clearing/run-due-clearings.ts';
import { audit } from '../../infra/audit/audit.ts';
import { chainHolds } from '../../shared/contracts/chain.ts';
import type { Contract } from '../../shared/contracts/contract.ts';
import { must } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import { bidSchema } from '../../shared/orders/bid.ts';
import { scheduleOf } from '../../shared/orders/delivery.ts';
import { offerSchema } from '../../shared/orders/offer.ts';
import { lotsOf } from '../../shared/pricing/product-terms.ts';
import type { Product } from '../../shared/reference/product.ts';
import { productSchema } from '../../shared/reference/product.ts';
import { bookEntryItem } from '../../shared/store/orders/book.ts';
import {
  readClearing,
  readClearingDocuments,
  requestClearingActions,
} from '../../shared/store/clearing/clearings.ts';
import { readControl } from '../../shared/store/clearing/control.ts';
import { readOriginUse } from '../../shared/store/clearing/origin-use.ts';
import { referenceSeries } from '../../shared/store/reference/reference.ts';
import { recordVersion } from '../../shared/store/table/versioned.ts';
import { readContract } from '../../shared/store/contracts/contracts.ts';
import { orderItem, originKey, readOrderState } from '../../shared/store/orders/order-item.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { siteOfferEntry } from '../../shared/store/sites/site-offers.ts';
import type { Action } from '../../shared/store/table/action.ts';
import { Table } from '../../shared/store/table/table.ts';
import type { Meddler } from './faults.ts';
import { meddleWith } from './faults.ts';
import { greedyEngine } from './greedy-engine.ts';
import { memoryClient } from './memory-dynamo/client.ts';
import { MemoryDynamo } from './memory-dynamo/engine.ts';
import { MemoryObjects } from './memory-objects.ts';
import { omit } from './omit.ts';
import { tableAs } from './table-guard.ts';
import { clientFor, freshTable } from './table.ts';

export const scenarioStart = '2026-11-22T12:00:00.000Z';
const posted = '2026-11-22T11:00:00.000Z';

/** An id whose random part says what it is about. */
export const idOf = (prefix: string, name: string): string => `${prefix}_${name.padStart(26, '0')}`;
export const siteId = idOf('sit', 'SITE');

export const scenarioProduct: Product = z.decode(productSchema, {
  ...{ id: 'ndpr', name: 'NdPr oxide', mineral: 'ndpr', stage: 'refining', unit: 'kg', currency: 'USD' },
  lot: { amount: '10', unit: 'kg' },
  priceTick: { amount: '0.10', currency: 'USD', per: 'kg' },
  ...{ version: 1, recordedAt: posted, recordedBy: 'tests' },
});

export interface OrderLine {
  readonly name: string;
  readonly owner: string;
  readonly price: string;
  readonly kg: string;
  readonly quarters?: readonly [from: string, to: string];
  readonly postedAt?: Instant;
  readonly validUntil?: Instant;
}

const record = (line: OrderLine) => ({
  product: 'ndpr',
  price: { amount: line.price, currency: 'USD' as const, per: 'kg' as const },
  delivery: {
    from: line.quarters?.[0] ?? '2027-Q1',
    to: line.quarters?.[1] ?? '2027-Q2',
    quantityPerQuarter: { amount: line.kg, unit: 'kg' as const },
  },
  ...(line.validUntil === undefined ? {} : { validUntil: line.validUntil }),
  ...{ status: 'open' as const, remaining: [], contracted: [], warnings: [], version: 1 },
  ...{ postedAt: line.postedAt ?? posted, updatedAt: line.postedAt ?? posted },
});

const offerOf = (line: OrderLine) =>
  z.decode(offerSchema, { ...record(line), id: idOf('off', line.name), seller: line.owner, site: siteId });

const bidOf = (line: OrderLine) =>
  z.decode(bidSchema, {
    ...{ ...record(line), id: idOf('bid', line.name), buyer: line.owner },
    ...{ destination: 'DE', contractedByOrigin: [] },
  });

function postingOf(order: Parameters<typeof orderItem>[0]): readonly Action[] {
  const requested = must(scheduleOf(order.delivery, scenarioProduct));
  return [
    { name: 'order', put: orderItem(order, requested) },
    { name: 'book entry', put: bookEntryItem(order.product, order.id) },
    ...('seller' in order ? [siteOfferEntry(siteId, order, requested)] : []),
  ];
}

/** Three sellers and three buyers whose orders cross in many ways: six contracts. */
export const usualOffers: readonly OrderLine[] = [
  { name: 'A', owner: 'mine-a', price: '90.00', kg: '100' },
  { name: 'B', owner: 'mine-b', price: '95.00', kg: '200' },
  { name: 'C', owner: 'mine-c', price: '99.00', kg: '50', quarters: ['2027-Q2', '2027-Q4'] },
  { name: 'D', owner: 'mine-c', price: '150.00', kg: '70' },
];
const usualBids: readonly OrderLine[] = [
  { name: 'X', owner: 'maker-x', price: '120.00', kg: '160' },
  { name: 'Y', owner: 'maker-y', price: '110.00', kg: '120', quarters: ['2027-Q1', '2027-Q3'] },
  { name: 'Z', owner: 'maker-z', price: '100.00', kg: '90', quarters: ['2027-Q2', '2027-Q2'] },
];

/** One connection to each engine, for all that nobody meddles with. */
const undisturbed = new Map<string, DynamoDBClient>();

/** Clients of an embedded engine by its endpoint; without one, of a DynamoDB in memory. */
function clientsOf(endpoint: string | undefined): (meddler?: Meddler) => DynamoDBClient {
  if (endpoint === undefined) {
    const memory = new MemoryDynamo();
    return (meddler) => memoryClient(memory, meddler);
  }
  return (meddler) => {
    const shared = meddler === undefined ? undisturbed.get(endpoint) : undefined;
    const client = shared ?? clientFor(endpoint);
    if (meddler === undefined) undisturbed.set(endpoint, client);
    else meddleWith(meddler)(client);
    return client;
  };
}

/** One market in a table of its own, with a clock that stands still until it is moved. */
export class Scenario {
  readonly table: Table;
  readonly objects: MemoryObjects;
  readonly #client: (meddler?: Meddler) => DynamoDBClient;
  #now = millisecondsOf(scenarioStart);
  #workers = 0;

  private constructor(
    client: (meddler?: Meddler) => DynamoDBClient,
    table: Table,
    objects = new MemoryObjects(),
  ) {
    this.objects = objects;
    this.#client = client;
    this.table = table;
  }

  static async #open(endpoint: string | undefined): Promise<Scenario> {
    const client = clientsOf(endpoint);
    return new Scenario(client, await freshTable(client()));
  }

  /** The same market at the same time in another table, such as one that a backup was imported into. */
  in(table: Table, objects: MemoryObjects): Scenario {
    const scenario = new Scenario(this.#client, table, objects);
    scenario.#now = this.#now;
    return scenario;
  }

  /** A market without orders, in an embedded engine or in memory. */
  static async empty(endpoint?: string): Promise<Scenario> {
    const scenario = await Scenario.#open(endpoint);
    await scenario.#write(recordVersion(referenceSeries.product, scenarioProduct));
    return scenario;
  }

  /** The usual market, with a clearing asked for; in one transaction, since faults are injected into hundreds of them. */
  static async start(endpoint?: string): Promise<Scenario> {
    const scenario = await Scenario.#open(endpoint);
    await scenario.#write([
      ...recordVersion(referenceSeries.product, scenarioProduct),
      ...usualOffers.flatMap((line) => postingOf(offerOf(line))),
      ...usualBids.flatMap((line) => postingOf(bidOf(line))),
      ...scenario.#requestOf(idOf('clr', 'FIRST')),
    ]);
    return scenario;
  }

  readonly clock = (): Instant => instantOf(this.#now);

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  async request(name: string): Promise<string> {
    const id = idOf('clr', name);
    await this.#write(this.#requestOf(id));
    return id;
  }

  async offer(line: OrderLine): Promise<string> {
    const offer = offerOf(line);
    await this.#write(postingOf(offer));
    return offer.id;
  }

  async bid(line: OrderLine): Promise<string> {
    const bid = bidOf(line);
    await this.#write(postingOf(bid));
    return bid.id;
  }

  async #write(actions: readonly Action[]): Promise<void> {
    expect(await this.table.transact(actions)).toEqual({ done: true });
  }

  #requestOf(id: string): readonly Action[] {
    return requestClearingActions({ id, product: 'ndpr', requestedBy: 'admin', at: this.clock() });
  }

  /** A table on this scenario's host, with `meddler` in between and nobody's policy. */
  behind(meddler: Meddler, name = this.table.name): Table {
    return new Table({
      client: this.#client(meddler),
      name,
      pause: () => Promise.resolve(),
      random: () => 0,
    });
  }

  /** A worker, on a connection of its own; with `meddler` between it and the table. */
  worker(options: Partial<ClearingDependencies> & { readonly meddler?: Meddler } = {}): ClearingDependencies {
    const { meddler, ...overrides } = options;
    const client = meddler === undefined ? this.table.client : this.#client(meddler);
    this.#workers += 1;
    return {
      table: tableAs('clearing', { client, name: this.table.name }),
      objects: this.objects,
      reference: {
        configuration: () =>
          Promise.resolve({
            ...{
              product: scenarioProduct,
              zones: [],
              consumption: [],
              floors: [],
              standards: [],
              schemes: [],
              programmes: [],
            },
          }),
        referencePrice: (id) => Promise.resolve({ id, status: 'held', detail: 'None in this scenario.' }),
        budgetLeft: () => Promise.reject(new Error('no programme in this scenario')),
        originUse: (product) => readOriginUse(this.table, product),
        site: (id) =>
          Promise.resolve({
            site: {
              ...{ id, country: 'AU', stage: 'refining', minerals: ['ndpr'], verified: true },
              ...{ version: 1, recordedAt: posted },
            },
            certificates: [],
          }),
        group: (organisation) => Promise.resolve(`organisation:${organisation}`),
      },
      clear: greedyEngine,
      clock: this.clock,
      holder: `worker-${this.#workers}`,
      newSalt: () => 'salt of the run',
      remainingMilliseconds: () => Infinity,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      // Small chunks, so that orders are touched by several of them; one thing at a time, so that faults are exact.
      settings: { ...clearingSettings, concurrency: 1, chunks: { bytes: 250_000, actions: 8 } },
      ...overrides,
    };
  }

  /** Runs what is due with a worker that nothing disturbs, after every lease has run out. */
  async finish(): Promise<void> {
    this.advance(3_600_000);
    await runDueClearings(this.worker(), { product: 'ndpr' });
  }

  async items(): Promise<Item[]> {
    const items: Item[] = [];
    let start: ScanCommandOutput['LastEvaluatedKey'];
    do {
      const page: ScanCommandOutput = await this.table.client.send(
        new ScanCommand({ TableName: this.table.name, ExclusiveStartKey: start, ConsistentRead: true }),
      );
      items.push(
        ...(page.Items ?? []).map((item) => unmarshall(item, { wrapNumbers: (digits) => BigInt(digits) })),
      );
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items;
  }

  async contracts(): Promise<Contract[]> {
    const items = await this.items();
    const ids = items
      .filter((item) => item['type'] === 'contract')
      .map((item) => String(item['pk']).slice(9));
    const contracts = await Promise.all(ids.sort().map((id) => readContract(this.table, id)));
    return contracts.filter((contract) => contract !== undefined);
  }

  /**
   * For every order and quarter: quantity = remaining + Σ contracts, nothing negative; what a bid has contracted by
   * origin is what its contracts say; exactly the open orders are in the book, and those that a run under way has filled until it ends; every chain of events holds; with no
   * run open, what zones' caps count is what all contracts deliver.
   */
  async checkInvariants(): Promise<void> {
    const items = await this.items();
    const contracts = await this.contracts();
    const control = await readControl(this.table, 'ndpr');
    const book = new Set(items.filter((item) => item['type'] === 'book entry').map((item) => item['sk']));
    for (const item of items.filter(({ type }) => type === 'offer' || type === 'bid')) {
      const id = String(item['pk']).slice('ORDER#'.length);
      const state = readOrderState(item);
      const own = contracts.filter(({ offer, bid }) => offer === id || bid === id);
      const lots = new Map<string, bigint>();
      const byOrigin: Record<string, bigint> = {};
      for (const { schedule, origin } of own)
        for (const { quarter, quantity } of schedule) {
          const count = must(lotsOf(quantity, scenarioProduct));
          const key = originKey(quarter, origin);
          lots.set(quarter, (lots.get(quarter) ?? 0n) + count);
          byOrigin[key] = (byOrigin[key] ?? 0n) + count;
        }
      for (const [quarter, requested] of Object.entries(state.requested)) {
        const remaining = state.remaining[quarter] ?? 0n;
        expect(remaining, `${id} ${quarter}`).toBeGreaterThanOrEqual(0n);
        expect(remaining + (lots.get(quarter) ?? 0n), `${id} ${quarter}`).toBe(requested);
      }
      if (item['type'] === 'bid') expect(state.byOrigin, id).toEqual(byOrigin);
      const isLeaving =
        state.status === 'filled' && control?.phase === 'applying' && state.lock === control.run;
      if (!isLeaving) expect(book.has(id), `${id} in the book`).toBe(state.status === 'open');
    }
    for (const contract of contracts) expect(chainHolds(contract), contract.id).toBe(true);
    expect((await audit(this.table, { at: this.clock() })).findings).toEqual([]);
    if (control?.phase !== 'idle') return;
    const delivered = new Map<string, bigint>();
    for (const { origin, destination, schedule } of contracts)
      for (const { quarter, quantity } of schedule) {
        const key = `${quarter} ${origin} ${destination}`;
        delivered.set(key, (delivered.get(key) ?? 0n) + must(lotsOf(quantity, scenarioProduct)));
      }
    const counted = (await readOriginUse(this.table, scenarioProduct)).map(
      ({ quarter, origin, destination, quantity }) =>
        [`${quarter} ${origin} ${destination}`, must(lotsOf(quantity, scenarioProduct))] as const,
    );
    expect(new Map(counted)).toEqual(delivered);
  }

  /** What everybody can see of the market afterwards, but for when it was written down and by whom. */
  async picture(clearing = idOf('clr', 'FIRST')): Promise<unknown> {
    const items = await this.items();
    const orders = items
      .filter(({ type }) => type === 'offer' || type === 'bid')
      .map((item) => omit(item, 'updatedAt'));
    const shown = await readClearing(this.table, clearing);
    const documents = await readClearingDocuments(this.table, clearing);
    return {
      orders: orders.sort((a, b) => (String(a['pk']) < String(b['pk']) ? -1 : 1)),
      contracts: await this.contracts(),
      clearing: { ...shown, endedAt: null },
      documents: Object.entries(documents ?? {}).map(([name, document]) => [name, document?.sha256]),
    };
  }
}
