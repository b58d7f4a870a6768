import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HandlerName } from '../../../infra/aws/bundle.ts';
import { memoryOf, wholeCpu } from '../../../infra/aws/memory.ts';
import { settingsSchema } from '../../../infra/aws/settings.ts';
import type { Figures } from './functions.ts';
import type { Measured } from './measured.ts';
import type { Units } from './units.ts';

const price = z.strictObject({ perMillion: z.number(), source: z.string(), verified: z.boolean() });
const monthly = z.strictObject({ dollars: z.number(), source: z.string(), verified: z.boolean() });
const names = [
  ...(['writeUnits', 'readUnits', 'lambdaRequests', 'lambdaGigabyteSeconds', 'apiRequests'] as const),
  ...(['wafRequests', 'queueRequests', 'objectPuts', 'logGigabytes', 'tableGigabyteMonths'] as const),
  'objectGigabyteMonths',
] as const;
type PriceName = (typeof names)[number];

/** The price table, with its date. */
export const priceTable = z
  .strictObject({
    region: z.string(),
    asOf: z.iso.date(),
    currency: z.literal('USD'),
    prices: z.record(z.enum(names), price),
    monthly: z.record(z.string(), monthly),
  })
  .parse(JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')));

/** How much of everything a year takes. */
export type Amounts = Readonly<Record<PriceName, number>>;

/** What a market does with an order, in the mean; the document says where each figure is from. */
export interface Habits {
  /** Contracts for each order. */
  readonly contracts: number;
  /** Deliveries under a contract, each noticed, received, assayed by both sides and accepted. */
  readonly deliveries: number;
  /** Reads of lists and records that a member makes for each order. */
  readonly reads: number;
}
export const habits: Habits = { contracts: 1, deliveries: 4, reads: 10 };

/**
 * What no measurement here can tell: milliseconds that a function waits for an answer of the table, the queue or the bucket
 * (AWS says "single-digit": the most that this can mean); bytes that a request leaves in the log.
 */
export const assumed = { waitMilliseconds: 9, logged: 700 } as const;

/** The function of a use case, and its MiB in `prod`. */
export function functionOf(useCase: string): { readonly name: HandlerName; readonly megabytes: number } {
  const [first] = useCase.split(', ');
  if (first === 'clearing') return { name: first, megabytes: settingsSchema.parse({}).clearingMemory };
  const name = first !== undefined && first in memoryOf ? (first as keyof typeof memoryOf) : 'api';
  return { name, megabytes: memoryOf[name] };
}

/** What Lambda bills for: the processor, of which a small function has a share only, and waiting. */
export const billedMilliseconds = ({ processor, inTurn }: Figures, megabytes: number): number =>
  processor * Math.max(1, wholeCpu / megabytes) + inTurn * assumed.waitMilliseconds;

/** Gigabyte-seconds of one call. */
function gigabyteSeconds({ histories: [market] }: Measured, useCase: string): number {
  const figures = market.figures[useCase];
  if (figures === undefined) throw new Error(`${useCase} was not measured`);
  const { megabytes } = functionOf(useCase);
  return (billedMilliseconds(figures, megabytes) / 1000) * (megabytes / 1024);
}

/** Bytes that an order leaves for good with what becomes of it: in the table, and of its clearing's documents. */
export function keptPerOrder({ histories: [market] }: Measured, each: Habits = habits) {
  const { order, contract, delivery, settlement } = market.stored;
  const life = contract.kept + each.deliveries * (delivery.kept + settlement.kept);
  return { table: order.kept + each.contracts * life, documents: market.documents };
}

/** Calls of a year that come whoever trades. A quarter is settled by a run that finds it, beside these. */
const minutes = 525_600;
const scheduled: readonly (readonly [string, number])[] = [
  ['tick, nothing to do', minutes],
  ['notify, nothing to do', minutes],
  ['stream, a beat', minutes],
  ['settlement, nothing to do', minutes / 15],
];

/** Everything that so many orders a year take. `of` answers the mean units of one use case. */
export function yearOf(
  orders: number,
  of: (name: string) => Units,
  measured: Measured,
  each: Habits = habits,
): Amounts {
  const delivery = ['noticeDelivery', 'receiveDelivery', 'reportAssay', 'reportAssay', 'acceptDelivery'];
  const perOrder: readonly (readonly [string, number])[] = [
    ...([['postOffer', 0.5] as const, ['postBid', 0.5] as const, ['listOffers', each.reads]] as const),
    ...delivery.map((name) => [name, each.contracts * each.deliveries] as const),
  ];
  const total = (calls: readonly (readonly [string, number])[], read: (name: string) => number): number =>
    calls.reduce((sum, [name, times]) => sum + times * read(name), 0);
  const seconds = (name: string): number => gigabyteSeconds(measured, name);
  const requests = orders * total(perOrder, () => 1);
  const sum = (units: (each: Units) => number): number => orders * total(perOrder, (name) => units(of(name)));
  // Locked, planned, applied and retired: what the bench's part `capacity` reports of a book of 341 orders and 294 contracts.
  const clearing = { write: orders * each.contracts * 17.5, read: orders * 0.74 };
  const [market] = measured.histories;
  const settled = orders * each.contracts * each.deliveries;
  const kept = keptPerOrder(measured, each);
  return {
    writeUnits: clearing.write + sum(({ writeTable, writeIndexes }) => writeTable + writeIndexes),
    readUnits: clearing.read + sum(({ readTable, readIndexes }) => readTable + readIndexes),
    lambdaRequests: requests + total(scheduled, () => 1),
    lambdaGigabyteSeconds:
      orders * (total(perOrder, seconds) + seconds('clearing') / market.orders) +
      (settled * seconds('settlement')) / market.settlements +
      total(scheduled, seconds),
    apiRequests: requests,
    wafRequests: requests,
    queueRequests: 3 * minutes,
    objectPuts: orders * 0.01,
    logGigabytes: (requests * assumed.logged) / 1e9,
    // A year's records, kept for the year after they came.
    tableGigabyteMonths: ((orders * kept.table) / 1e9) * 12,
    objectGigabyteMonths: ((orders * kept.documents) / 1e9) * 12,
  };
}

/** Dollars a year by what they are for, the largest first. */
export function dollarsOf(amounts: Amounts): readonly (readonly [string, number])[] {
  const variable = names.map(
    (name) => [name, (amounts[name] * priceTable.prices[name].perMillion) / 1e6] as const,
  );
  const fixed = Object.entries(priceTable.monthly).map(
    ([name, { dollars }]) => [name, 12 * dollars] as const,
  );
  return [...variable, ...fixed].toSorted((a, b) => b[1] - a[1]);
}
