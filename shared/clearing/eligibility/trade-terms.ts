import type { Decimal } from '../../kernel/decimal.ts';
import { compareDecimal, divide, tenTo } from '../../kernel/decimal.ts';
import { must } from '../../kernel/result.ts';
import { dateOf, inRange } from '../../kernel/time.ts';
import { dutyOn, isInForce, type Floor } from '../../pricing/floor.ts';
import { ticksOf } from '../../pricing/product-terms.ts';
import { hasEquivalentFloor, type Zone } from '../../reference/zone.ts';
import type { StandardsRule } from '../../standards/standards-rule.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * How the destination's floor acts on an origin. `hard`: no price is ever below it. `levied`: the seller may be
 * paid less, and a levy brings the landed price up to it. `none`: it does not act.
 */
export type FloorEffect = 'hard' | 'levied' | 'none';

/** What rules bring to every trade from one origin into one destination. */
export interface TradeTerms {
  readonly inside: boolean;
  readonly effect: FloorEffect;
  /** The floor in ticks; 0 where it has no effect. */
  readonly floor: bigint;
  /** Customs duty as a share of the price. */
  readonly dutyRate: Decimal;
}

/** What one destination's zones say, whatever the origin. */
export interface DestinationRules {
  /** What tells it apart: the country or, for pools, their countries and zone. */
  readonly destination: string;
  /** One country; for pools each in which a member takes delivery. */
  readonly countries: readonly string[];
  /** Every zone that the destination is a member of, by id. */
  readonly zones: readonly Zone[];
  /** The zone whose floor or rule decides; undefined outside every zone. */
  readonly zone: Zone | undefined;
  readonly floor: Floor | undefined;
  readonly standards: readonly StandardsRule[];
  /** The product trades under a floor only, and the zone has none. */
  readonly floorMissing: boolean;
}

/**
 * The rules in force at gate closure for deliveries to `destination`. Of several zones the one with a floor or a
 * standards rule for the product decides (two such zones are refused when the second is set); bars on origins and
 * unverified sites hold in every zone that the destination belongs to.
 */
export function destinationRules(
  snapshot: Pick<Snapshot, 'product' | 'gateClosure' | 'zones' | 'floors' | 'standards'>,
  destination: string,
): DestinationRules {
  const { product, gateClosure } = snapshot;
  const zones = snapshot.zones
    .filter((zone) => zone.members.includes(destination))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const isHere = (rule: { product: string; zone: string }): boolean =>
    rule.product === product.id && zones.some((zone) => zone.id === rule.zone);
  const floor = snapshot.floors.find((each) => isHere(each) && isInForce(each, gateClosure));
  const standards = snapshot.standards.filter((each) => isHere(each) && inRange(each, dateOf(gateClosure)));
  const deciding = floor?.zone ?? standards[0]?.zone;
  return {
    destination,
    countries: [destination],
    zones,
    zone: zones.find((zone) => zone.id === deciding) ?? zones[0],
    floor,
    standards,
    floorMissing: product.floorRequired === true && zones.length > 0 && floor === undefined,
  };
}

/** Whether a zone's rules decide in a country: it is a member, and no other zone has a floor or standards rule there. */
export function decidesIn(
  snapshot: Pick<Snapshot, 'product' | 'gateClosure' | 'zones' | 'floors' | 'standards'>,
  zone: string,
  country: string,
): boolean {
  const { zones, floor, standards } = destinationRules(snapshot, country);
  return (
    zones.some(({ id }) => id === zone) &&
    [floor, ...standards].every((rule) => (rule?.zone ?? zone) === zone)
  );
}

/**
 * The rules for deliveries to several countries of one zone at once, in each of which that zone's rules decide: what a
 * pool buys must be good for every member, so what holds in any of their other zones holds too.
 */
export function poolRules(
  snapshot: Pick<Snapshot, 'product' | 'gateClosure' | 'zones' | 'floors' | 'standards'>,
  zone: string,
  countries: readonly string[],
): DestinationRules {
  const each = countries.map((country) => destinationRules(snapshot, country));
  const first = each[0] ?? destinationRules(snapshot, '');
  const zones = new Map(each.flatMap((rules) => rules.zones.map((one) => [one.id, one])));
  return {
    ...first,
    destination: `${zone}:${countries.join()}`,
    countries,
    zones: [...zones.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    zone: zones.get(zone),
  };
}

/** How the rules of a destination act on one origin; duties are those of the country where they are highest. */
export function tradeTerms(snapshot: Snapshot, rules: DestinationRules, origin: string): TradeTerms {
  const { product } = snapshot;
  const { zone, floor } = rules;
  const inside = zone?.members.includes(origin) ?? false;
  const dutyRate = rules.countries
    .map((country) => dutyOn(floor, origin, country)?.rate ?? { units: 0n, scale: 0 })
    .reduce((most, rate) => (compareDecimal(rate, most) > 0 ? rate : most));
  if (zone === undefined || floor === undefined) return { inside, effect: 'none', floor: 0n, dutyRate };
  const ticks = must(ticksOf(floor.price, product, 'up'));
  if (inside) return { inside, effect: 'hard', floor: ticks, dutyRate };
  // A floor without border adjustment binds the zone's own origins only.
  if (!floor.borderAdjusted) return { inside, effect: 'none', floor: 0n, dutyRate };
  // An exemption from the levy would be a loophole if the hard floor did not take its place.
  const effect = hasEquivalentFloor(zone, origin, product.id) ? 'hard' : 'levied';
  return { inside, effect, floor: ticks, dutyRate };
}

/** Duty on a price, rounded up to the tick. */
export const dutyOf = (price: bigint, { dutyRate }: TradeTerms): bigint =>
  divide(price * dutyRate.units, tenTo(dutyRate.scale), 'up');

/** The least landed price at which the seller may and would sell, in ticks. */
export function landedReserve(ask: bigint, terms: TradeTerms): bigint {
  const price = terms.effect === 'hard' && ask < terms.floor ? terms.floor : ask;
  const landed = price + dutyOf(price, terms);
  return terms.effect === 'levied' && landed < terms.floor ? terms.floor : landed;
}

/** The greatest price `p` with `p + duty(p) ≤ landed`: ⌊landed ÷ (1 + rate)⌋. */
export function priceWithin(landed: bigint, { dutyRate }: TradeTerms): bigint {
  const unit = tenTo(dutyRate.scale);
  return divide(landed * unit, unit + dutyRate.units, 'down');
}
