import type { SnapshotReference } from '../../shared/clearing/snapshot.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { ok } from '../../shared/kernel/result.ts';
import type { Held } from '../../shared/pricing/fixing.ts';
import { referencePerUnit } from '../../shared/pricing/indexed-price.ts';
import type { Fixing } from '../../shared/pricing/reference-price.ts';
import type { Product } from '../../shared/reference/product.ts';
import { groupOf } from '../../shared/reference/organisation.ts';
import { sealConfiguration } from '../../shared/store/reference/configuration.ts';
import { freezeFixing, readFigure, referenceOfDay } from '../../shared/store/prices/fixings.ts';
import { readMarketConfiguration } from '../../shared/store/reference/market-configuration.ts';
import { moneyOf } from '../../shared/kernel/money.ts';
import { lockBudget, readBudget } from '../../shared/store/support/programme-budget.ts';
import { readOriginUse } from '../../shared/store/clearing/origin-use.ts';
import { versionAt } from '../../shared/store/reference/reference.ts';
import { readSource } from '../../shared/store/sites/sources.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { ReferenceReader } from './dependencies.ts';
import { Superseded } from './held-market.ts';

/** Reference data of the table as it stood at gate closure; from the first reading on nothing is recorded at it. */
export const referenceReader = (table: Table): ReferenceReader => {
  const unsealed = unsealedReader(table);
  return {
    ...unsealed,
    configuration: async (product, at) => {
      await sealConfiguration(table, at);
      return unsealed.configuration(product, at);
    },
    referencePrice: async (id, product, at) =>
      snapshotReference(id, product, await referenceOfDay(table, id, at, freezeFixing)),
  };
};

/** The same without a write, for what binds nobody: a change under way may still be recorded at an instant just past. */
export const unsealedReader = (table: Table): ReferenceReader => ({
  configuration: async (product, at) => {
    const configuration = await readMarketConfiguration(table, product, at);
    if (configuration === undefined) throw new Error(`there is no product ${product} at ${at}`);
    return {
      product: configuration.product,
      zones: [...configuration.zones],
      consumption: [...configuration.consumption],
      floors: [...configuration.floors],
      standards: [...configuration.standards],
      schemes: [...configuration.schemes],
      programmes: configuration.programmes,
      standardTerms: configuration.standardTerms,
    };
  },
  budgetLeft: async ({ id, budget: { currency } }, holder) => {
    const budget = await (holder === undefined ? readBudget(table, id) : lockBudget(table, id, holder));
    if (budget === undefined) throw new Superseded();
    // Below zero what was promised is not covered: nothing more is.
    return moneyOf(budget.left < 0n ? 0n : budget.left, currency);
  },
  originUse: (product) => readOriginUse(table, product),
  referencePrice: async (id, product, at) => {
    const figure = await referenceOfDay(table, id, at, readFigure);
    return snapshotReference(
      id,
      product,
      figure?.ok === true ? ok({ ...figure.value, version: unfrozen }) : figure,
    );
  },
  site: async (id, at) => {
    const found = await readSource(table, id, at);
    if (found === undefined) throw new Error(`there is no site ${id} at ${at}`);
    return {
      site: without(found.site, 'name', 'organisation', 'recordedBy'),
      certificates: found.certificates.map((certificate) =>
        without(certificate, 'organisation', 'recordedBy', 'reference'),
      ),
    };
  },
  group: async (organisation, at) =>
    groupOf(organisation, await versionAt(table, 'organisation', organisation, at)),
});

/** Of a figure that nobody has frozen. */
const unfrozen = 1;

function snapshotReference(
  id: string,
  product: Product,
  fixing: Result<Fixing, Held> | undefined,
): SnapshotReference {
  if (fixing?.ok !== true)
    return { id, status: 'held', detail: fixing?.problem.detail ?? 'There was no such series.' };
  const price = referencePerUnit(fixing.value.price, product, product.containedFactor);
  return price.ok
    ? { id, status: 'available', price: price.value, fixing: fixing.value }
    : { id, status: 'held', detail: price.problem.detail };
}

/** What tells who is who stays out of the snapshot. */
const without = <T extends object, K extends keyof T & string>(record: T, ...names: K[]): Omit<T, K> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.some((left) => left === name))) as Omit<
    T,
    K
  >;
