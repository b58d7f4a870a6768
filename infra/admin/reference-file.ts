import * as z from 'zod';
import { nameIdSchema } from '../../shared/kernel/ids.ts';
import type { FieldError } from '../../shared/kernel/problem.ts';
import { indexValueIdSchema, indexValueTermsSchema } from '../../shared/pricing/index-value.ts';
import { referenceSeriesTermsSchema } from '../../shared/pricing/reference-price.ts';
import { declaredFlowsTermsSchema } from '../../shared/reference/declared-flows.ts';
import { organisationTermsSchema } from '../../shared/reference/organisation.ts';
import { productTermsSchema } from '../../shared/reference/product.ts';
import { consumptionTermsSchema, zoneTermsSchema } from '../../shared/reference/zone.ts';
import { schemeTermsSchema } from '../../shared/standards/scheme.ts';
import type { Act } from '../../shared/store/table/act.ts';
import { putConsumption } from '../../shared/store/reference/consumption.ts';
import { putDeclaredFlows } from '../../shared/store/reference/declared-flows.ts';
import type { Plan } from '../../shared/store/table/effect.ts';
import { putIndexValue } from '../../shared/store/prices/index-values.ts';
import { putOrganisation } from '../../shared/store/reference/organisations.ts';
import { putProduct } from '../../shared/store/reference/products.ts';
import type { Put } from '../../shared/store/table/put.ts';
import { putSeries } from '../../shared/store/prices/reference-prices.ts';
import { putScheme } from '../../shared/store/reference/schemes.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { putZone } from '../../shared/store/reference/zones.ts';
import { fieldErrors, pointerOf } from '../../shared/wire/issues.ts';

/** One record of a file: where it stands, and the use case that puts it, as the API would. */
export interface Entry {
  readonly pointer: string;
  readonly what: string;
  readonly plan: (table: Table, act: Act) => Plan<Put<unknown>>;
}

/** What a file of reference data may hold, in the order in which one may rest on another. */
const kinds = {
  organisations: byId('organisation', nameIdSchema, organisationTermsSchema, putOrganisation),
  products: byId('product', nameIdSchema, productTermsSchema, putProduct),
  schemes: byId('scheme', nameIdSchema, schemeTermsSchema, putScheme),
  zones: byId('zone', nameIdSchema, zoneTermsSchema, putZone),
  consumption: byZone('consumption', consumptionTermsSchema, putConsumption),
  flows: byZone('flows', declaredFlowsTermsSchema, putDeclaredFlows),
  referencePrices: byId('reference-price', nameIdSchema, referenceSeriesTermsSchema, putSeries),
  indexValues: byId('index-value', indexValueIdSchema, indexValueTermsSchema, putIndexValue),
};
export const kindNames = Object.keys(kinds);

/** The records of a parsed file, or every fault of it with a JSON pointer. */
export function readEntries(file: unknown): { entries: Entry[] } | { faults: FieldError[] } {
  const names = z.record(z.string(), z.unknown()).safeParse(file);
  if (!names.success)
    return {
      faults: [{ pointer: '', code: 'invalid', detail: `Expected an object of ${kindNames.join(', ')}.` }],
    };
  const faults: FieldError[] = Object.keys(names.data)
    .filter((name) => !kindNames.includes(name))
    .map((name) => ({
      pointer: pointerOf([name]),
      code: 'unknown_field',
      detail: `There is no such kind; there are ${kindNames.join(', ')}.`,
    }));
  const entries: Entry[] = [];
  for (const [name, read] of Object.entries(kinds))
    if (names.data[name] !== undefined) {
      const found = read(names.data[name], [name]);
      entries.push(...found.entries);
      faults.push(...found.faults);
    }
  return faults.length > 0 ? { faults } : { entries };
}

interface Found {
  readonly entries: readonly Entry[];
  readonly faults: readonly FieldError[];
}

function byId<T>(
  what: string,
  idSchema: z.ZodType<string>,
  terms: z.ZodType<T>,
  put: (table: Table, act: Act, id: string, terms: T) => Plan<Put<unknown>>,
) {
  return (value: unknown, path: readonly string[]): Found =>
    found(z.record(idSchema, terms), value, path, (records) =>
      Object.entries(records).map(([id, own]) => ({
        ...{ pointer: pointerOf([...path, id]), what: `${what} ${id}` },
        plan: (table, act) => put(table, act, id, own),
      })),
    );
}

function byZone<T>(
  what: string,
  terms: z.ZodType<T>,
  put: (table: Table, act: Act, zone: string, product: string, terms: T) => Plan<Put<unknown>>,
) {
  return (value: unknown, path: readonly string[]): Found =>
    found(z.record(nameIdSchema, z.record(nameIdSchema, terms)), value, path, (zones) =>
      Object.entries(zones).flatMap(([zone, products]) =>
        Object.entries(products).map(([product, own]) => ({
          pointer: pointerOf([...path, zone, product]),
          what: `${what} of ${product} in ${zone}`,
          plan: (table: Table, act: Act) => put(table, act, zone, product, own),
        })),
      ),
    );
}

function found<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: readonly string[],
  entries: (records: T) => readonly Entry[],
): Found {
  const read = schema.safeParse(value, { reportInput: true });
  if (read.success) return { entries: entries(read.data), faults: [] };
  const faults = fieldErrors(read.error.issues);
  return {
    entries: [],
    faults: faults.map((fault) => ({ ...fault, pointer: `${pointerOf(path)}${fault.pointer}` })),
  };
}
