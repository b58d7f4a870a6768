import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Caller } from '../../../shared/reference/caller.ts';
import { addDays, dateOf } from '../../../shared/kernel/time.ts';
import type { AnswerBody } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { ada, bob, buyer as maker, stockpile as reserve } from '../../support/market-api.ts';
import { memoryClient } from '../../support/memory-dynamo/client.ts';
import { MemoryDynamo } from '../../support/memory-dynamo/engine.ts';
import { runs, seenIn } from '../../support/runs.ts';
import { Settling } from '../../support/settling.ts';
import { accountBody, activeStockpile, openedLot } from '../../support/stock.ts';
import { kg, Trading } from '../../support/trading.ts';

/*
 * Everything that may happen to a stockpile's material, in any order, over HTTP on a table in memory. Beside it stands what a
 * bookkeeper with a sheet of paper would have: how much there is in all, what each loan still owes, and what each member may
 * draw. Whatever is refused changes nothing.
 */

const members = [maker, caller('motors-fr', 'buyer')] as const;
const deeds = [
  ...(['open', 'lend', 'lend', 'ask', 'hand over', 'withdraw', 'return', 'return', 'pay', 'days'] as const),
  ...([
    'allocate',
    'draw',
    'replenish',
    'transfer',
    'repurchase',
    'split',
    'merge',
    'lose',
    'release',
  ] as const),
  ...(['deliver', 'days'] as const),
];
const deed = fc.record({
  what: fc.constantFrom(...deeds),
  amount: fc.integer({ min: 1, max: 700 }),
  who: fc.constantFrom(0 as const, 1 as const),
  pick: fc.nat(7),
});
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

class History {
  readonly done = new Map<string, number>();
  readonly #trading: Trading;
  readonly #settling: Settling;
  readonly #stockpile: string;
  /** Of both members. */
  readonly #accounts: string[] = [];
  readonly #loans: { readonly id: string; readonly who: Caller }[] = [];
  readonly #releases: string[] = [];
  readonly #draws: { account: number; draw: number; left: number }[] = [];
  /** In the warehouse or out on loan. */
  #total = 0;
  readonly #owed = new Map<string, number>();
  readonly #entitled = [0, 0];

  constructor(trading: Trading, stockpile: string) {
    this.#trading = trading;
    this.#settling = new Settling(trading);
    this.#stockpile = stockpile;
  }

  static async begin(): Promise<History> {
    const trading = await Trading.open(memoryClient(new MemoryDynamo()));
    const history = new History(trading, await activeStockpile(trading));
    // 25 days of use: an emergency, in which it is lent and released.
    for (const amount of [600, 1900]) await history.#open(amount);
    for (const [index, who] of members.entries()) {
      const path = `/v1/stockpiles/${history.#stockpile}/needs/ndpr-oxide`;
      const use = { annualUse: kg('36500'), essential: index === 1 };
      await trading.done(who, 'PUT', path, { ...use, evidence: 'Books' });
      await trading.done(ada, 'POST', `${path}/${who.organisation}/verify`, use);
      const account = await trading.done(
        reserve,
        'POST',
        `/v1/stockpiles/${history.#stockpile}/accounts`,
        accountBody(who.organisation),
      );
      await trading.done(who, 'POST', `/v1/stock-accounts/${account.body.id}/accept`);
      history.#accounts.push(account.body.id);
      const quantity = kg('100');
      await history.#entitle(reserve, index, 'allocate', { quantity }, 100);
    }
    return history;
  }

  async #open(amount: number): Promise<void> {
    await openedLot(this.#trading, this.#stockpile, { quantity: kg(String(amount)) });
    this.#total += amount;
  }

