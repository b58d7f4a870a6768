import * as z from 'zod';
import type { Outcome } from '../../clearing/outcome/outcome.ts';
import { outcomeSchema } from '../../clearing/outcome/outcome.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Action } from '../table/action.ts';
import { doesNotExist } from '../table/condition.ts';
import { contractTermsOf } from './contracts.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { pagesOf, shardSource } from '../table/listing.ts';
import { readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

export const readOutcome = (item: Item): Outcome => readBody(outcomeSchema, item);

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

/** All contracts of one shard as agreed, page by page, without their events. */
export async function* contractTermsOfShard(
  table: Table,
  shard: number,
): AsyncGenerator<readonly Pick<Contract, 'id' | 'product' | 'schedule' | 'concludedAt'>[]> {
  for await (const found of pagesOf(shardSource(table, 'contract', shard)))
    yield (await table.getMany(found)).map(contractTermsOf);
}

/** The first quarter of a schedule: before it, a contract has nothing to do. */
export const firstQuarterOf = ({ schedule }: Pick<Contract, 'schedule'>): Quarter =>
  schedule.reduce((first, { quarter }) => (quarter < first ? quarter : first), schedule[0]!.quarter);
