import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallOptions } from '../../functions/notify/call-webhook.ts';
import { webhookCaller } from '../../functions/notify/call-webhook.ts';
import type { NotifyDependencies } from '../../functions/notify/dependencies.ts';
import { notifySettings } from '../../functions/notify/dependencies.ts';
import type { DomainEvent } from '../../functions/stream/domain-event.ts';
import { domainEventOf } from '../../functions/stream/domain-event.ts';
import type { FollowerDependencies } from '../../functions/stream/follow.ts';
import { scan } from '../../infra/audit/scan.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { Table } from '../../shared/store/table/table.ts';
import { testApi } from './api.ts';
import { ada } from './market-api.ts';
import { productBody, zoneBody } from './reference.ts';
import { tableAs } from './table-guard.ts';
import { freshTable } from './table.ts';

/** What a subscriber's server received, and how it answers. */
export class Receiver {
  readonly got: { readonly headers: Record<string, string>; readonly body: string; readonly path: string }[] =
    [];
  /** By path; 200 where none is set. */
  readonly answers = new Map<string, (respond: Respond) => void>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Receiver> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const path = request.url ?? '';
        receiver.got.push({ headers: request.headers as Record<string, string>, body, path });
        const respond: Respond = (status, headers = {}, text = '') => {
          response.writeHead(status, headers).end(text);
        };
        (
          receiver.answers.get(path) ??
          ((ok: Respond) => {
            ok(200);
          })
        )(respond);
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return receiver;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  to(path: string) {
    return this.got.filter((each) => each.path === path);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
type Respond = (status: number, headers?: Record<string, string>, text?: string) => void;

/** A market with a product, a zone that gets nearly all of it from one origin, and nobody's stockpiles. */
export class Warning {
  readonly api: ReturnType<typeof testApi>;
  readonly table: Table;
  readonly receiver: Receiver;

  private constructor(table: Table, receiver: Receiver) {
    this.table = table;
    this.receiver = receiver;
    this.api = testApi(table, { webhookHosts: new Set([receiver.host]) });
  }

  static async open(client: DynamoDBClient, receiver: Receiver): Promise<Warning> {
    const market = new Warning(await freshTable(client), receiver);
    await market.done('PUT', '/v1/products/gallium', productBody({ mineral: 'gallium' }));
    await market.done('PUT', '/v1/products/cobalt', productBody({ mineral: 'cobalt' }));
    await market.done('PUT', '/v1/zones/us', zoneBody(['US'], { name: 'United States' }));
    await market.done('PUT', '/v1/zones/us/flows/gallium', {
      ...{ source: 'Customs', year: 2025 },
      flows: [
        { origin: 'CN', quantity: { amount: '98', unit: 'kg' } },
        { origin: 'CA', quantity: { amount: '2', unit: 'kg' } },
      ],
    });
    return market;
  }

  async done(method: string, path: string, body: object, who = ada) {
    const answer = await this.api.call(who, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** An export ban on gallium from China to the United States. */
  async ban(changes: object = {}): Promise<string> {
    const body = {
      ...{ kind: 'export-ban', title: 'Export ban on gallium', origins: ['CN'], minerals: ['gallium'] },
      ...{ destinations: ['US'], from: '2024-12-03', source: 'Announcement 46 of 2024', ...changes },
    };
    return (await this.done('POST', '/v1/disruptions', body)).id;
  }

  items(): Promise<Item[]> {
    return Warning.itemsOf(this.table);
  }

  /** Everything in a table. */
  static async itemsOf(table: Table): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of scan(table)) items.push(...page);
    return items;
  }

  /** Everything that has happened, as the stream would tell it. */
  async events(): Promise<DomainEvent[]> {
    return (await this.items()).flatMap((item) => domainEventOf(item) ?? []);
  }

  /** A table through a client of one's own, which can be tampered with. */
  tableOf(client: DynamoDBClient): Table {
    return new Table({ client, name: this.table.name, pause: () => Promise.resolve(), random: () => 0 });
  }

  follower(table = this.table): FollowerDependencies {
    const { clock, logger } = this.api.dependencies;
    return { table: tableAs('stream', table), clock, logger };
  }

  sender(changes: Partial<NotifyDependencies> = {}, call: Partial<CallOptions> = {}): NotifyDependencies {
    const { clock, logger } = this.api.dependencies;
    return {
      ...{ clock, logger },
      call: webhookCaller({ allowedHosts: new Set([this.receiver.host]), ...call }),
      ...{ random: () => 0, remainingMilliseconds: () => Infinity, settings: notifySettings },
      ...changes,
      table: tableAs('notify', changes.table ?? this.table),
    };
  }

  /** So much later, in milliseconds. */
  wait(milliseconds: number): void {
    this.api.time.now = new Date(Date.parse(this.api.time.now) + milliseconds).toISOString();
  }
}
