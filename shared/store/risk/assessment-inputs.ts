import { plus } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { quarterFromNumber, quarterNumber, quarterOf } from '../../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import { isInForce } from '../../pricing/floor.ts';
import type { Product } from '../../reference/product.ts';
import type { Consumption, Zone } from '../../reference/zone.ts';
import type { AssessedContract, AssessmentInputs, DeclaredFlows } from '../../risk/assessment-inputs.ts';
import { plannedIn, windowFrom } from '../../risk/assessment.ts';
import { coverStatus, zoneCover } from '../../risk/cover-status.ts';
import type { Disruption } from '../../risk/disruption.ts';
import { cutShare, isAbout, stateOn } from '../../risk/effect.ts';
import type { ZoneCovers } from '../../risk/zone-cover-view.ts';
import { rulesOn } from '../../stockpiles/stockpile.ts';
import { readAssessedStockpiles } from '../stockpiles/assessed-stockpiles.ts';
import { readAssessedContracts } from '../contracts/product-contracts.ts';
import { recentPrices } from '../prices/recent-prices.ts';
import { consumptionId, readAll, readReference } from '../reference/reference.ts';
import { activeStockpiles } from '../stockpiles/stockpiles.ts';
import type { Table } from '../table/table.ts';

/** Quarters that have ended and still tell what comes late. */
export const quartersBack = 4;

export interface AssessmentScope {
  /** The first quarter looked at; the present one by default. */
  readonly from?: Quarter | undefined;
  /** For those who may not see contracts: they are not read, and prices are those published. */
  readonly isPublic?: boolean;
  /** Only this organisation's stockpiles. */
  readonly operator?: string | undefined;
  /** All of the product's that matter from four quarters ago on, where they have been read already. */
  readonly contracts?: readonly AssessedContract[] | undefined;
}

/**
 * All that an assessment of a product in a zone (in the whole market, where it is null) is made of, as it stands now.
 * Positions and contracts are those of the moment: consistent each for itself, not all of one instant.
 */
export async function readAssessmentInputs(
  table: Table,
  product: Product,
  zone: Zone | null,
  at: Instant,
  { from = quarterOf(dateOf(at)), isPublic = false, operator, contracts: read }: AssessmentScope = {},
): Promise<AssessmentInputs> {
  const present = quarterNumber(quarterOf(dateOf(at)));
  const since = quarterFromNumber(Math.min(present - quartersBack, quarterNumber(from)));
  const [zones, disruptions, plans, floors, contracts, declared, prices, stockpiles] = await Promise.all([
    readAll(table, 'zone'),
    readAll(table, 'disruption'),
    readAll(table, 'consumption'),
    readAll(table, 'floor'),
    isPublic
      ? []
      : (read?.filter(({ destination }) => zone?.members.includes(destination) ?? true) ??
        readAssessedContracts(table, product.id, { destinations: zone?.members, since, today: dateOf(at) })),
    zone === null ? null : readDeclaredFlows(table, zone.id, product.id),
    recentPrices(table, product.id, at, isPublic),
    readAssessedStockpiles(table, product, { zone: zone?.id, on: dateOf(at), at, operator }),
  ]);
  return {
    ...{ product, zone, at, from, contracts, declared, prices, stockpiles },
    consumption: plannedTogether(
      plans.filter((plan) => plan.product === product.id && (zone === null || plan.zone === zone.id)),
      zones,
    ),
    floors: floors
      .filter(
        (floor) =>
          floor.product === product.id && (zone === null || floor.zone === zone.id) && isInForce(floor, at),
      )
      .map(({ id: floor, effectiveTo }) => ({ floor, effectiveTo })),
    disruptions: inEffect(disruptions, product, zone, dateOf(at)),
  };
}

/** Those in force that are about the product and about deliveries into the zone. */
const inEffect = (
  disruptions: readonly Disruption[],
  product: Product,
  zone: Pick<Zone, 'members'> | null,
  on: CalendarDate,
): AssessmentInputs['disruptions'] =>
  disruptions
    .filter(
      (disruption) =>
        isAbout(disruption, product) &&
        stateOn(disruption, on) === 'in-force' &&
        (zone === null ||
          disruption.destinations === undefined ||
          disruption.destinations.some((destination) => zone.members.includes(destination))),
    )
    .map((disruption) => ({
      ...{ disruption: disruption.id, kind: disruption.kind, origins: disruption.origins },
      destinations: disruption.destinations,
      affectedShare: cutShare(disruption),
    }));

export async function readDeclaredFlows(
  table: Table,
  zone: string,
  product: string,
): Promise<DeclaredFlows | null> {
  const record = await readReference(table, 'flows', consumptionId(zone, product));
  if (record === undefined) return null;
  const { source, year, flows } = record;
  return {
    ...{ source, year },
    flows: flows.map(({ origin, quantity }) => ({ origin, quantity: quantity.amount })),
  };
}

/** What a zone's stockpiles cover of each product that any of them holds; for an operator, its own stockpiles only. */
export async function readZoneCovers(
  table: Table,
  zone: Zone,
  at: Instant,
  operator?: string,
): Promise<ZoneCovers> {
  const on = dateOf(at);
  const [stockpiles, plans, products] = await Promise.all([
    activeStockpiles(table, { zone: zone.id, on }),
    readAll(table, 'consumption'),
    readAll(table, 'product'),
  ]);
  const held = new Set(
    stockpiles
      .filter((stockpile) => operator === undefined || stockpile.operator === operator)
      .flatMap((stockpile) => rulesOn(stockpile, on)?.products.map(({ product }) => product) ?? []),
  );
  const covers = products
    .filter(({ id }) => held.has(id))
    .map(async (product) => {
      const assessed = await readAssessedStockpiles(table, product, { zone: zone.id, operator, on, at });
      const cover = assessed.map((each) => coverStatus(each, product));
      const own = plans.filter((plan) => plan.zone === zone.id && plan.product === product.id);
      const consumption = plannedIn(plannedTogether(own, [zone]), windowFrom(quarterOf(on)));
      return {
        ...{ product: product.id, unit: product.unit, consumption, cover },
        zoneCover: operator === undefined ? zoneCover(cover, consumption) : null,
        withheld: operator !== undefined,
      };
    });
  return { zone: zone.id, at, products: await Promise.all(covers) };
}

/**
 * What zones plan together, by quarter; only quarters that every one of them has declared. Null where none plans
 * anything, and where a country lies in two of them: it would be counted twice.
 */
export function plannedTogether(
  plans: readonly Consumption[],
  zones: readonly Zone[],
): AssessmentInputs['consumption'] {
  const members = plans.flatMap(({ zone }) => zones.find(({ id }) => id === zone)?.members ?? []);
  if (plans.length === 0 || new Set(members).size !== members.length) return null;
  const sums = new Map<Quarter, { sum: Decimal; plans: number }>();
  for (const { quarters } of plans)
    for (const { quarter, quantity } of quarters) {
      const before = sums.get(quarter) ?? { sum: { units: 0n, scale: 0 }, plans: 0 };
      sums.set(quarter, { sum: plus(before.sum, quantity.amount), plans: before.plans + 1 });
    }
  return [...sums]
    .filter(([, { plans: declared }]) => declared === plans.length)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([quarter, { sum }]) => ({ quarter, quantity: sum }));
}
