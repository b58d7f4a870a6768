import { revealsBeside } from '../../kernel/withholding.ts';
import type { Product } from '../../reference/product.ts';
import type { StockRelease } from '../../stockpiles/release.ts';
import { wholeSteps } from '../../stockpiles/steps.ts';
import { readOrganisation } from '../reference/reference.ts';
import { recordsOfStockpile, releaseRecords } from './stock-records.ts';
import type { Table } from '../table/table.ts';

/** Releases whose published totals a total is judged by, and those of them of which two are taken together. */
const judgedBy = { single: 10, together: 3 };

/**
 * Whether the total would tell what one group of organisations gets, by itself or beside the totals that were published
 * before of the same stock: a need that was verified since would be the difference of two releases. Two decisions at
 * once issue the same lots first, so that the second is taken again, and finds the first.
 */
export async function totalReveals(
  table: Table,
  { stockpile, product: of }: StockRelease,
  product: Product,
  needs: readonly { readonly organisation: string }[],
  shares: readonly bigint[],
): Promise<boolean> {
  const published = (await recordsOfStockpile(table, releaseRecords, stockpile))
    .flatMap(({ product: released, decided, approvals }) =>
      released === of && decided !== undefined && decided.published !== null
        ? [{ at: approvals.at(-1)?.at ?? '', allocations: decided.allocations }]
        : [],
    )
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(-judgedBy.single);
  const totals = [
    needs.map(({ organisation }, index) => [organisation, shares[index]!] as const),
    ...published.map(({ allocations }) =>
      allocations.map(({ organisation, quantity }) => [organisation, wholeSteps(quantity, product)] as const),
    ),
  ];
  const names = [...new Set(totals.flat().map(([organisation]) => organisation))];
  const groupOfName = new Map(
    await Promise.all(
      names.map(
        async (name) =>
          [name, (await readOrganisation(table, name))?.group ?? `organisation ${name}`] as const,
      ),
    ),
  );
  const groups = [...new Set(groupOfName.values())];
  const [own, ...earlier] = totals.map((parts) => {
    const sums = groups.map(() => 0n);
    for (const [organisation, steps] of parts) sums[groups.indexOf(groupOfName.get(organisation)!)]! += steps;
    return [sums];
  });
  return revealsBeside(own!, earlier, earlier.slice(-judgedBy.together));
}
