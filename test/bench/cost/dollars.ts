import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Units } from './units.ts';

const price = z.strictObject({ perMillion: z.number(), source: z.string(), verified: z.boolean() });
const monthly = z.strictObject({ dollars: z.number(), source: z.string(), verified: z.boolean() });
const names = [
  ...(['writeUnits', 'readUnits', 'lambdaRequests', 'lambdaGigabyteSeconds', 'apiRequests'] as const),
  ...(['wafRequests', 'queueRequests', 'objectPuts', 'logGigabytes', 'tableGigabyteMonths'] as const),
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

/** Milliseconds of a request at 512 MB; bytes that an order and its contract leave in the table; bytes of a log line. */
export const assumed = { milliseconds: 40, gigabytes: 0.5, stored: 24_000, logged: 700 } as const;

/** Everything that so many orders a year take, workers included. `of` answers the mean units of one use case. */
export function yearOf(orders: number, of: (name: string) => Units, each: Habits = habits): Amounts {
  const delivery = ['noticeDelivery', 'receiveDelivery', 'reportAssay', 'reportAssay', 'acceptDelivery'];
  const perOrder: readonly (readonly [string, number])[] = [
    ...([['postOffer', 0.5] as const, ['postBid', 0.5] as const, ['listOffers', each.reads]] as const),
    ...delivery.map((name) => [name, each.contracts * each.deliveries] as const),
  ];
  const requests = orders * perOrder.reduce((sum, [, times]) => sum + times, 0);
  const sum = (units: (each: Units) => number): number =>
    orders * perOrder.reduce((total, [name, times]) => total + times * units(of(name)), 0);
  // Locked, planned, applied and retired: what the bench's part `capacity` reports of a book of 341 orders and 294 contracts.
  const clearing = { write: orders * each.contracts * 17.5, read: orders * 0.74 };
  return {
    writeUnits: clearing.write + sum(({ writeTable, writeIndexes }) => writeTable + writeIndexes),
    readUnits: clearing.read + sum(({ readTable, readIndexes }) => readTable + readIndexes),
    lambdaRequests: requests + ticks,
    lambdaGigabyteSeconds: (requests * assumed.milliseconds * assumed.gigabytes) / 1000 + ticks * 0.1,
    apiRequests: requests,
    wafRequests: requests,
    queueRequests: 3 * ticks,
    objectPuts: orders * 0.01,
    logGigabytes: (requests * assumed.logged) / 1e9,
    // A year's records, kept for the year after they came.
    tableGigabyteMonths: ((orders * assumed.stored) / 1e9) * 12,
  };
}

/** Minutes of a year: the tick runs in each, whoever trades. */
const ticks = 525_600;

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
