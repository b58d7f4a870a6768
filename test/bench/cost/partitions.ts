import { idPrefixes } from '../../../shared/kernel/ids.ts';
import { shardCount, shardOf } from '../../../shared/store/table/keys/shards.ts';

/** What one partition of DynamoDB takes in a second, whatever the table is billed by. */
const partitionLimits = { write: 1000, read: 3000 } as const;

/** How evenly so many orders of one market, posted one behind the other, fall upon its shards: the fullest over the mean. */
export function skewOf(orders: number): number {
  const counts = new Float64Array(shardCount);
  for (let order = 0; order < orders; order += 1) {
    // Ids of one burst share their time and differ in the last characters, which is what the shards must stand.
    const shard = shardOf(
      `${idPrefixes.offer}_01KAPQ7Z00${order.toString(32).toUpperCase().padStart(16, '0')}`,
    );
    counts[shard] = counts[shard]! + 1;
  }
  return (Math.max(...counts) * shardCount) / orders;
}

/** The load of the fullest partition of a kind in one second of a peak. */
export interface PartitionLoad {
  readonly partition: string;
  readonly write: number;
  readonly read: number;
}

/** A peak: orders a second of the whole market, of one product, of one organisation and from one site. */
export interface Peak {
  readonly orders: number;
  readonly product: number;
  readonly organisation: number;
  readonly site: number;
}

/**
 * The fullest partition of every kind that a posted order touches. A transaction counts each kilobyte of the table twice; an
 * entry of an index counts once. Reads of what all orders are judged by are the price of judging each by what stands.
 */
export function loadsAt(
  { orders, product, organisation, site }: Peak,
  skew: number,
): readonly PartitionLoad[] {
  return [
    { partition: 'BOOK#<product>#<shard>', write: (2 * product * skew) / shardCount, read: 0 },
    { partition: 'gsi2 ALL#<kind>#<shard>', write: (orders * skew) / shardCount, read: 0 },
    { partition: 'gsi1 OWNER#<organisation>#<kind>', write: organisation, read: 0 },
    // The site, its certificates, its projects and its other offers.
    { partition: 'SITE#<site>', write: 4 * site, read: 4 * site },
    // Product, zones, consumption, schemes, standards and floors lie in one partition for each kind, each read once.
    { partition: 'REF#<kind>', write: 0, read: orders },
  ];
}

/** Contracts a second while clearings apply their plans: of all, of the largest product, seller or buyer. */
export interface Applying {
  readonly contracts: number;
  readonly product: number;
  readonly organisation: number;
}

/**
 * The fullest partition of every kind that contracts fall upon: entries of indexes, one unit each. Their own items lie in a
 * partition for each. What cannot be taken at once throttles the transaction, which is tried again with jitter.
 */
export function contractLoadsAt(
  { contracts, product, organisation }: Applying,
  skew: number,
): readonly PartitionLoad[] {
  return [
    { partition: 'gsi2 ALL#contract#<shard>', write: (contracts * skew) / shardCount, read: 0 },
    { partition: 'gsi3 DUE#<shard>', write: (contracts * skew) / shardCount, read: 0 },
    { partition: 'gsi2 CONTRACTS#<product>#<shard>', write: (product * skew) / shardCount, read: 0 },
    { partition: 'gsi1 OWNER#<organisation>#sold', write: organisation, read: 0 },
    { partition: 'gsi1 OWNER#<organisation>#bought', write: organisation, read: 0 },
  ];
}

/**
 * Ten markets at once, the most by default, each a chunk of 33 contracts after the other, a transaction of a hundred actions
 * taking so many milliseconds (an assumption: nothing has run on AWS); one organisation on one side of all of one market.
 */
export function atOnce(markets = 10, milliseconds = 70): Applying {
  const each = (33 * 1000) / milliseconds;
  return { contracts: markets * each, product: each, organisation: each };
}

/** The orders a second at which a partition of a kind is full, where load grows with them. */
export const fullAt = ({ write, read }: PartitionLoad, orders: number): number =>
  orders / Math.max(write / partitionLimits.write, read / partitionLimits.read);

/**
 * Ten million orders of a month in eight-hour days, a hundred products alike but one that has a fifth of all, a tenth of a day's
 * orders in the last ten minutes before gate closure, the worst minute of them thrice the mean.
 */
export function worstMinute(orders: number): Peak {
  const second = ((orders / 22) * 0.1 * 3) / 600;
  return { orders: second, product: second / 5, organisation: second / 20, site: second / 50 };
}
