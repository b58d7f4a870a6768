import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { scan } from '../../../infra/audit/scan.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { IdKind } from '../../../shared/kernel/ids.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { instantOf, millisecondsOf } from '../../../shared/kernel/time.ts';
import { tableDefinition } from '../../../shared/store/table/definition.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { testApi } from '../api.ts';
import type { Meddler } from '../faults.ts';
import { memoryClient } from '../memory-dynamo/client.ts';
import { MemoryDynamo } from '../memory-dynamo/engine.ts';
import { MemoryObjects } from '../memory-objects.ts';
import { UnguardedTable, type Guard } from '../simulation/controls.ts';
import { idOf } from '../simulation/ids.ts';
import { Trading } from '../trading.ts';

/**
 * A market in memory, in which every id and every instant follows from what was done: two worlds in which the same was
 * done are equal.
 */
export class World {
  readonly engine: MemoryDynamo;
  readonly objects = new MemoryObjects();
  readonly trading: Trading;
  /** How often somebody has done what costs something. */
  spent = 0;
  readonly #made: string[] = [];

  private constructor(engine: MemoryDynamo) {
    this.engine = engine;
    const newId = this.idsOf('arranged');
    this.trading = new Trading(testApi(this.tableThrough(undefined), { newId, objects: this.objects }));
  }

  static async open(): Promise<World> {
    const world = new World(await emptyEngine());
    await world.trading.begin();
    return world;
  }

  /** One in which the same has happened. */
  async copy(): Promise<World> {
    const world = new World(await emptyEngine());
    const last = new Map(this.engine.stream.map((record) => [JSON.stringify(record.keys), record]));
    for (const { keys, after } of last.values()) world.engine.store('lodestone', keys, after);
    for (const [key, bytes] of this.objects.documents) world.objects.documents.set(key, bytes);
    world.now = this.now;
    return world;
  }

  get now(): Instant {
    return this.trading.api.time.now;
  }
  set now(at: Instant) {
    this.trading.api.time.now = at;
  }

  later(milliseconds: number): Instant {
    return instantOf(millisecondsOf(this.now) + milliseconds);
  }

  /** What whoever looks on reads. */
  get table(): Table {
    return this.tableThrough(undefined);
  }

  tableThrough(meddler: Meddler | undefined, isTaken: (guard: Guard) => boolean = () => false): Table {
    const client = memoryClient(this.engine, meddler);
    const options = { client, name: 'lodestone', pause: () => Promise.resolve(), random: () => 0 };
    return new UnguardedTable(options, isTaken);
  }

  /** Ids of somebody's own; how many somebody has thrown away on the way makes no difference to `picture`. */
  idsOf(name: string): (kind: IdKind) => string {
    let made = 0;
    return (kind) => {
      const id = idOf(kind, `${name} ${String((made += 1))}`);
      if (name !== 'arranged') this.#made.push(id.slice(id.indexOf('_') + 1));
      return id;
    };
  }

  async items(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of scan(this.table)) items.push(...page);
    return items;
  }

  /** Everything in the table, as text that is the same where it is. */
  async picture(): Promise<string> {
    const lines = (await this.items()).map((item) =>
      this.#made.reduce((text, id) => text.replaceAll(id, 'MADE'), canonicalJson(plainOf(item))),
    );
    return lines.sort().join('\n');
  }
}

async function emptyEngine(): Promise<MemoryDynamo> {
  const engine = new MemoryDynamo();
  await memoryClient(engine).send(new CreateTableCommand(tableDefinition('lodestone')));
  return engine;
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainOf(each)]));
}
