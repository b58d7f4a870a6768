import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Json } from '../market-client.ts';
import { quantity, price } from '../scenario.ts';
import { openingBody, stockpileBody } from '../stock.ts';
import { floorBody, productBody, zoneBody } from '../reference.ts';
import type { Journal, KnownOrder, Who } from './journal.ts';
import type { PatientClients } from './patient-client.ts';

export const ada: Who = { organisation: 'ministry', role: 'administrator', subject: 'ada' };
const bob: Who = { organisation: 'ministry', role: 'administrator', subject: 'bob' };
export const auditor: Who = { organisation: 'court-of-auditors', role: 'auditor' };
const operator: Who = { organisation: 'reserve', role: 'stockpile-operator' };
const producerOf = (organisation: string): Who => ({ organisation, role: 'producer' });
const buyerOf = (organisation: string): Who => ({ organisation, role: 'buyer' });

const products = ['ndpr-oxide', 'ndpr-metal', 'ndpr-carbonate'];
const sellers = ['AU', 'CL', 'US', 'BR', 'AU', 'JP'].map((country, index) => ({
  who: producerOf(`mine-${index}`),
  country,
}));
const buyers = Array.from({ length: 8 }, (_, index) => buyerOf(`works-${index}`));

/** What a quarter of traffic is about: orders are for quarters to come, deliveries for the one that runs. */
export interface Season {
  readonly today: string;
  readonly running: string;
  readonly coming: readonly [string, string];
  /** Contracts that deliver in the quarter that runs. */
  readonly contracts: readonly Json[];
}

/** Many organisations that do whatever they may, at random but under a seed, each act written into the journal. */
export class Traffic {
  readonly #clients: PatientClients;
  readonly #journal: Journal;
  readonly #random: () => number;
  readonly #sites = new Map<string, string>();
  #stockpile = '';
  #keys = 0;
  #isOpen = false;
  /** The clearings asked for last: a killer comes when one is likely to be under way. */
  lastClearingAt = -Infinity;

  constructor(clients: PatientClients, journal: Journal, random: () => number) {
    this.#clients = clients;
    this.#journal = journal;
    this.#random = random;
  }

  /** A market in which everybody may trade. */
  async open(): Promise<void> {
    const done = async (...[who, method, path, body]: Parameters<PatientClients['send']>): Promise<Json> => {
      const answer = await this.#clients.send(who, method, path, body);
      if (answer === undefined || answer.status >= 300)
        throw new Error(`${method} ${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`);
      return answer.body;
    };
    await done(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU']));
    for (const product of products) await done(ada, 'PUT', `/v1/products/${product}`, productBody());
    const floor = await done(ada, 'POST', '/v1/floors', floorBody({ price: price('75.00') }));
    await done(bob, 'POST', `/v1/floors/${floor.id}/approve`);
    for (const { who, country } of sellers) {
      const body = { name: 'Works', country, stage: 'refining', minerals: ['ndpr'] };
      this.#sites.set(who.organisation, (await done(who, 'POST', '/v1/sites', body)).id);
    }
    this.#stockpile = (await done(operator, 'POST', '/v1/stockpiles', stockpileBody())).id;
    await done(ada, 'POST', `/v1/stockpiles/${this.#stockpile}/approve`);
    for (let lot = 0; lot < 3; lot += 1) {
      const opening = openingBody({ quantity: quantity('5000') });
      const { id } = await done(operator, 'POST', `/v1/stockpiles/${this.#stockpile}/lots`, { opening });
      await done(ada, 'POST', `/v1/stock-lots/${id}/verify`);
      this.#journal.lots.add(id);
    }
  }

  /** Acts of so many at once, until told to stop; what is begun is brought to its end. */
  async run(season: Season, actors: number): Promise<void> {
    this.#isOpen = true;
    await Promise.all(Array.from({ length: actors }, () => this.#act(season)));
  }

  stop(): void {
    this.#isOpen = false;
  }

  get isRunning(): boolean {
    return this.#isOpen;
  }

  /** Whatever the season was too short for: each market is cleared once. */
  async clearAll(): Promise<void> {
    for (const product of products) {
      const answer = await this.#clients.send(ada, 'POST', '/v1/clearings', { product });
      this.#journal.clearings.add(answer?.body.id);
    }
  }

  async #act(season: Season): Promise<void> {
    const deliverable = [...season.contracts];
    while (this.#isOpen) {
      const draw = this.#random();
      if (draw < 0.26) await this.#offer(season);
      else if (draw < 0.58) await this.#bid(season);
      else if (draw < 0.68) await this.#amend();
      else if (draw < 0.73) await this.#withdraw();
      else if (draw < 0.79) await this.#clear();
      else if (draw < 0.93) await this.#deliver(season, deliverable);
      else if (draw < 0.98) await this.#handleStock(season);
      else await this.#post(ada, '/v1/settlements', {}, 'settlement');
      await pause(this.#random() * 60);
    }
  }

  /** A POST under a key of its own; one in eight is given up at the first failure, as careless programs do. */
  async #post(who: Who, path: string, body: unknown, what: string): Promise<Answer | undefined> {
    this.#keys += 1;
    const key = `soak-${this.#keys}`;
    const impatient = this.#random() < 0.125;
    const answer = await this.#clients.send(who, 'POST', path, body, {
      headers: { 'Idempotency-Key': key },
      impatient,
    });
    if (answer === undefined) {
      this.#journal.abandon(`${what} of ${who.organisation}`);
      return undefined;
    }
    this.#journal.count(`${what} ${answer.status < 300 ? answer.status : answer.body.code}`);
    if (answer.status >= 300) return undefined;
    this.#journal.acknowledged += 1;
    if (typeof answer.body?.id === 'string')
      this.#journal.remember({ who, path, body, key, id: answer.body.id });
    return answer;
  }

