import type { ContractTerms } from '../../contracts/chain.ts';
import type { Contract } from '../../contracts/contract.ts';
import { groupOf } from '../../reference/organisation.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import type { AssessedContract } from '../../risk/assessment-inputs.ts';
import { assessedContract } from '../../risk/assessed-contract.ts';
import { contractOf, contractTermsOf, readContract } from './contracts.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { productContracts } from '../table/keys/indexes.ts';
import { shards } from '../table/keys/shards.ts';
import { readAll } from '../reference/reference.ts';
import { readStandardTerms } from '../reference/standard-terms.ts';
import type { Table } from '../table/table.ts';

const pageSize = 500;
/** Histories read at the same time. */
const atOnce = 16;

/** A contract without history is whole in two items; of the others the events are read as well. */
export interface Found {
  readonly item: Item;
  readonly first: Item;
}

/** The contracts of one product, page by page: each one's own item and its first event. */
export async function* contractsOfProduct(table: Table, product: string): AsyncGenerator<readonly Found[]> {
  for (const shard of shards) {
    let after: string | undefined;
    for (;;) {
      const located = await table.queryIndex('gsi2', productContracts(product, shard), {
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      const ids = located.map(({ position }) => position);
      const items = await table.getMany([
        ...ids.map((id) => keys.contract(id)),
        ...ids.map((id) => keys.contractEvent(id, 1)),
      ]);
      const byKey = new Map(items.map((item) => [`${String(item['pk'])}|${String(item['sk'])}`, item]));
      const itemOf = ({ pk, sk }: { pk: string; sk: string }): Item => {
        const item = byKey.get(`${pk}|${sk}`);
        if (item === undefined) throw new Error(`${pk} ${sk} is listed, and not there`);
        return item;
      };
      yield ids.map((id) => ({ item: itemOf(keys.contract(id)), first: itemOf(keys.contractEvent(id, 1)) }));
      after = located.at(-1)?.position;
      if (located.length < pageSize || after === undefined) break;
    }
  }
}

/** The contracts of a product with their events, of which some quarter ends after `since`, page by page. */
export async function* livingContracts(
  table: Table,
  product: string,
  { destinations, since }: Pick<AssessedSpan, 'destinations' | 'since'>,
): AsyncGenerator<readonly Contract[]> {
  for await (const page of contractsOfProduct(table, product)) {
    const wanted = page.filter(({ item }) => {
      const terms = contractTermsOf(item);
      return reaches(terms, since) && (destinations?.includes(terms.destination) ?? true);
    });
    for (let start = 0; start < wanted.length; start += atOnce)
      yield await Promise.all(
        wanted.slice(start, start + atOnce).map(async ({ item, first }) => {
          const grown = Number(item['events'] ?? 1) > 1;
          const contract = grown
            ? await readContract(table, String(item['pk']).slice('CONTRACT#'.length))
            : contractOf(item, [first]);
          if (contract === undefined) throw new Error(`${String(item['pk'])} is listed, and not there`);
          return contract;
        }),
      );
  }
}

/** Whether something of what was agreed lies in that quarter or behind it. */
export const reaches = ({ schedule }: Pick<ContractTerms, 'schedule'>, since: string): boolean =>
  schedule.some(({ quarter }) => quarter >= since);

/**
 * What tells of contracts of a product as an assessment counts them on a day. Standard terms are read once a version,
 * which never changes.
 *
 * @param group the group of related parties of an organisation
 */
export function assessing(
  table: Table,
  product: string,
  today: CalendarDate,
  group: (organisation: string) => string,
): (contracts: readonly Contract[]) => Promise<AssessedContract[]> {
  const versions = new Map<number | null, Awaited<ReturnType<typeof readStandardTerms>>>();
  return async (contracts) => {
    for (const { standardTerms } of contracts)
      if (!versions.has(standardTerms ?? null))
        versions.set(standardTerms ?? null, await readStandardTerms(table, { product, standardTerms }));
    return contracts.map((contract) =>
      assessedContract(contract, versions.get(contract.standardTerms ?? null)!, today, group),
    );
  };
}

/** Who is related to whom, as registered now. */
export async function readGroups(table: Table): Promise<(organisation: string) => string> {
  const organisations = new Map((await readAll(table, 'organisation')).map((each) => [each.id, each]));
  return (id) => groupOf(id, organisations.get(id));
}

/**
 * The contracts of a product as an assessment counts them, in order of id: those that deliver to one of the
 * destinations (to any, without), and of which some quarter ends after `since`.
 */
export async function readAssessedContracts(
  table: Table,
  product: string,
  { today, ...span }: AssessedSpan,
): Promise<AssessedContract[]> {
  const assess = assessing(table, product, today, await readGroups(table));
  const found: AssessedContract[] = [];
  for await (const contracts of livingContracts(table, product, span))
    found.push(...(await assess(contracts)));
  return inOrder(found);
}

export const inOrder = (contracts: readonly AssessedContract[]): AssessedContract[] =>
  contracts.toSorted((a, b) => (a.contract < b.contract ? -1 : 1));

export interface AssessedSpan {
  readonly destinations?: readonly string[] | undefined;
  /** The first quarter that matters. */
  readonly since: string;
  readonly today: CalendarDate;
}
