import * as fc from 'fast-check';
import * as z from 'zod';
import type { Snapshot, SnapshotJson } from '../../shared/clearing/snapshot.ts';
import { snapshotSchema } from '../../shared/clearing/snapshot.ts';
import { aMarket, kg, price } from './market.ts';
import { markets } from './markets.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type OrderJson = Mutable<SnapshotJson['offers'][number] | SnapshotJson['bids'][number]>;

/** Zones, some of which cap single origins, one of them perhaps laid over another; their plans, and what is used. */
function zoneCaps(json: SnapshotJson, one: (outOf: number) => boolean, upTo: (most: number) => number) {
  const quarters = ['2027-Q1', '2027-Q2'];
  const [first] = json.zones;
  const over = first === undefined || one(2) ? [] : [{ ...first, id: 'wider', members: ['JP', 'DE', 'IN'] }];
  const zones = [...json.zones, ...over].map((zone) => ({
    ...zone,
    ...(one(4) && { verifiedSitesOnly: true }),
    ...(one(2) && { maxOriginShare: ['0.2', '0.65', '0.333'][upTo(2)]! }),
  }));
  const consumption = zones
    .filter(() => !one(6))
    .map(({ id, version, recordedAt, recordedBy }) => ({
      ...{ zone: id, product: json.product.id, version, recordedAt, recordedBy },
      quarters: quarters.map((quarter) => ({ quarter, quantity: kg(String(upTo(40))) })),
    }));
  const originUse = quarters
    .filter(() => one(3))
    .map((quarter) => ({ origin: 'CL', destination: 'DE', quarter, quantity: kg(String(1 + upTo(4))) }));
  return { zones, consumption, originUse };
}

/** Terms that {@link markets} leave out, given to some orders, zones and rules. */
function furnish(
  json: SnapshotJson,
  one: (outOf: number) => boolean,
  upTo: (most: number) => number,
): SnapshotJson {
  const conditions = (order: OrderJson): void => {
    if (one(6)) order.minimumLot = kg(String(1 + upTo(5)));
    if (one(8)) order.allOrNone = true;
    if (one(8)) order.minimumQuarters = 2;
    if (one(12))
      order.priceTerms = {
        kind: 'indexed',
        reference: 'ndpr-index',
        ...(one(2) && { cap: price(['111.00', '130.00'][upTo(1)]!) }),
      };
    if (one(15)) order.validUntil = one(2) ? json.gateClosure : '2030-01-01T00:00:00.000Z';
  };
  return {
    ...json,
    ...zoneCaps(json, one, upTo),
    references: [
      ...(json.references ?? []),
      ...(aMarket()
        .reference('ndpr-index', one(6) ? undefined : '97.5')
        .json().references ?? []),
    ],
    standards: json.standards.map((rule) => ({ ...rule, ...(one(2) && { renewalCovenant: true }) })),
    sites: json.sites.map((site) => ({ ...site, verified: !one(5) })),
    offers: json.offers.map((offer): SnapshotJson['offers'][number] => {
      const made = { ...offer, ...(one(3) && { purity: ['99', '99.5', '99.90'][upTo(2)]! }) };
      conditions(made);
      return made;
    }),
    bids: json.bids.map((bid): SnapshotJson['bids'][number] => {
      const made = { ...bid, ...(one(5) && { minimumPurity: ['99.0', '99.9'][upTo(1)]! }) };
      conditions(made);
      return made;
    }),
  };
}

/** Random snapshots with all that a market may have: conditions, purities, covenants, indexed prices, validity. */
export const fullMarkets: fc.Arbitrary<Snapshot> = fc
  .tuple(markets, fc.array(fc.nat(119), { minLength: 211, maxLength: 211 }))
  .map(([market, numbers]) => {
    let at = 0;
    const next = (): number => numbers[at++ % numbers.length]!;
    const one = (outOf: number): boolean => next() % outOf === 0;
    const upTo = (most: number): number => next() % (most + 1);
    // All terms at once leave few trades: half of the markets have zone caps that bind, and little else.
    const json = one(2)
      ? furnish(market.json(), one, upTo)
      : {
          ...market.json(),
          ...zoneCaps(
            market.json(),
            (outOf) => outOf === 2 && !one(4),
            (most) => upTo(most >> 1),
          ),
        };
    return z.decode(snapshotSchema, json);
  });