  async #offer({ coming }: Season): Promise<void> {
    const { who } = this.#one(sellers);
    const product = this.#one(products);
    const body = {
      ...{ product, site: this.#sites.get(who.organisation), price: price(this.#amount(70, 40)) },
      delivery: this.#delivery(coming, 90),
    };
    await this.#ordered('offers', who, product, body);
  }

  async #bid({ coming }: Season): Promise<void> {
    const who = this.#one(buyers);
    const product = this.#one(products);
    const body = {
      ...{ product, destination: this.#one(['DE', 'JP', 'FR']), price: price(this.#amount(90, 50)) },
      delivery: this.#delivery(coming, 60),
      ...(this.#random() < 0.2 ? { maxOriginShare: '0.65' } : {}),
    };
    await this.#ordered('bids', who, product, body);
  }

  async #ordered(
    kind: KnownOrder['kind'],
    owner: Who,
    product: string,
    body: { readonly price: { readonly amount: string } },
  ): Promise<void> {
    const answer = await this.#post(owner, `/v1/${kind}`, body, kind);
    if (answer === undefined) return;
    const { id } = answer.body as { id: string };
    this.#journal.orders.set(id, { kind, id, owner, product, price: body.price.amount, withdrawn: false });
  }

  async #amend(): Promise<void> {
    const order = this.#someOrder();
    if (order === undefined) return;
    const path = `/v1/${order.kind}/${order.id}`;
    const amount = order.kind === 'offers' ? this.#amount(70, 40) : this.#amount(90, 50);
    for (;;) {
      const read = await this.#clients.send(order.owner, 'GET', path);
      if (read?.status !== 200) return;
      // Nobody else changes it now: what was not answered has been done, or is done here.
      if (read.body.price.amount === amount) break;
      const changed = await this.#clients.send(
        ...([order.owner, 'PATCH', path, { price: price(amount) }] as const),
        { headers: { 'If-Match': read.headers.get('etag') ?? '' }, impatient: true },
      );
      if (changed === undefined) continue;
      this.#journal.count(`amendment ${changed.status < 300 ? changed.status : changed.body.code}`);
      if (changed.status === 412) continue;
      if (changed.status >= 300) return;
      break;
    }
    this.#journal.acknowledged += 1;
    order.price = amount;
  }

  async #withdraw(): Promise<void> {
    const order = this.#someOrder();
    if (order === undefined) return;
    const path = `/v1/${order.kind}/${order.id}/withdraw`;
    const answer = await this.#post(order.owner, path, undefined, 'withdrawal');
    order.withdrawn = order.withdrawn || answer !== undefined;
  }

  async #clear(): Promise<void> {
    const answer = await this.#post(ada, '/v1/clearings', { product: this.#one(products) }, 'clearing');
    if (answer === undefined) return;
    this.lastClearingAt = performance.now();
    this.#journal.clearings.add(answer.body.id);
  }

  /** One ship for a contract's quarter: announced, received, accepted. */
  async #deliver({ today, running }: Season, deliverable: Json[]): Promise<void> {
    const contract = deliverable.splice(Math.floor(this.#random() * deliverable.length), 1)[0];
    const due = contract?.schedule.find((each: Json) => each.quarter === running);
    if (due === undefined) return;
    const by = (organisation: string, role: 'producer' | 'buyer'): Who =>
      organisation === operator.organisation ? operator : { organisation, role };
    const [seller, buyer] = [by(contract.seller, 'producer'), by(contract.buyer, 'buyer')];
    const path = `/v1/contracts/${contract.id}/deliveries`;
    // A little each time: several actors may find the same contract.
    const part = quantity(String(Math.max(1, Math.floor(Number(due.quantity.amount) / 8))));
    const shipped = { quarter: running, quantity: part, shippedOn: today };
    const announced = await this.#post(seller, path, shipped, 'delivery');
    if (announced === undefined) return;
    const { id } = announced.body as { id: string };
    const steps: ('announced' | 'received' | 'accepted')[] = ['announced'];
    this.#journal.deliveries.set(id, { id, contract: contract.id, steps });
    const receipt = { receivedOn: today, quantity: part };
    if ((await this.#post(buyer, `${path}/${id}/receipt`, receipt, 'receipt')) === undefined) return;
    steps.push('received');
    if ((await this.#post(buyer, `${path}/${id}/accept`, undefined, 'acceptance')) === undefined) return;
    steps.push('accepted');
  }

  /** A lot is offered, cut in two, or some of it is lost. */
  async #handleStock({ coming }: Season): Promise<void> {
    const lot = this.#one([...this.#journal.lots]);
    const draw = this.#random();
    if (draw < 0.5) {
      const body = {
        ...{ product: products[0]!, stockLot: lot, price: price(this.#amount(75, 30)) },
        delivery: this.#delivery(coming, 20),
      };
      await this.#ordered('offers', operator, products[0]!, body);
      return;
    }
    const path = `/v1/stock-lots/${lot}`;
    if (draw < 0.8) {
      const answer = await this.#post(operator, `${path}/split`, { quantities: [quantity('10')] }, 'split');
      for (const part of (answer?.body.parts ?? []) as Json[]) this.#journal.lots.add(part.id);
      return;
    }
    const loss = { quantity: quantity('0.125'), reason: 'Spilt' };
    if ((await this.#post(operator, `${path}/write-off`, loss, 'write-off')) !== undefined)
      await this.#post(ada, `${path}/write-off/approve`, undefined, 'write-off approval');
  }

  #someOrder(): KnownOrder | undefined {
    const all = [...this.#journal.orders.values()];
    // Of the latest: older ones are mostly filled.
    return all[all.length - 1 - Math.floor(this.#random() * Math.min(60, all.length))];
  }

  #one<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)]!;
  }

  #amount(low: number, spread: number): string {
    return (low + Math.floor(this.#random() * spread * 100) / 100).toFixed(2);
  }

  #delivery([first, second]: readonly [string, string], most: number) {
    const to = this.#random() < 0.3 ? second : first;
    const amount = String(8 + Math.floor(this.#random() * most));
    return { from: first, to, quantityPerQuarter: quantity(amount) };
  }
}