  /** The answer where it is done; refused, it is only never a fault of ours. */
  async #try(who: Caller, path: string, body?: object): Promise<AnswerBody | undefined> {
    const answer = await this.#trading.call(who, 'POST', path, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
    return answer.status < 300 ? answer.body : undefined;
  }

  async do({ what, amount, who, pick }: Deed): Promise<void> {
    const happened = await this.#deeds[what](amount, who, pick);
    if (happened !== undefined && happened !== false) this.done.set(what, (this.done.get(what) ?? 0) + 1);
    await this.#isWhole();
  }

  readonly #back = (amount: number) => ({
    ...{ quantity: kg(String(amount)), purity: '99.5', origin: 'AU' },
    location: { country: 'JP', place: 'Osaka' },
  });

  readonly #deeds: Record<Deed['what'], (amount: number, who: 0 | 1, pick: number) => Promise<unknown>> = {
    open: (amount) => this.#open(Math.ceil(amount / 10)).then(() => true),
    ask: (amount, who) => this.#ask(amount, who),
    lend: async (amount, who) => {
      const loan = await this.#ask(amount, who);
      return loan !== undefined && (await this.#try(ada, `/v1/stock-loans/${loan}/approve`)) !== undefined
        ? this.#handOver(loan, amount)
        : undefined;
    },
    'hand over': async (_, __, pick) => {
      const loan = this.#loans.at(-1 - (pick % 2));
      if (loan === undefined) return undefined;
      await this.#try(ada, `/v1/stock-loans/${loan.id}/approve`);
      const { body } = await this.#trading.done(ada, 'GET', `/v1/stock-loans/${loan.id}`);
      const { quantity } = body as unknown as { quantity: { amount: string } };
      return this.#handOver(loan.id, Number(quantity.amount));
    },
    withdraw: async (_, __, pick) => {
      const loan = this.#loans.at(-1 - (pick % 2));
      return loan && this.#try(loan.who, `/v1/stock-loans/${loan.id}/withdraw`);
    },
    return: async (amount, _, pick) => {
      const [loan, left] = [...this.#owed].at(pick % (this.#owed.size || 1)) ?? [];
      if (loan === undefined || left === undefined) return undefined;
      const part = pick % 2 === 0 ? left : amount;
      const done = await this.#try(reserve, `/v1/stock-loans/${loan}/return`, this.#back(part));
      if (done !== undefined) this.#owed.set(loan, left - part);
      return done;
    },
    /** On the day on which it is due; before, it is refused. */
    pay: async (amount, _, pick) => {
      const [loan, left] = [...this.#owed].find((each) => each[1] > 0) ?? [];
      if (loan === undefined || left === undefined) return undefined;
      const part = Math.min(amount, left);
      const who = this.#loans.find(({ id }) => id === loan)!.who;
      const { due } = (await this.#trading.done(who, 'GET', `/v1/stock-loans/${loan}`)).body as {
        due?: string;
      };
      if (pick > 1 && due !== undefined && due > dateOf(this.#trading.api.time.now)) await this.#until(due);
      const quantity = kg(String(part));
      const done = await this.#try(who, `/v1/stock-loans/${loan}/pay`, { quantity });
      if (done !== undefined) {
        this.#owed.set(loan, left - part);
        this.#total -= part;
      }
      return done;
    },
    days: async (amount) => {
      await this.#until(addDays(dateOf(this.#trading.api.time.now), 1 + (amount % 100)));
      return true;
    },
    allocate: (amount, who) =>
      this.#entitle(reserve, who, 'allocate', { quantity: kg(String(amount)) }, amount),
    draw: async (wish, who) => {
      const amount = Math.min(wish, Math.ceil(this.#entitled[who]! / 2));
      const done = await this.#entitle(members[who], who, 'draw', { quantity: kg(String(amount)) }, -amount);
      if (done === undefined) return undefined;
      this.#total -= amount;
      const { events } = done as unknown as { events: unknown[] };
      this.#draws.push({ account: who, draw: events.length, left: amount });
      return done;
    },
    replenish: async (amount, _, pick) => {
      const draw = this.#draws.at(pick % (this.#draws.length || 1));
      if (draw === undefined) return undefined;
      const part = pick % 2 === 0 ? draw.left : amount;
      const body = { ...this.#back(part), draw: draw.draw };
      const done = await this.#entitle(reserve, draw.account, 'replenish', body, part);
      if (done === undefined) return undefined;
      draw.left -= part;
      this.#total += part;
      return done;
    },
    transfer: async (amount, who) => {
      const body = { quantity: kg(String(amount)), to: this.#accounts[1 - who] };
      const done = await this.#entitle(members[who], who, 'transfer', body, -amount);
      if (done !== undefined) this.#entitled[1 - who]! += amount;
      return done;
    },
    repurchase: async (wish, who) => {
      const amount = Math.min(wish, Math.ceil(this.#entitled[who]! / 3));
      const body = { quantity: kg(String(amount)) };
      const done = await this.#entitle(members[who], who, 'repurchase', body, -amount);
      if (done !== undefined) this.#total -= amount;
      return done;
    },
    split: async (amount, _, pick) => {
      const lot = await this.#lot(pick);
      const quantities = [kg(String(amount)), kg('1')];
      return lot === undefined
        ? undefined
        : this.#try(reserve, `/v1/stock-lots/${lot}/split`, { quantities });
    },
    merge: async (_, __, pick) => {
      const lots = [await this.#lot(pick), await this.#lot(pick + 1)];
      return lots[0] === lots[1] ? undefined : this.#try(reserve, '/v1/stock-lots/merge', { lots });
    },
    lose: async (amount, who, pick) => {
      const lot = await this.#lot(pick);
      const path = `/v1/stock-lots/${lot ?? ''}/write-off`;
      const quantity = kg(String(Math.ceil(amount / 10)));
      if (lot === undefined || (await this.#try(reserve, path, { quantity, reason: 'Fire' })) === undefined)
        return undefined;
      const done = await this.#try(ada, `${path}/${who === 0 ? 'approve' : 'reject'}`);
      if (done !== undefined && who === 0) this.#total -= Number(quantity.amount);
      return done;
    },
    release: async (amount) => {
      const body = { product: 'ndpr-oxide', quantity: kg(String(amount)), reason: 'The strait is closed.' };
      const release = await this.#try(reserve, `/v1/stockpiles/${this.#stockpile}/releases`, body);
      if (release === undefined) return undefined;
      await this.#try(ada, `/v1/releases/${release.id}/approve`);
      const decided = await this.#try(bob, `/v1/releases/${release.id}/approve`);
      if (decided !== undefined) this.#releases.push(release.id);
      return decided;
    },
    deliver: async (_, who, pick) => {
      const release = this.#releases.at(pick % (this.#releases.length || 1));
      if (release === undefined) return undefined;
      const { organisation } = members[who];
      const done = await this.#try(reserve, `/v1/releases/${release}/deliver`, { organisation });
      if (done === undefined) return undefined;
      const { decided } = done as unknown as {
        decided: { allocations: { organisation: string; quantity: { amount: string } }[] };
      };
      const share = decided.allocations.find((each) => each.organisation === organisation);
      this.#total -= Number(share?.quantity.amount);
      return done;
    },
  };

  /** Days pass, and what they bring. */
  async #until(day: string): Promise<void> {
    this.#trading.api.time.now = `${day}T12:00:00.000Z`;
    await this.#settling.settle();
    for (const [loan, left] of this.#owed) {
      const { status } = (await this.#trading.done(ada, 'GET', `/v1/stock-loans/${loan}`)).body as {
        status?: unknown;
      };
      if (status !== 'defaulted' || left === 0) continue;
      this.#owed.set(loan, 0);
      this.#total -= left;
      this.done.set('default', (this.done.get('default') ?? 0) + 1);
    }
  }

  async #ask(amount: number, who: 0 | 1): Promise<string | undefined> {
    const body = { product: 'ndpr-oxide', quantity: kg(String(amount)), purpose: 'Magnets' };
    const loan = await this.#try(members[who], `/v1/stockpiles/${this.#stockpile}/loans`, body);
    if (loan !== undefined) this.#loans.push({ id: loan.id, who: members[who] });
    return loan?.id;
  }

  async #handOver(loan: string, amount: number): Promise<AnswerBody | undefined> {
    const done = await this.#try(reserve, `/v1/stock-loans/${loan}/hand-over`);
    if (done !== undefined) this.#owed.set(loan, amount);
    return done;
  }

  async #entitle(
    who: Caller,
    account: number,
    verb: string,
    body: object,
    change: number,
  ): Promise<AnswerBody | undefined> {
    const done = await this.#try(who, `/v1/stock-accounts/${this.#accounts[account] ?? ''}/${verb}`, body);
    if (done !== undefined) this.#entitled[account]! += change;
    return done;
  }

  async #lot(pick: number): Promise<string | undefined> {
    const { items } = (await this.#trading.done(reserve, 'GET', '/v1/stock-lots?status=held&limit=100')).body;
    return items.at(pick % (items.length || 1))?.id;
  }

  /** What the stockpile says it has is what the sheet of paper says, and nothing is below nothing. */
  async #isWhole(): Promise<void> {
    const path = `/v1/stockpiles/${this.#stockpile}/positions`;
    const { body } = await this.#trading.done(reserve, 'GET', path);
    const [position = {}] = body['positions'] as Record<string, { amount: string } | string>[];
    const of = (name: string): number => Number((position[name] as { amount: string }).amount);
    for (const name of ['physical', 'encumbered', 'entitled', 'lent', 'inTransit'])
      expect(of(name), name).toBeGreaterThanOrEqual(0);
    expect(of('physical') + of('lent')).toBe(this.#total);
    expect(of('lent')).toBe([...this.#owed.values()].reduce((sum, left) => sum + left, 0));
    expect(of('entitled')).toBe(this.#entitled.reduce((sum, each) => sum + each, 0));
    expect(of('physical')).toBeGreaterThanOrEqual(of('encumbered') + of('entitled'));
  }

  async end(): Promise<void> {
    expect(await this.#settling.findings()).toEqual([]);
  }
}

test('whatever happens to a stockpile in whatever order, nothing is lost, made or below nothing', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 12, maxLength: 30, size: 'max' }), async (script) => {
      const history = await History.begin();
      for (const each of script) await history.do(each);
      await history.end();
      for (const [what, times] of history.done) seen.set(what, (seen.get(what) ?? 0) + times);
    }),
    { numRuns: runs(8) },
  );
  // Of twenty kinds, some default among them, most histories know most.
  expect(seen.size, [...seen.keys()].join()).toBeGreaterThanOrEqual(seenIn(12));
}, 60_000);
