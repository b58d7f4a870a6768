import { divide, tenTo } from '../../kernel/decimal.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { lotsOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Consumption, Zone } from '../../reference/zone.ts';
import type { Facets } from './facet.ts';
import type { OriginUse, Snapshot } from '../snapshot.ts';
import type { DestinationRules } from './trade-terms.ts';

/** The zone's cap counts what this origin delivers to this destination. */
export const isCounted = (zone: Zone, origin: string, destination: string): boolean =>
  zone.maxOriginShare !== undefined && !zone.members.includes(origin) && zone.members.includes(destination);

/**
 * Lots that a zone lets in from any one origin outside it in a quarter: its share of planned consumption, rounded down
 * to the lot. Undefined where the zone has no cap or has declared no consumption.
 *
 * The share is of consumption, not of imports: 65 % of annual consumption from a single third country (Regulation (EU)
 * 2024/1252, Article 5(1)(b)), so that a first purchase is not "100 %".
 */
export function zoneLimit(
  zone: Zone,
  consumption: readonly Consumption[],
  quarter: Quarter,
  product: Product,
): bigint | undefined {
  const plan = consumption.find((each) => each.zone === zone.id && each.product === product.id);
  const quantity = plan?.quarters.find((each) => each.quarter === quarter)?.quantity;
  const share = zone.maxOriginShare;
  if (quantity === undefined || share === undefined) return undefined;
  const lots = quantity.amount.units === 0n ? 0n : must(lotsOf(quantity, product));
  return divide(lots * share.units, tenTo(share.scale), 'down');
}

/** Lots contracted from an origin into a zone in a quarter. */
export const contractedInto = (
  zone: Zone,
  origin: string,
  quarter: Quarter,
  use: readonly OriginUse[],
  product: Product,
): bigint =>
  use
    .filter((each) => each.quarter === quarter && each.origin === origin)
    .filter(({ destination }) => isCounted(zone, origin, destination))
    .reduce((sum, { quantity }) => sum + must(lotsOf(quantity, product)), 0n);

/** One zone's cap on one origin in a quarter. */
export interface ZoneCap {
  readonly zone: string;
  readonly origin: string;
  /** Lots that may still clear; at least one. */
  readonly lots: number;
}

/** What zones let through from each origin to each destination. */
export interface ZoneCaps {
  readonly limits: readonly ZoneCap[];
  /** The limits that each lane counts against. */
  readonly lanes: readonly (readonly number[])[];
  /** By origin, then destination: a lane, {@link FREE} or {@link CLOSED}. */
  readonly laneOf: readonly (readonly number[])[];
}
/** No zone's cap counts it. */
export const FREE = -1;
/** Some zone's cap is used up, or lets nothing in. */
export const CLOSED = -2;

/** A pool that buys for several countries counts whole, though only some of them lie in the zone: never above the cap. */
const counts = (zone: Zone, origin: string, { countries }: DestinationRules): boolean =>
  countries.some((country) => isCounted(zone, origin, country));

/** Caps of one quarter, by zone, then origin. Where no consumption is declared eligibility refuses every pair. */
export function zoneCaps(snapshot: Snapshot, { origins, destinations }: Facets, quarter: Quarter): ZoneCaps {
  const { product, consumption, originUse } = snapshot;
  const zones = snapshot.zones
    .filter((zone) => zone.maxOriginShare !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const limits: ZoneCap[] = [];
  const numbers = zones.map((zone) => {
    const limit = zoneLimit(zone, consumption, quarter, product);
    return origins.map((origin) => {
      if (limit === undefined || zone.members.includes(origin)) return FREE;
      const lots = limit - contractedInto(zone, origin, quarter, originUse, product);
      if (lots <= 0n) return CLOSED;
      if (!destinations.some((rules) => counts(zone, origin, rules))) return FREE;
      return limits.push({ zone: zone.id, origin, lots: Number(lots) }) - 1;
    });
  });
  const lanes: number[][] = [];
  const laneOf = origins.map((origin, index) =>
    destinations.map((rules) => {
      const counted = zones.flatMap((zone, at) =>
        counts(zone, origin, rules) ? [numbers[at]![index]!] : [],
      );
      if (counted.includes(CLOSED)) return CLOSED;
      const binding = counted.filter((limit) => limit >= 0);
      if (binding.length === 0) return FREE;
      const known = lanes.findIndex((lane) => lane.join() === binding.join());
      return known >= 0 ? known : lanes.push(binding) - 1;
    }),
  );
  return { limits, lanes, laneOf };
}
