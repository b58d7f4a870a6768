import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listedAs } from '../../../shared/store/table/keys/indexes.ts';
import { allSource, pageFrom } from '../../../shared/store/table/listing.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { testTable } from '../../support/table.ts';

let engine: { stop(): Promise<void> };
let table: Table;
const ids = Array.from({ length: 250 }, (_, index) => `c-${String(index).padStart(3, '0')}`);
beforeAll(async () => {
  ({ engine, table } = await testTable());
  for (const id of ids) await table.put({ pk: `THING#${id}`, sk: 'THING', ...listedAs('contract', id) }, []);
});
afterAll(() => engine.stop());

/** Whole pages one after the other of those that `keeps`, and how many items were looked at for each. */
async function pages(limit: number, keeps: (id: string) => boolean) {
  const found: string[][] = [];
  const looked: number[] = [];
  let after: string | undefined;
  do {
    let read = 0;
    const page = await pageFrom(table, allSource(table, 'contract'), { limit, after }, (items) => {
      read += items.length;
      const all = items.map(({ pk }) => ({ id: String(pk).slice('THING#'.length) }));
      return Promise.resolve(all.filter(({ id }) => keeps(id)));
    });
    found.push(page.items.map(({ id }) => id));
    looked.push(read);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return { found, looked };
}

describe('a list, page by page', () => {
  it.each([1, 10, 99, 100, 249, 250])('has everything once, in order: %i to a page', async (limit) => {
    const { found } = await pages(limit, () => true);
    expect(found.flat()).toEqual(ids);
    expect(found.slice(0, -1).every((page) => page.length === limit)).toBe(true);
  });

  it('reads no more than the page and what tells that there is another', async () => {
    const { looked } = await pages(10, () => true);
    expect(Math.max(...looked)).toBe(11);
  });

  it('makes up faster for what a filter drops', async () => {
    const { found, looked } = await pages(5, (id) => id.endsWith('7'));
    expect(found.flat()).toEqual(ids.filter((id) => id.endsWith('7')));
    expect(looked[0]).toBe(106);
  });
});
