import * as z from 'zod';
import { disruptionSchema } from '../../shared/risk/disruption.ts';
import { isAbout } from '../../shared/risk/effect.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { plain } from '../../shared/store/table/item-body.ts';

/** Beginnings of the partitions that hold what `domainEventOf` looks for: what a stream need tell of. */
export const followedPartitions = ['CONTRACT#', 'MARKET#', 'STOCKPILE#', 'CERTIFICATE#', 'POINTS#', 'REF#'];

/** Something that has happened and that indicators may rest on. */
export interface DomainEvent {
  /** The same however often it is told of: the key of an item that never changes. */
  readonly id: string;
  /** Whether it can matter to a product. */
  readonly concerns: (product: Product) => boolean;
  /** Of an event of a contract: which, and between whom. */
  readonly trade?: { readonly contract: string; readonly parties: readonly string[] };
}

const all = (): boolean => true;
const only =
  (id: unknown) =>
  (product: Product): boolean =>
    product.id === id;

/** Kinds of reference data that indicators rest on; of one product where their body names one, else of all. */
const followedKinds = new Set([
  ...[
    'floor',
    'zone',
    'consumption',
    'flows',
    'product',
    'programme',
    'disruption',
    'stockpile',
    'standards',
  ],
]);

const bodySchema = z.object({ product: z.string().optional(), minerals: z.array(z.string()).optional() });
const bodyOf = (item: Item) => bodySchema.safeParse(plain(item['body'])).data;

/**
 * What a new item of the table tells of, if anything: events of contracts, ended runs of markets, versions of reference
 * data and certificates, points of reference prices, movements of stock. All of them are items that are put once and
 * never change, so their keys are the ids of what happened.
 */
export function domainEventOf(item: Item): DomainEvent | undefined {
  const pk = String(item['pk']);
  const sk = String(item['sk']);
  const id = `${pk}#${sk}`;
  const [area = '', first = ''] = pk.split('#');
  const isVersion = sk.startsWith('V#');
  switch (area) {
    case 'CONTRACT':
      return sk.startsWith('EVENT#')
        ? {
            ...{ id, concerns: only(item['product']) },
            trade: { contract: first, parties: [String(item['seller']), String(item['buyer'])] },
          }
        : undefined;
    case 'MARKET':
      return sk.startsWith('RUN#') ? { id, concerns: only(first) } : undefined;
    case 'STOCKPILE': {
      if (!sk.startsWith('MOVEMENT#')) return undefined;
      const product = item['product'] ?? bodyOf(item)?.product;
      return { id, concerns: product === undefined ? all : only(product) };
    }
    case 'CERTIFICATE': {
      if (!isVersion) return undefined;
      // A certificate that names no minerals is for all of its site's.
      const minerals = bodyOf(item)?.minerals;
      return { id, concerns: ({ mineral }) => minerals?.includes(mineral) ?? true };
    }
    // Which product a series is of never changes, but is not said here.
    case 'POINTS':
      return { id, concerns: all };
    case 'REF': {
      if (!isVersion || !followedKinds.has(first)) return undefined;
      if (first === 'disruption') {
        const disruption = disruptionSchema.safeParse(plain(item['body'])).data;
        // What a change took off the list has to be looked at as well; who knows what it was.
        const isFirst = disruption?.version === 1;
        return { id, concerns: isFirst ? (product) => isAbout(disruption, product) : all };
      }
      const product = first === 'product' ? pk.split('#')[2] : bodyOf(item)?.product;
      return { id, concerns: product === undefined ? all : only(product) };
    }
    default:
      return undefined;
  }
}
