import type { Instant } from '../../kernel/time.ts';
import { dateOf, inRange, instantOf, millisecondsOf } from '../../kernel/time.ts';
import type { Floor } from '../../pricing/floor.ts';
import { isInForce } from '../../pricing/floor.ts';
import type { Product } from '../../reference/product.ts';
import type { Consumption, Zone } from '../../reference/zone.ts';
import type { Scheme } from '../../standards/scheme.ts';
import type { StandardsRule } from '../../standards/standards-rule.ts';
import type { Programme } from '../../support/programme.ts';
import { isOpenAt } from '../../support/programme-lifecycle.ts';
import { readAllAt, versionAt } from './reference.ts';
import type { Table } from '../table/table.ts';

/** What orders of one product are judged by as it stood at an instant; lists in order of id. */
export interface MarketRules {
  readonly zones: readonly Zone[];
  readonly consumption: readonly Consumption[];
  readonly floors: readonly Floor[];
  readonly standards: readonly StandardsRule[];
  readonly schemes: readonly Scheme[];
}

/** The rules of one product's market, and what else a clearing of it goes by. */
export interface MarketConfiguration extends MarketRules {
  readonly product: Product;
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
  const [version, rules, terms, programmes] = await Promise.all([
    versionAt(table, 'product', product, at),
    readMarketRules(table, product, at),
    versionAt(table, 'terms', product, at),
    readAllAt(table, 'programme', momentBefore(at)),
  ]);
  if (version === undefined) return undefined;
  return {
    product: version,
    ...rules,
    programmes: programmes
      .filter((programme) => programme.product === product && isOpenAt(programme, at))
      .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1)),
    standardTerms: terms?.version,
  };
}

/** The same of what orders are judged by: all that an order needs when it is posted. */
export async function readMarketRules(table: Table, product: string, at: Instant): Promise<MarketRules> {
  const [zones, consumption, floors, standards, schemes] = await Promise.all([
    readAllAt(table, 'zone', at),
    readAllAt(table, 'consumption', at),
    readAllAt(table, 'floor', momentBefore(at)),
    readAllAt(table, 'standards', at),
    readAllAt(table, 'scheme', at),
  ]);
  return {
    zones,
    consumption: consumption.filter((plan) => plan.product === product),
    floors: floors.filter((floor) => floor.product === product && isInForce(floor, at)),
    standards: standards.filter((rule) => rule.product === product && inRange(rule, dateOf(at))),
    schemes,
  };
}

/** A floor acts only after its approval, so what it takes over from must act until then. */
const momentBefore = (at: Instant): Instant => instantOf(millisecondsOf(at) - 1);
