import type { Item } from './item.ts';
import type { Key } from './keys/key.ts';
import { contractOfProduct } from './keys/indexes.ts';

/**
 * The stored shapes of the nouns, and how an older one is read. An item of a noun carries the version of its shape as
 * `v`, written by whoever puts it and taken off by whoever reads it; one without has version 1. Items that are nothing but
 * keys and counts have no shape of their own and carry none.
 *
 *     stored, v = 1 ──read──▶ migrations[0] ──▶ migrations[1] ──▶ the shape of today
 *
 * What is read is migrated in memory; what is written again is written in the shape of today. An update names single
 * attributes, so it never touches an item of an older shape: the item is rewritten first (`Table`).
 */
export type Migration = (item: Item) => Item;

/** By noun: what makes of its shape 1 its shape 2, and so on. No migration: its shape has never changed. */
export type Migrations = Readonly<Partial<Record<Noun, readonly Migration[]>>>;

export const shapeAttribute = 'v';

/** What may stand behind an area of the partition key, by the beginning of the sort key; `''` is anything. */
const nouns = {
  SITE: {
    SITE: 'site',
    'V#': 'site',
    'CERTIFICATE#': 'certificate',
    'OFFER#': 'site offer',
    'PROJECT#': 'site project',
  },
  CERTIFICATE: { 'V#': 'certificate' },
  ORDER: { ORDER: 'order' },
  POOL: { POOL: 'pool' },
  MARKET: { CONTROL: 'control', 'RUN#': 'market run', 'USE#': 'origin use', 'OUTCOME#': 'outcome' },
  CLEARING: { CLEARING: 'clearing' },
  PENDING: { '': 'pending clearing' },
  CONTRACT: { CONTRACT: 'contract', 'EVENT#': 'contract event' },
  LEDGER: { ENTRY: 'ledger entry' },
  ACCOUNT: { '': 'ledger line' },
  SETTLEMENT: { 'BOUGHT#': undefined, '': 'settlement' },
  POINTS: { '': 'price point' },
  FIXINGS: { '': 'fixing' },
  AGREEMENT: { AGREEMENT: 'agreement', 'DESIGNATION#': 'designation', 'SETTLEMENT#': 'support settlement' },
  PROGRAMME: { 'ROUND#': 'funding round' },
  LOT: { LOT: 'stock lot', 'V#': 'stock lot', 'CONTRACT#': 'contract book' },
  STOCKPILE: {
    'MOVEMENT#': 'stock movement',
    'NEED#': 'stock need',
    'CONTRACT#': 'contract book',
    'BID#': 'stockpile bid',
  },
  STOCK: { RECORD: 'stock record', 'ASSESSMENT#': 'assessment' },
  PUBLICATIONS: { 'PERIOD#': 'publication' },
  READS: { '': 'exchange read' },
  PROJECT: { PROJECT: 'project', 'V#': 'project' },
  ALERTS: { '': 'alert' },
  ALERT: { 'V#': 'alert' },
  WEBHOOKS: { '': 'webhook' },
  WEBHOOK: { 'DELIVERY#': 'delivery' },
  NOTICE: { NOTICE: 'notice' },
} as const;

/** Of stock's records the id says which. */
const stockRecords = {
  acc_: 'stock account',
  lon_: 'stock loan',
  rel_: 'stock release',
  rul_: 'standing rule',
} as const;

const referenceNouns = [
  ...(['organisation', 'product', 'terms', 'zone', 'consumption', 'flows', 'exchange', 'scheme'] as const),
  ...(['standards', 'floor', 'change', 'reference-price', 'index-value', 'programme', 'stockpile'] as const),
  'disruption' as const,
];

type Areas = typeof nouns;
type Placed = { [A in keyof Areas]: Areas[A][keyof Areas[A]] }[keyof Areas];
export type Noun =
  | Exclude<Placed, 'stock record' | undefined>
  | (typeof stockRecords)[keyof typeof stockRecords]
  | (typeof referenceNouns)[number];

const references: ReadonlySet<string> = new Set(referenceNouns);
const places = new Map(Object.entries(nouns).map(([area, of]) => [area, Object.entries(of)]));

/** What an item with this key is; `undefined` if it has no shape of its own. */
export function nounOf({ pk, sk }: Key): Noun | undefined {
  const end = pk.indexOf('#');
  const area = end < 0 ? pk : pk.slice(0, end);
  if (area === 'REF') {
    const [kind = ''] = pk.slice(end + 1).split('#', 1);
    return references.has(kind) ? (kind as Noun) : undefined;
  }
  const noun = places.get(area)?.find(([beginning]) => sk.startsWith(beginning))?.[1];
  if (noun !== 'stock record') return noun;
  return stockRecords[pk.slice(end + 1, end + 5) as keyof typeof stockRecords];
}

/** Each says what older releases wrote; `test/fixtures/stored-shapes` has items of all of them. */
export const migrations: Migrations = {
  // Each run's figures were judged for themselves, and what was shown by whom was not remembered.
  clearing: [(item) => item],
  // No lot stated a shortfall.
  'stock lot': [(item) => item],
  // Figures frozen before they were counted have no number: 0, before all that have one.
  fixing: [(item) => ({ number: 0n, ...item })],
  // What replaces a draw had to be as pure, and no more was asked of it.
  'stock account': [(item) => item],
  // None had been closed.
  stockpile: [(item) => item],
  // Landed prices were not told apart by destination; then each run's figures were judged for themselves.
  'market run': [(item) => item, (item) => item],
  // First events were not listed by product.
  'contract event': [
    (item) =>
      item['sequence'] === 1n && item['gsi2pk'] === undefined
        ? { ...item, ...contractOfProduct(String(item['product']), String(item['contract'])) }
        : item,
  ],
};

const versionOf = (noun: Noun, of: Migrations): number => (of[noun]?.length ?? 0) + 1;

/** The version in which an item with this key is written today; `undefined` if it carries none. */
export function shapeVersion(key: Key, of: Migrations = migrations): number | undefined {
  const noun = nounOf(key);
  return noun && versionOf(noun, of);
}

/** An item that a newer release wrote: reading it as if it were understood would be worse than not reading it. */
export class NewerShape extends Error {
  override readonly name = 'NewerShape';
}

/**
 * An item in its shape of today, without its stamp. Throws NewerShape. Items of an index carry no stamp and no body, so
 * they are not for here.
 */
export function migrated(stored: Item, of: Migrations = migrations): Item {
  const { [shapeAttribute]: stamp = 1n, ...item } = stored;
  const { pk, sk } = item;
  if (typeof pk !== 'string' || typeof sk !== 'string') return stored;
  const noun = nounOf({ pk, sk });
  if (noun === undefined) return stored;
  const known = of[noun] ?? [];
  const version = Number(stamp);
  if (!(version >= 1 && version <= known.length + 1))
    throw new NewerShape(
      `${pk} ${sk} is a ${noun} of shape ${String(stamp)}; this release knows up to ${known.length + 1}: ` +
        'run the release that wrote it, or a newer one.',
    );
  return known.slice(version - 1).reduce<Item>((older, migrate) => migrate(older), item);
}
