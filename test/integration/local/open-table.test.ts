import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../infra/local/engine.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { openTable } from '../../../infra/local/store.ts';
import { tableDefinition } from '../../../shared/store/table/definition.ts';
import { dueFrom, duePartition } from '../../../shared/store/table/keys/indexes.ts';
import { shardOf } from '../../../shared/store/table/keys/shards.ts';
import { clientFor } from '../../support/table.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => {
  await engine.stop();
});

describe('a table from before an index', () => {
  it('gets it when it is opened, with what lies there already in it', async () => {
    const client = clientFor(engine.endpoint);
    const older = tableDefinition('older');
    const indexes = older.GlobalSecondaryIndexes!.filter(({ IndexName }) => IndexName !== 'gsi3');
    await client.send(
      new CreateTableCommand({
        ...older,
        AttributeDefinitions: older.AttributeDefinitions!.filter(
          ({ AttributeName }) => AttributeName?.startsWith('gsi3') !== true,
        ),
        GlobalSecondaryIndexes: indexes,
      }),
    );
    const contract = `ctr_${'c'.repeat(32)}`;
    const table = await openTable(client, 'older');
    await table.put({ pk: `CONTRACT#${contract}`, sk: 'CONTRACT', ...dueFrom('2027-01-01', contract) }, []);
    const { Table: description } = await client.send(new DescribeTableCommand({ TableName: 'older' }));
    expect(description?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      'gsi1',
      'gsi2',
      'gsi3',
    ]);
    const due = await table.queryIndex('gsi3', duePartition(shardOf(contract)), { until: '2027-01-01~' });
    expect(due.map(({ pk }) => pk)).toEqual([`CONTRACT#${contract}`]);
    expect(await table.queryIndex('gsi3', duePartition(shardOf(contract)), { until: '2026-12-31~' })).toEqual(
      [],
    );
  });
});
