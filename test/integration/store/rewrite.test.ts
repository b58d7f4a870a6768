import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../infra/local/engine.ts';
import { assign } from '../../../shared/store/table/assign.ts';
import { versionIs } from '../../../shared/store/table/condition.ts';
import type { Migrations } from '../../../shared/store/table/item-versions.ts';
import { without } from '../../../shared/kernel/without.ts';
import { rewriteInShape } from '../../../shared/store/table/rewrite.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { embeddedTable } from '../../support/table.ts';

/** A release in which what was `kilograms` of an order is `mass` in grams, and a name is gone. */
const migrations: Migrations = {
  order: [
    (item) => {
      const { kilograms } = item;
      return { ...without(item, 'kilograms', 'nickname'), mass: { grams: (kilograms as bigint) * 1000n } };
    },
  ],
};

let engine: Engine;
let before: Table;
let table: Table;
beforeAll(async () => {
  const made = await embeddedTable();
  ({ engine, table: before } = made);
  const options = { client: made.client, name: before.name, pause: () => Promise.resolve(), random: () => 0 };
  table = new Table({ ...options, migrations });
});
afterAll(async () => {
  await engine.stop();
});

const older = async (id: string) => {
  const key = { pk: `ORDER#${id}`, sk: 'ORDER' };
  const Item = marshall({ ...key, kilograms: 2, nickname: 'x', version: 1, lock: 7 });
  await before.client.send(new PutItemCommand({ TableName: before.name, Item }));
  return key;
};
const stored = async (key: { pk: string; sk: string }) => {
  const { Item } = await before.client.send(
    new GetItemCommand({ TableName: before.name, Key: marshall(key) }),
  );
  return Item && unmarshall(Item);
};

describe('an item of an older shape', () => {
  it('is read in the shape of today, and stays as it is', async () => {
    const key = await older('read');
    expect(await table.get(key)).toEqual({ ...key, mass: { grams: 2000n }, version: 1n, lock: 7n });
    expect(await table.query(key.pk)).toEqual(await table.getMany([key]));
    expect(await stored(key)).not.toHaveProperty('v');
  });

  it('is rewritten before it is updated, alone or in a transaction, under the same conditions', async () => {
    for (const way of ['update', 'transact'] as const) {
      const key = await older(way);
      const set = assign({ version: 2 });
      const change = () =>
        way === 'update'
          ? table.update(key, set, [versionIs(1)])
          : table.transact([{ name: 'order', update: key, set, conditions: [versionIs(1)] }]);
      expect(await change()).toMatchObject({ done: true });
      expect(await stored(key)).toEqual({ ...key, mass: { grams: 2000 }, version: 2, lock: 7, v: 2 });
      expect(await change()).toMatchObject({ done: false });
    }
  });

  it('refuses as it would in the shape of today', async () => {
    const key = await older('refused');
    const refused = await table.transact([
      { name: 'order', update: key, set: assign({ version: 9 }), conditions: [versionIs(8)] },
    ]);
    expect(refused).toMatchObject({
      done: false,
      refusals: [{ action: 'order', item: { mass: { grams: 2000n }, version: 1n } }],
    });
  });

  it('is put in the shape of today, and made in it by an update', async () => {
    const key = { pk: 'ORDER#new', sk: 'ORDER' };
    await table.update(key, assign({ version: 1 }), []);
    expect(await stored(key)).toEqual({ ...key, version: 1, v: 2 });
    await table.put({ ...key, version: 2 }, [versionIs(1)]);
    expect(await stored(key)).toEqual({ ...key, version: 2, v: 2 });
  });

  it('is not rewritten over what somebody has changed meanwhile', async () => {
    const key = await older('raced');
    const { Item = {} } = await before.client.send(
      new GetItemCommand({ TableName: before.name, Key: marshall(key) }),
    );
    await before.client.send(
      new PutItemCommand({ TableName: before.name, Item: { ...Item, kilograms: { N: '5' } } }),
    );
    await rewriteInShape(before.client, before.name, Item, migrations);
    expect(await stored(key)).toMatchObject({ kilograms: 5 });
    await before.client.send(
      new PutItemCommand({ TableName: before.name, Item: { ...Item, lock: { N: '8' } } }),
    );
    await rewriteInShape(before.client, before.name, Item, migrations);
    expect(await stored(key)).toMatchObject({ mass: { grams: 2000 }, lock: 8 });
  });
});
