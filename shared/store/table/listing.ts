import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import type { ListedKind, OwnedKind } from './keys/indexes.ts';
import type { Key } from './keys/key.ts';
import { listPartition, ownerPartition } from './keys/indexes.ts';
import { shards } from './keys/shards.ts';
import type { Item } from './item.ts';
import type { Table } from './table.ts';

/** Items read for one page at most: a filter that keeps next to nothing gives a short page and a cursor. */
const maximumRead = 1000;
/** Items read together at most. */
const maximumBatch = 100;

type Located = Key & { readonly position: string };

/** The next keys of a list behind a position, in order. */
type Source = (after: string | undefined, limit: number) => Promise<Located[]>;

/** The caller's own items of a kind. */
export const ownedSource =
  (table: Table, organisation: string, kind: OwnedKind): Source =>
  (after, limit) =>
    table.queryIndex('gsi1', ownerPartition(organisation, kind), range(after, limit));

/** One shard's items of a kind. */
export const shardSource =
  (table: Table, kind: ListedKind, shard: number): Source =>
  (after, limit) =>
    table.queryIndex('gsi2', listPartition(kind, shard), range(after, limit));

/** All items of a kind: every shard's next, merged. */
export const allSource =
  (table: Table, kind: ListedKind): Source =>
  async (after, limit) => {
    const found = await Promise.all(shards.map((shard) => shardSource(table, kind, shard)(after, limit)));
    return inOrder(found.flat()).slice(0, limit);
  };

/** Several lists as one; what is in more than one of them is in it once. */
export const mergedSource =
  (...sources: readonly Source[]): Source =>
  async (after, limit) => {
    const found = await Promise.all(sources.map((source) => source(after, limit)));
    const distinct = new Map(found.flat().map((located) => [located.position, located]));
    return inOrder([...distinct.values()]).slice(0, limit);
  };

/** Keys read together by whoever must look at all that a source lists. */
const wholePage = 500;

/** All that a source lists, in order, page after page. */
export async function* pagesOf(source: Source): AsyncGenerator<readonly Located[]> {
  for (let after: string | undefined; ;) {
    const located = await source(after, wholePage);
    yield located;
    after = located.at(-1)?.position;
    if (located.length < wholePage || after === undefined) return;
  }
}

const range = (after: string | undefined, limit: number) =>
  after === undefined ? { limit } : { after, limit };

const inOrder = (located: readonly Located[]): Located[] =>
  located.toSorted((a, b) => (a.position < b.position ? -1 : 1));

/**
 * One page of what `keep` makes of a source's items. Positions are those of items looked at, kept or not, so that
 * the next page goes on where this one stopped looking.
 */
export async function pageFrom<T extends { readonly id: string }>(
  table: Table,
  source: Source,
  page: PageRequest,
  keep: (items: readonly Item[]) => Promise<readonly T[]>,
): Promise<Page<T>> {
  const kept: T[] = [];
  let after = page.after;
  // The page and one more, which tells that there is another page. Where a filter kept less, it is made up for faster.
  let wanted = Math.min(page.limit + 1, maximumBatch);
  for (let left = maximumRead; left > 0; left -= wanted, wanted = Math.min(maximumBatch, left)) {
    const located = await source(after, wanted);
    if (located.length === 0) return { items: kept, next: null };
    const positionOf = new Map(located.map(({ pk, sk, position }) => [`${pk}|${sk}`, position]));
    const items = (await table.getMany(located))
      .map((item) => ({
        item,
        position: positionOf.get(`${String(item['pk'])}|${String(item['sk'])}`) ?? '',
      }))
      .sort((a, b) => (a.position < b.position ? -1 : 1));
    kept.push(...(await keep(items.map(({ item }) => item))));
    if (kept.length > page.limit) {
      const items = kept.slice(0, page.limit);
      return { items, next: items.at(-1)?.id ?? null };
    }
    if (located.length < wanted) return { items: kept, next: null };
    after = located.at(-1)?.position;
  }
  return { items: kept, next: after ?? null };
}

/** One page of the caller's own items of a kind, or of everybody's for administrators and auditors. */
export const listOwnedOrAll = <T extends { readonly id: string }>(
  table: Table,
  kind: OwnedKind & ListedKind,
  caller: Caller,
  page: PageRequest,
  keep: (items: readonly Item[]) => Promise<readonly T[]>,
): Promise<Page<T>> =>
  pageFrom(
    table,
    seesAll(caller) ? allSource(table, kind) : ownedSource(table, caller.organisation, kind),
    page,
    keep,
  );
