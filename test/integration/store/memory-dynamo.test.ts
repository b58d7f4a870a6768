import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scan } from '../../../infra/audit/scan.ts';
import type { Engine } from '../../../infra/local/engine.ts';
import type { Action, Update } from '../../../shared/store/table/action.ts';
import type { Attribute, Clause } from '../../../shared/store/table/condition.ts';
import { doesNotExist, exists, versionIs } from '../../../shared/store/table/condition.ts';
import { tableDefinition } from '../../../shared/store/table/definition.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { memoryClient } from '../../support/memory-dynamo/client.ts';
import { MemoryDynamo } from '../../support/memory-dynamo/engine.ts';
import { embeddedAgrees } from '../../support/memory-dynamo/second-opinion.ts';
import { runs, seenIn } from '../../support/runs.ts';
import { freshTable, embeddedTable } from '../../support/table.ts';

let engine: Engine;
let embedded: Table;
beforeAll(async () => {
  ({ engine, table: embedded } = await embeddedTable());
});
afterAll(async () => {
  await engine.stop();
});

const partitions = ['A', 'B'];
const keyed = fc.record({ pk: fc.constantFrom(...partitions), sk: fc.constantFrom('1', '2', 'é2', '10') });
const small = fc.integer({ min: -2, max: 9 }).map(BigInt);
const value: fc.Arbitrary<Attribute> = fc.oneof(small, fc.constantFrom('x', 'y', '', true, null));
const body = fc.record(
  {
    version: small,
    n: small,
    lock: small,
    body: fc.dictionary(fc.constantFrom('q', 'r'), value, { maxKeys: 2 }),
    list: fc.array(value, { maxLength: 2 }),
    gsi1pk: fc.constantFrom('G', 'H'),
    gsi1sk: fc.constantFrom('1', '2', '3'),
  },
  { requiredKeys: ['version'] },
);

const clause = (expression: string, names: readonly string[], values: Clause['values'] = {}): Clause => ({
  ...{ name: expression, expression, values },
  names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
});
const condition: fc.Arbitrary<Clause> = fc.oneof(
  fc.constantFrom(doesNotExist, exists),
  small.map((version) => versionIs(Number(version))),
  small.map((bound) =>
    clause('attribute_not_exists(#lock) OR #lock <= :bound', ['lock'], { ':bound': bound }),
  ),
  fc
    .tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>='), value)
    .map(([sign, other]) => clause(`#body.#q ${sign} :other`, ['body', 'q'], { ':other': other })),
  small.map((other) =>
    clause('NOT #n = :n AND (#n > :n OR attribute_exists(#body.#r))', ['n', 'body', 'r'], { ':n': other }),
  ),
  fc.constant(clause('begins_with(#gsi1pk, :g)', ['gsi1pk'], { ':g': 'G' })),
);
const conditions = fc.array(condition, { maxLength: 1 });

const change = (expression: string, names: readonly string[], values: Update['values'] = {}): Update => ({
  ...{ expression, values },
  names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
});
const update: fc.Arbitrary<Update> = fc.oneof(
  small.map((n) => change('SET #n = :n, #version = :n', ['n', 'version'], { ':n': n })),
  small.map((n) => change('SET #n = #n - :d, #lock = #n', ['n', 'lock'], { ':d': n })),
  small.map((n) => change('ADD #n :d', ['n'], { ':d': n })),
  value.map((other) =>
    change('SET #body.#q = :v REMOVE #body.#r, #lock', ['body', 'q', 'r', 'lock'], { ':v': other }),
  ),
  small.map((n) => change('SET #n = if_not_exists(#n, :z) + :z', ['n'], { ':z': n })),
);
const write: fc.Arbitrary<Action> = fc.oneof(
  fc.tuple(keyed, body, conditions).map(([key, rest, all]): Action => ({
    ...{ name: 'put', put: { ...key, ...rest }, conditions: all },
  })),
  fc.tuple(keyed, update, conditions).map(([key, set, all]): Action => ({
    ...{ name: 'update', update: key, set, conditions: all },
  })),
  fc.tuple(keyed, conditions).map(([key, all]): Action => ({ name: 'remove', remove: key, conditions: all })),
  fc.tuple(keyed, condition).map(([key, one]): Action => ({ name: 'check', check: key, conditions: [one] })),
);

