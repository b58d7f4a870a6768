import type { StandardTerms } from '../../contracts/standard-terms.ts';
import { standardTermsSchema } from '../../contracts/standard-terms.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Floor } from '../../pricing/floor.ts';
import { floorSchema } from '../../pricing/floor.ts';
import type { IndexValue } from '../../pricing/index-value.ts';
import { indexValueSchema } from '../../pricing/index-value.ts';
import type { ReferenceSeries } from '../../pricing/reference-price.ts';
import { referenceSeriesSchema } from '../../pricing/reference-price.ts';
import type { Change } from '../../contracts/change.ts';
import { changeSchema } from '../../contracts/change.ts';
import type { ZoneFlows } from '../../reference/declared-flows.ts';
import { declaredFlowsSchema } from '../../reference/declared-flows.ts';
import type { Organisation } from '../../reference/organisation.ts';
import { organisationSchema } from '../../reference/organisation.ts';
import type { Product } from '../../reference/product.ts';
import { productSchema } from '../../reference/product.ts';
import type { Consumption, Zone } from '../../reference/zone.ts';
import { consumptionSchema, zoneSchema } from '../../reference/zone.ts';
import type { ExchangeAgreement } from '../../risk/exchange.ts';
import { exchangeAgreementSchema } from '../../risk/exchange.ts';
import type { Scheme } from '../../standards/scheme.ts';
import { schemeSchema } from '../../standards/scheme.ts';
import type { StandardsRule } from '../../standards/standards-rule.ts';
import { standardsRuleSchema } from '../../standards/standards-rule.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import { stockpileSchema } from '../../stockpiles/stockpile.ts';
import type { Disruption } from '../../risk/disruption.ts';
import { disruptionSchema } from '../../risk/disruption.ts';
import type { Programme } from '../../support/programme.ts';
import { programmeSchema } from '../../support/programme.ts';
import type { ReferenceKind } from '../table/keys/reference.ts';
import { keys } from '../table/keys.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';
import type { Series } from '../table/versioned.ts';
import { pageOfVersions, readHead, readRecord, versionAsOf } from '../table/versioned.ts';

/** Reference data: few records, changed by administrators, read by everybody; a kind is read whole. */
export interface ReferenceRecords {
  organisation: Organisation;
  product: Product;
  terms: StandardTerms;
  zone: Zone;
  consumption: Consumption;
  flows: ZoneFlows;
  exchange: ExchangeAgreement;
  scheme: Scheme;
  standards: StandardsRule;
  floor: Floor;
  change: Change;
  'reference-price': ReferenceSeries;
  'index-value': IndexValue;
  programme: Programme;
  stockpile: Stockpile;
  disruption: Disruption;
}

/** Consumption is a zone's, of a product; neither id contains the bar. */
export const consumptionId = (zone: string, product: string): string => `${zone}|${product}`;

const idOf = (record: ReferenceRecords[ReferenceKind]): string =>
  'id' in record ? record.id : 'zone' in record ? consumptionId(record.zone, record.product) : record.product;

function seriesOf<K extends ReferenceKind>(
  kind: K,
  schema: Series<ReferenceRecords[K]>['schema'],
): Series<ReferenceRecords[K]> {
  return {
    name: kind,
    schema,
    head: (record) => keys.reference(kind, idOf(record)),
    versionKey: (record) => keys.referenceVersion(kind, idOf(record), record.version),
  };
}

export const referenceSeries: { readonly [K in ReferenceKind]: Series<ReferenceRecords[K]> } = {
  organisation: seriesOf('organisation', organisationSchema),
  product: seriesOf('product', productSchema),
  terms: seriesOf('terms', standardTermsSchema),
  zone: seriesOf('zone', zoneSchema),
  consumption: seriesOf('consumption', consumptionSchema),
  flows: seriesOf('flows', declaredFlowsSchema),
  exchange: seriesOf('exchange', exchangeAgreementSchema),
  scheme: seriesOf('scheme', schemeSchema),
  standards: seriesOf('standards', standardsRuleSchema),
  floor: seriesOf('floor', floorSchema),
  change: seriesOf('change', changeSchema),
  'reference-price': seriesOf('reference-price', referenceSeriesSchema),
  'index-value': seriesOf('index-value', indexValueSchema),
  programme: seriesOf('programme', programmeSchema),
  disruption: seriesOf('disruption', disruptionSchema),
  stockpile: seriesOf('stockpile', stockpileSchema),
};

