import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../infra/local/engine.ts';
import { doesNotExist, versionIs } from '../../../shared/store/table/condition.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { embeddedTable } from '../../support/table.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  ({ engine, table } = await embeddedTable());
});
afterAll(async () => {
  await engine.stop();
});

const key = (sk: string) => ({ pk: 'P', sk });

describe('the table', () => {
  it('writes all actions of a transaction or none, and names the condition that failed', async () => {
    await table.transact([{ name: 'first', put: { ...key('a'), version: 1 }, conditions: [doesNotExist] }]);
    const outcome = await table.transact([
      { name: 'other', put: { ...key('b'), version: 1 } },
      { name: 'again', put: { ...key('a'), version: 2 }, conditions: [doesNotExist] },
    ]);
    expect(outcome).toMatchObject({
      done: false,
      refusals: [{ action: 'again', index: 1, item: { version: 1n } }],
    });
    expect(await table.get(key('b'))).toBeUndefined();
  });

  it('updates under named clauses', async () => {
    await table.transact([{ name: 'put', put: { ...key('c'), version: 1 } }]);
    const raise = () =>
      table.transact([
        {
          name: 'raise',
          update: key('c'),
          set: {
            expression: 'SET #version = #version + :one',
            names: { '#version': 'version' },
            values: { ':one': 1 },
          },
          conditions: [versionIs(1)],
        },
      ]);
    expect(await raise()).toEqual({ done: true });
    expect(await raise()).toMatchObject({ done: false });
    expect(await table.get(key('c'))).toMatchObject({ version: 2n });
  });

  it('answers a partition in order of sort key, behind a cursor, at most so many', async () => {
    for (const sk of ['x2', 'x1', 'x3', 'y1']) await table.transact([{ name: 'put', put: { pk: 'Q', sk } }]);
    const sortKeys = async (options: Parameters<Table['query']>[1]) =>
      (await table.query('Q', options)).map((item) => item['sk']);
    expect(await sortKeys({ prefix: 'x' })).toEqual(['x1', 'x2', 'x3']);
    expect(await sortKeys({ after: 'x1', limit: 2 })).toEqual(['x2', 'x3']);
    expect(await sortKeys({ reverse: true, limit: 1 })).toEqual(['y1']);
  });
});
