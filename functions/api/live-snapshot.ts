import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { idPrefixes } from '../../shared/kernel/ids.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Product } from '../../shared/reference/product.ts';
import { pendingClearings } from '../../shared/store/clearing/clearings.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { readLiveBook } from '../clearing/live-book.ts';
import { unsealedReader } from '../clearing/reference-reader.ts';
import { snapshotOf } from '../clearing/snapshot.ts';
import type { Gathering } from '../clearing/snapshot-parts.ts';
import { snapshotParts } from '../clearing/snapshot-parts.ts';
import { tokenOf } from '../clearing/tokens.ts';

/** What a preview may read within a call. */
export interface ReadingLimits {
  readonly orders: number;
  readonly concurrency: number;
}

export interface LiveSnapshot {
  readonly snapshot: Snapshot;
  readonly clearingUnderWay: string | null;
  /** The token of an organisation, and of its group, as the snapshot has them. */
  readonly partyOf: (organisation: string) => { readonly party: string; readonly group: string };
}

/** Nothing of a preview is kept, so that its tokens hide from nobody. */
const salt = 'preview';

/**
 * The open book of a product with the rules in force, as a clearing would take it whose gate closed now. Nothing is
 * locked, sealed or written. Undefined where more orders are open than may be read.
 *
 * @param others items of orders that are not of the book, whose references and groups are wanted too.
 */
export async function liveSnapshot(
  table: Table,
  product: Product,
  at: Instant,
  limits: ReadingLimits,
  { others = [], supposed }: { readonly others?: readonly Item[] } & Pick<Gathering, 'supposed'> = {},
): Promise<LiveSnapshot | undefined> {
  const book = await readLiveBook(table, product.id, at, limits);
  if (book === undefined) return undefined;
  const [parts, [pending]] = await Promise.all([
    snapshotParts(unsealedReader(table), {
      ...{ product: product.id, gateClosure: at, concurrency: limits.concurrency },
      orders: [...book.orders, ...others],
      ...(supposed === undefined ? {} : { supposed }),
    }),
    pendingClearings(table, product.id),
  ]);
  const { snapshot } = snapshotOf({
    capsMayChange: true,
    ...parts,
    ...{ gateClosure: at, salt, locked: book.orders },
    clearing: pending?.clearing ?? nextClearing(product.id, book.run),
  });
  return {
    snapshot,
    clearingUnderWay: book.clearingUnderWay,
    partyOf: (organisation) => ({
      party: tokenOf(salt, 'organisation', organisation),
      group: tokenOf(salt, 'group', parts.groups.get(organisation) ?? organisation),
    }),
  };
}

/**
 * Stands for the clearing that is not asked for yet. The last lots of a tie go by its hash, so previews of one book
 * must share it: else they would differ by chance.
 */
const nextClearing = (product: string, run: number): string =>
  `${idPrefixes.clearing}_${sha256(`${product}\n${run + 1}`).slice(0, 26)}`;