/** No transaction has two writes of one item. */
const placeOf = (action: Action): string => {
  const { pk, sk } =
    'put' in action
      ? action.put
      : 'update' in action
        ? action.update
        : 'remove' in action
          ? action.remove
          : action.check;
  return `${pk} ${sk}`;
};

/** What a call comes to: its answer, or the name of what was thrown. */
const attempt = async (step: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await step();
  } catch (error) {
    return (error as Error).name;
  }
};

async function readBack(table: Table): Promise<unknown> {
  const items: Item[] = [];
  for await (const page of scan(table)) items.push(...page);
  return {
    items: items.sort((a, b) =>
      `${String(a['pk'])} ${String(a['sk'])}` < `${String(b['pk'])} ${String(b['sk'])}` ? -1 : 1,
    ),
    queries: await Promise.all([
      ...partitions.map((pk) => table.query(pk)),
      table.query('A', { prefix: '1', reverse: true }),
      table.query('A', { after: '1', limit: 2 }),
      table.getMany(partitions.map((pk) => ({ pk, sk: '2' }))),
    ]),
    indexed: [await table.queryIndex('gsi1', 'G'), await table.queryIndex('gsi1', 'H', { until: '2' })].map(
      // Among equal sort keys an index has no order that one could rely on.
      (found) => found.map(({ pk, sk, position }) => `${position} ${pk} ${sk}`).sort(),
    ),
  };
}

describe('the memory that simulations run on', () => {
  it('answers, refuses and keeps what the embedded engine does, whatever is asked of both', async () => {
    const seen = { done: 0, refused: 0, invalid: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 3, arbitrary: fc.array(write, { minLength: 1, maxLength: 1 }) },
            fc.uniqueArray(write, { minLength: 2, maxLength: 4, selector: placeOf }),
          ),
          { minLength: 5, maxLength: 25 },
        ),
        async (history) => {
          const memory = new MemoryDynamo();
          memory.pageItems = 3;
          const tables = [
            await freshTable(embedded.client),
            new Table({
              client: memoryClient(memory),
              name: 't',
              pause: () => Promise.resolve(),
              random: () => 0,
            }),
          ] as const;
          await tables[1].client.send(new CreateTableCommand(tableDefinition('t')));
          for (const actions of history) {
            const [real, simulated] = [
              await attempt(() => tables[0].transact(actions)),
              await attempt(() => tables[1].transact(actions)),
            ];
            expect(simulated).toEqual(real);
            if (typeof real === 'string') seen.invalid += 1;
            else if ((real as { done: boolean }).done) seen.done += 1;
            else seen.refused += 1;
          }
          expect(await readBack(tables[1])).toEqual(await readBack(tables[0]));
        },
      ),
      { numRuns: runs(30) },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThanOrEqual(seenIn(20, 5));
  }, 60_000);

  it('is not believed where the engine, asked the same, comes to something else', async () => {
    const forgetful = { call: () => ({}) } as unknown as MemoryDynamo;
    // An expression of its own: of each kind only the first of a process is asked again, whichever file makes it.
    const put = {
      ...{ TableName: 't', ConditionExpression: 'attribute_not_exists(control)' },
      Item: { pk: { S: 'A' }, sk: { S: '1' }, control: { S: 'put' } },
    };
    await expect(embeddedAgrees(forgetful, 'PutItem', put)()).rejects.toThrow(
      'does not answer as the memory does',
    );
    const careless = { call: () => ({ Item: put.Item, Items: [put.Item] }) } as unknown as MemoryDynamo;
    const query = {
      TableName: 't',
      KeyConditionExpression: '#pk = :pk AND #sk > :control',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
      ExpressionAttributeValues: { ':pk': { S: 'A' }, ':control': { S: '1' } },
    };
    await expect(embeddedAgrees(careless, 'Query', query)()).rejects.toThrow(
      'does not answer as the memory does',
    );
  });
});
