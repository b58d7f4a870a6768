import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomBytes } from 'node:crypto';
import type { ClearingDependencies } from '../../functions/clearing/dependencies.ts';
import { clearingSettings } from '../../functions/clearing/dependencies.ts';
import { referenceReader } from '../../functions/clearing/reference-reader.ts';
import { runDueClearings } from '../../functions/clearing/run-due-clearings.ts';
import { clearAndDocument } from '../../shared/clearing/documents/documents.ts';
import { instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import type { Answer } from './api.ts';
import { caller } from './api.ts';
import type { TestApi } from './market-api.ts';
import { ada, bob, buyer, freshApi, mine } from './market-api.ts';
import { floorBody, productBody, zoneBody } from './reference.ts';

export const usd = (amount: string, per = 'kg') => ({ amount, currency: 'USD', per });
export const kg = (amount: string) => ({ amount, unit: 'kg' });
export const flat = (amount: string, from = '2027-Q1', to = from) => ({
  from,
  to,
  quantityPerQuarter: kg(amount),
});

export const offerBody = (site: string, changes: object = {}) => ({
  product: 'ndpr-oxide',
  site,
  price: usd('90.00'),
  delivery: flat('100'),
  ...changes,
});
export const bidBody = (changes: object = {}) => ({
  product: 'ndpr-oxide',
  destination: 'DE',
  price: usd('130.00'),
  delivery: flat('100'),
  ...changes,
});

/** A market for NdPr oxide with a zone of partners, and people who trade in it. */
export class Trading {
  readonly api: TestApi;
  /** A site of `mine`, in Australia. */
  site = '';

  constructor(api: TestApi) {
    this.api = api;
  }

  static async open(client: DynamoDBClient): Promise<Trading> {
    const trading = new Trading(await freshApi(client));
    await trading.begin();
    return trading;
  }

  async begin(): Promise<void> {
    await this.done(ada, 'PUT', '/v1/products/ndpr-oxide', productBody());
    await this.done(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU']));
    this.site = await this.siteOf(mine);
  }

  call(...request: Parameters<TestApi['call']>): Promise<Answer> {
    this.pass(1);
    return this.api.call(...request);
  }

  /** A call that must succeed. */
  async done(...request: Parameters<TestApi['call']>): Promise<Answer> {
    const answer = await this.call(...request);
    if (answer.status >= 300)
      throw new Error(`${request[1]} ${request[2]}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  pass(milliseconds: number): void {
    const { time } = this.api;
    time.now = instantOf(millisecondsOf(time.now) + milliseconds);
  }

  async siteOf(who: Caller, changes: object = {}): Promise<string> {
    const body = { name: 'Works', country: 'AU', stage: 'refining', minerals: ['ndpr'], ...changes };
    return (await this.done(who, 'POST', '/v1/sites', body)).body.id;
  }

  offer(changes: object = {}, who: Caller = mine, site: string = this.site): Promise<Answer> {
    return this.call(who, 'POST', '/v1/offers', offerBody(site, changes));
  }

  bid(changes: object = {}, who: Caller = buyer): Promise<Answer> {
    return this.call(who, 'POST', '/v1/bids', bidBody(changes));
  }

  /** A producer's offer from a site of its own. */
  async offerOf(organisation: string, country: string, changes: object = {}): Promise<Answer> {
    const who = caller(organisation, 'producer');
    const site = await this.siteOf(who, { country });
    return this.done(who, 'POST', '/v1/offers', offerBody(site, changes));
  }

  async approvedFloor(changes: object = {}): Promise<string> {
    const { id } = (await this.done(ada, 'POST', '/v1/floors', floorBody(changes))).body;
    await this.done(bob, 'POST', `/v1/floors/${id}/approve`);
    return id;
  }

  get worker(): ClearingDependencies {
    const { table, objects, clock, logger } = this.api.dependencies;
    return {
      ...{ table, objects, clock, logger },
      reference: referenceReader(table),
      clear: clearAndDocument,
      holder: 'worker',
      newSalt: () => randomBytes(32).toString('hex'),
      remainingMilliseconds: () => Infinity,
      settings: clearingSettings,
    };
  }

  /** Asks for a clearing, runs it, and answers its id. */
  async clear(product = 'ndpr-oxide'): Promise<string> {
    const { body } = await this.done(ada, 'POST', '/v1/clearings', { product });
    this.pass(10);
    await runDueClearings(this.worker, { product });
    this.pass(10);
    return body.id;
  }
}
