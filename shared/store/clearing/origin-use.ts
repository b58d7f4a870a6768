import * as z from 'zod';
import type { MarketFigures } from '../../clearing/documents/record.ts';
import type { OriginUse } from '../../clearing/snapshot.ts';
import type { ContractTerms } from '../../contracts/chain.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { lotsOf, quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Action } from '../table/action.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import type { Table } from '../table/table.ts';

/** Lots by quarter, then by lane: an origin and a destination, as `CL>DE`. */
type Use = Readonly<Record<Quarter, Readonly<Record<string, bigint>>>>;

export const yearItemSchema = z.object({
  sk: z.string(),
  run: z.bigint().transform(Number),
  lots: z.record(z.string(), z.record(z.string(), z.bigint())),
  /** By quarter, the zones by which every run so far was judged to hide everybody. */
  open: z.record(z.string(), z.string()),
});
type YearItem = z.output<typeof yearItemSchema>;

const readYears = async (table: Table, product: string): Promise<YearItem[]> => {
  const { pk, sk } = keys.marketUse(product, '');
  return (await table.query(pk, { prefix: sk })).map((item) => yearItemSchema.parse(item));
};

/**
 * What all contracts of a market deliver from one country to another, by quarter, origin and destination. Exact
 * whenever no run of the market is being applied: each run is counted in the write that closes it.
 */
export const readOriginUse = async (table: Table, product: Product): Promise<OriginUse[]> =>
  useOf(await readYears(table, product.id), product);

/** The same, and of which quarters it may be shown to anybody. */
export async function readShownUse(
  table: Table,
  product: Product,
): Promise<{ readonly use: OriginUse[]; readonly open: ReadonlyMap<Quarter, string> }> {
  const years = await readYears(table, product.id);
  return { use: useOf(years, product), open: new Map(years.flatMap(({ open }) => Object.entries(open))) };
}

const useOf = (years: readonly YearItem[], product: Product): OriginUse[] =>
  years.flatMap(({ lots }) =>
    Object.entries(lots)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([quarter, lanes]) =>
        Object.entries(lanes)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([lane, count]) => {
            const [origin, destination] = lane.split('>') as [string, string];
            return { origin, destination, quarter, quantity: quantityOf(count, product) };
          }),
      ),
  );

/** What contracts deliver, to be counted. */
export function useOfContracts(contracts: readonly ContractTerms[], product: Product): Use {
  const use: Record<Quarter, Record<string, bigint>> = {};
  for (const { origin, destination, schedule } of contracts)
    for (const { quarter, quantity } of schedule) {
      const lanes = (use[quarter] ??= {});
      const lane = `${origin}>${destination}`;
      lanes[lane] = (lanes[lane] ?? 0n) + must(lotsOf(quantity, product));
    }
  return use;
}

/** The year's count as it was read, by the run that wrote it last. */
const lastCounted = (run: number): Clause => ({
  name: 'lastCounted',
  expression: '#run = :lastCounted',
  names: { '#run': 'run' },
  values: { ':lastCounted': run },
});

/**
 * Counts a run's contracts, as part of the transaction that closes the run: that one is done once, so the sum is
 * exact. A year is one item, since a transaction has room for every year that orders can name, but not for every
 * quarter.
 */
export async function countUse(
  table: Table,
  product: string,
  run: number,
  use: Use,
  counted: MarketFigures['counted'],
): Promise<Action[]> {
  const touched = Map.groupBy(Object.keys(use), (quarter) => quarter.slice(0, 4));
  if (touched.size === 0) return [];
  const years = new Map((await readYears(table, product)).map((year) => [year.sk, year]));
  return [...touched].map(([year, quarters]): Action => {
    const key = keys.marketUse(product, year);
    const before = years.get(key.sk);
    const lots: Record<Quarter, Record<string, bigint>> = { ...before?.lots };
    const open: Record<Quarter, string> = { ...before?.open };
    for (const quarter of quarters) {
      // Once somebody could be read from a quarter's count, the count stays closed.
      const isFirst = lots[quarter] === undefined;
      const zones = counted?.hides === true ? counted.zones : undefined;
      if (zones !== undefined && (isFirst || open[quarter] === zones)) open[quarter] = zones;
      else open[quarter] = '';
      const lanes = { ...lots[quarter] };
      for (const [lane, count] of Object.entries(use[quarter]!)) lanes[lane] = (lanes[lane] ?? 0n) + count;
      lots[quarter] = lanes;
    }
    return {
      name: `use of ${year}`,
      put: { ...key, type: 'origin use', run, lots, open },
      conditions: [before === undefined ? doesNotExist : lastCounted(before.run)],
    };
  });
}
