import { AsyncLocalStorage } from 'node:async_hooks';
import type { Route } from '../../../functions/api/route.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { Action } from '../../../shared/store/table/action.ts';
import type { Outcome, Updated } from '../../../shared/store/table/table.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { testApi } from '../api.ts';
import type { DoorRequest } from './requests.ts';
import { TokenMaker } from './tokens.ts';
import type { World } from './world.ts';

/** A table that is read as it is, takes every write for done, and forgets it: each request finds the same world. */
class StillTable extends Table {
  /** Counts the writes of each of the requests that are under way at once. */
  static readonly counter = new AsyncLocalStorage<{ written: number }>();

  static #count(actions = 1): void {
    const counter = StillTable.counter.getStore();
    if (counter !== undefined) counter.written += actions;
  }

  override transact(actions: readonly Action[]): Promise<Outcome> {
    StillTable.#count(actions.length);
    return Promise.resolve({ done: true });
  }

  override update(): Promise<Updated> {
    StillTable.#count();
    return Promise.resolve({ done: true, item: {} });
  }

  override put(): Promise<Updated> {
    StillTable.#count();
    return Promise.resolve({ done: true, item: {} });
  }
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `undefined` where it is not JSON. */
  readonly body: unknown;
  /** Writes that it came to. */
  readonly written: number;
}

/** What is sent: `body` as text goes out as it is. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const sent = (method: string, path: string, { body, ifMatch }: DoorRequest): Sent => ({
  method: method.toUpperCase(),
  path,
  ...(body === undefined ? {} : { body }),
  ...(ifMatch === undefined ? {} : { headers: { 'If-Match': ifMatch } }),
});

export const textOf = (body: unknown): string | undefined =>
  body === undefined || typeof body === 'string' ? body : JSON.stringify(body);

/** The API over a world that stands still, with the verification of tokens that is used outside of tests. */
export class DoorApi {
  readonly tokens: TokenMaker;
  readonly #api: ReturnType<typeof testApi>;
  readonly #issued = new Map<Caller, Promise<string>>();

  private constructor(world: World, tokens: TokenMaker, routes?: readonly Route[]) {
    const { table, objects, clock } = world.trading.api.dependencies;
    const { client, name } = table;
    this.tokens = tokens;
    const still = new StillTable({ client, name, pause: () => Promise.resolve(), random: () => 0 });
    this.#api = testApi(still, { objects, clock, verifyToken: tokens.verify }, routes);
  }

  static async open(world: World, routes?: readonly Route[]): Promise<DoorApi> {
    return new DoorApi(world, await TokenMaker.open(world.trading.api.dependencies.clock), routes);
  }

  get log() {
    return this.#api.log;
  }

  async as(who: Caller, request: Sent): Promise<DoorAnswer> {
    const token = this.#issued.get(who) ?? this.tokens.token(who);
    this.#issued.set(who, token);
    return this.send(request, `Bearer ${await token}`);
  }

  async send({ method, path, body, headers }: Sent, authorization?: string): Promise<DoorAnswer> {
    const counter = { written: 0 };
    const payload = textOf(body);
    const request = {
      method,
      headers: {
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    };
    const response = await StillTable.counter.run(counter, () => this.#api.app.request(path, request));
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined,
      written: counter.written,
    };
  }
}
