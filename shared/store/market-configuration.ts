import type { Instant } from '../kernel/time.ts';
import { dateOf, inRange, instantOf, millisecondsOf } from '../kernel/time.ts';
import type { Floor } from '../pricing/floor.ts';
import { isInForce } from '../pricing/floor.ts';
import type { Product } from '../reference/product.ts';
import type { Consumption, Zone } from '../reference/zone.ts';
import type { Scheme } from '../standards/scheme.ts';
import type { StandardsRule } from '../standards/standards-rule.ts';
import type { Programme } from '../support/programme.ts';
import { isOpenAt } from '../support/programme-lifecycle.ts';
import { readAllAt, versionAt } from './reference.ts';
import type { Table } from './table.ts';

/** The rules of one product's market as they stood at an instant; lists in order of id. */
export interface MarketConfiguration {
  readonly product: Product;
  readonly zones: readonly Zone[];
  readonly consumption: readonly Consumption[];
  readonly floors: readonly Floor[];
  readonly standards: readonly StandardsRule[];
  readonly schemes: readonly Scheme[];
  /** Open to awards; in the order in which they are served. */
  readonly programmes: readonly Programme[];
  /** The version of the product's standard terms, if any are set. */
  readonly standardTerms: number | undefined;
}

/**
 * The versions recorded at or before an instant, of floors and standards those in force on its day; `undefined`
 * if the product was not there yet. The answer for an instant never changes once the configuration has been sealed
 * at it.
 */
export async function readMarketConfiguration(
  table: Table,
  product: string,
  at: Instant,
): Promise<MarketConfiguration | undefined> {
  // A floor acts only after its approval, so what it takes over from must act until then: of floors, the versions
  // of the moment before.
  const before = instantOf(millisecondsOf(at) - 1);
  const [version, zones, consumption, floors, standards, schemes, terms, programmes] = await Promise.all([
    versionAt(table, 'product', product, at),
    readAllAt(table, 'zone', at),
    readAllAt(table, 'consumption', at),
    readAllAt(table, 'floor', before),
    readAllAt(table, 'standards', at),
    readAllAt(table, 'scheme', at),
    versionAt(table, 'terms', product, at),
    readAllAt(table, 'programme', before),
  ]);
  if (version === undefined) return undefined;
  return {
    product: version,
    zones,
    consumption: consumption.filter((plan) => plan.product === product),
    floors: floors.filter((floor) => floor.product === product && isInForce(floor, at)),
    standards: standards.filter((rule) => rule.product === product && inRange(rule, dateOf(at))),
    schemes,
    programmes: programmes
      .filter((programme) => programme.product === product && isOpenAt(programme, at))
      .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1)),
    standardTerms: terms?.version,
  };
}
