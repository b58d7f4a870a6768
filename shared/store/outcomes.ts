import * as z from 'zod';
import type { Outcome } from '../clearing/outcome/outcome.ts';
import { outcomeSchema } from '../clearing/outcome/outcome.ts';
import type { Contract } from '../contracts/contract.ts';
import type { Quarter } from '../kernel/quarter.ts';
import type { Action } from './action.ts';
import { doesNotExist } from './condition.ts';
import { contractTermsOf } from './contracts.ts';
import type { Item } from './item.ts';
import { keys, listPartition } from './keys.ts';
import { plain } from './order-item.ts';
import type { Table } from './table.ts';

export const readOutcome = (item: Item): Outcome =>
  z.decode(outcomeSchema, plain(item['body']) as z.input<typeof outcomeSchema>);

/** What is published of a market's quarters, oldest first. */
export async function readOutcomes(table: Table, product: string): Promise<Outcome[]> {
  const { pk, sk } = keys.marketOutcome(product, '');
  return (await table.query(pk, { prefix: sk })).map(readOutcome);
}

/** Once: whoever comes second is refused. */
export const publishOutcome = (product: string, outcome: Outcome): Action => ({
  name: 'outcome',
  put: {
    ...keys.marketOutcome(product, outcome.quarter),
    type: 'outcome',
    body: z.encode(outcomeSchema, outcome),
  },
  conditions: [doesNotExist],
});

const pageSize = 1000;

/** All contracts of one shard as agreed, page by page, without their events. */
export async function* contractTermsOfShard(
  table: Table,
  shard: number,
): AsyncGenerator<readonly Pick<Contract, 'id' | 'product' | 'schedule' | 'concludedAt'>[]> {
  let after: string | undefined;
  for (;;) {
    const found = await table.queryIndex('gsi2', listPartition('contract', shard), {
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    yield (await table.getMany(found.map(({ pk, sk }) => ({ pk, sk })))).map(contractTermsOf);
    after = found.at(-1)?.position;
    if (found.length < pageSize || after === undefined) return;
  }
}

/** The first quarter of a schedule: before it, a contract has nothing to do. */
export const firstQuarterOf = ({ schedule }: Pick<Contract, 'schedule'>): Quarter =>
  schedule.reduce((first, { quarter }) => (quarter < first ? quarter : first), schedule[0]!.quarter);