/** What an item says, of a record or of one version of it. */
export const recordOf = <K extends ReferenceKind>(kind: K, item: Item): ReferenceRecords[K] =>
  readRecord<ReferenceRecords[K]>(referenceSeries[kind], item);

/** The present version. */
export const readReference = <K extends ReferenceKind>(
  table: Table,
  kind: K,
  id: string,
): Promise<ReferenceRecords[K] | undefined> =>
  readHead<ReferenceRecords[K]>(table, referenceSeries[kind], keys.reference(kind, id));

/** One kept version. */
export async function readVersion<K extends ReferenceKind>(
  table: Table,
  kind: K,
  id: string,
  version: number,
): Promise<ReferenceRecords[K] | undefined> {
  const item = await table.get(keys.referenceVersion(kind, id, version));
  return item && recordOf(kind, item);
}

/** The version recorded last at or before an instant. */
export const versionAt = <K extends ReferenceKind>(
  table: Table,
  kind: K,
  id: string,
  at: Instant,
): Promise<ReferenceRecords[K] | undefined> =>
  versionAsOf<ReferenceRecords[K]>(table, referenceSeries[kind], keys.referenceVersion(kind, id, 1).pk, at);

/** Every version of a record, oldest first. */
export const versionsOf = <K extends ReferenceKind>(
  table: Table,
  kind: K,
  id: string,
  page: PageRequest,
): Promise<Page<ReferenceRecords[K]>> =>
  pageOfVersions<ReferenceRecords[K]>(
    table,
    referenceSeries[kind],
    keys.referenceVersion(kind, id, 1).pk,
    page,
  );

const headsOf = (table: Table, kind: ReferenceKind): Promise<Item[]> =>
  table.query(keys.reference(kind, '').pk);

/** The present versions of all records of a kind, in order of id. */
export async function readAll<K extends ReferenceKind>(
  table: Table,
  kind: K,
): Promise<ReferenceRecords[K][]> {
  const items = await headsOf(table, kind);
  return items.map((item) => recordOf(kind, item));
}

/** The present versions, without those that cannot be read: each is told of, and keeps nobody from the others. */
export async function readSound<K extends ReferenceKind>(
  table: Table,
  kind: K,
  broken: (id: string, error: unknown) => void,
): Promise<ReferenceRecords[K][]> {
  return (await headsOf(table, kind)).flatMap((item) => {
    try {
      return [recordOf(kind, item)];
    } catch (error) {
      broken(String(item['sk']), error);
      return [];
    }
  });
}

/** All records of a kind as they stood at an instant, in order of id; those recorded later are left out. */
export async function readAllAt<K extends ReferenceKind>(
  table: Table,
  kind: K,
  at: Instant,
): Promise<ReferenceRecords[K][]> {
  const items = await headsOf(table, kind);
  const records = await Promise.all(
    items.map(async (item) =>
      String(item['recordedAt']) <= at
        ? recordOf(kind, item)
        : await versionAt(table, kind, String(item['sk']), at),
    ),
  );
  return records.filter((record) => record !== undefined);
}

/** The present versions that pass a filter, page by page, in order of id. */
export async function listReference<K extends ReferenceKind>(
  table: Table,
  kind: K,
  page: PageRequest,
  filter: (record: ReferenceRecords[K]) => boolean = () => true,
): Promise<Page<ReferenceRecords[K]>> {
  const behind = (await readAll(table, kind)).filter(
    (record) => (page.after === undefined || idOf(record) > page.after) && filter(record),
  );
  const items = behind.slice(0, page.limit);
  const last = items.at(-1);
  return { items, next: behind.length > items.length && last !== undefined ? idOf(last) : null };
}

export const readProduct = (table: Table, id: string): Promise<Product | undefined> =>
  readReference(table, 'product', id);

/** The product of something on record: one that was ever referred to is never removed. */
export async function productOf(table: Table, id: string): Promise<Product> {
  const product = await readProduct(table, id);
  if (product === undefined) throw new Error('an order of a product that does not exist');
  return product;
}

/** The products of many records, each read once; of those `known` there is nothing to read. */
export async function productsOf(
  table: Table,
  of: readonly { readonly product: string }[],
  ...known: readonly Product[]
): Promise<Map<string, Product>> {
  const products = new Map(known.map((product) => [product.id, product]));
  const wanted = new Set(of.map(({ product }) => product).filter((id) => !products.has(id)));
  for (const product of await Promise.all([...wanted].map((id) => productOf(table, id))))
    products.set(product.id, product);
  return products;
}

export const readOrganisation = (table: Table, id: string): Promise<Organisation | undefined> =>
  readReference(table, 'organisation', id);
