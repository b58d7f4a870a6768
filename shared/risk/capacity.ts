import * as z from 'zod';
import { minus, plus, sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimal, decimalCodec, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { countrySchema, nameIdSchema } from '../kernel/ids.ts';
import type { Quantity } from '../kernel/quantity.ts';
import { quarterNumber, yearOf } from '../kernel/quarter.ts';
import { conversion } from '../kernel/unit.ts';
import type { Product } from '../reference/product.ts';
import type { Project } from '../reference/project.ts';
import type { Stage } from '../reference/stage.ts';
import { mineralSchema, stages, stageSchema } from '../reference/stage.ts';
import type { Consumption, Zone } from '../reference/zone.ts';
import { exceeds, shareOf } from './concentration.ts';

/**
 * The European Critical Raw Materials Act's benchmarks for 2030 (Regulation (EU) 2024/1252, Article 5), as shares of annual
 * consumption: extraction, processing (each step of it) and recycling inside; at most this much from one third country.
 */
export const benchmarks: Readonly<Record<Stage, Decimal>> = {
  mining: decimal('0.10'),
  processing: decimal('0.40'),
  refining: decimal('0.40'),
  recycling: decimal('0.25'),
};
export const thirdCountryBenchmark = decimal('0.65');

const mass = decimalCodec;

/** Tonnes of contained mineral a year. */
export const capacityMapSchema = z
  .strictObject({
    mineral: mineralSchema,
    zone: nameIdSchema,
    year: z.int(),
    unit: z.literal('t'),
    /** Planned by the zone for the year; null where not all of it is declared. */
    demand: mass.nullable(),
    /** Whose planned consumption it is; those that cannot be brought to contained mineral are left out. */
    products: z.array(nameIdSchema),
    stages: z.array(
      z.strictObject({
        stage: stageSchema,
        /** What producing projects make in the year, inside the zone and outside. */
        inside: mass,
        outside: mass,
        /** What projects that do not produce yet are to make in the year. */
        insideAhead: mass,
        outsideAhead: mass,
        benchmark: decimalCodec,
        /** Of demand, of what is inside: now, and with what is ahead. Null without demand. */
        share: decimalCodec.nullable(),
        shareAhead: decimalCodec.nullable(),
        meets: z.boolean().nullable(),
        meetsAhead: z.boolean().nullable(),
        /** What is missing of the benchmark inside. */
        gap: mass.nullable(),
        countries: z.array(
          z.strictObject({
            country: countrySchema,
            inside: z.boolean(),
            producing: mass,
            ahead: mass,
            /** Of all that projects make at the stage. */
            share: decimalCodec.nullable(),
            /** A third country that makes more than 65 % of demand. */
            aboveBenchmark: z.boolean(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'CapacityMap' });
export type CapacityMap = z.output<typeof capacityMapSchema>;

/** Tonnes, exactly but for what is below a milligram: rounded down. */
function tonnesOf(
  { amount, unit }: Quantity,
  product?: Pick<Product, 'containedFactor'>,
): Decimal | undefined {
  const ratio =
    product === undefined
      ? conversion(unit, 't')
      : conversion(unit, 'kg contained', product.containedFactor ?? decimal('1'));
  if (ratio === undefined) return undefined;
  const scale = 9;
  const toTonnes = product === undefined ? 1n : 1000n;
  return trimDecimal({
    units: divide(
      amount.units * ratio.numerator * tenTo(scale),
      tenTo(amount.scale) * ratio.denominator * toTonnes,
      'down',
    ),
    scale,
  });
}

/** What a project makes in a year: nothing before it starts, in the year of its start by quarters. */
export function capacityIn({ start, status, capacityPerYear }: Project, year: number): Decimal {
  if (status === 'cancelled' || yearOf(start) > year) return zero;
  const tonnes = tonnesOf(capacityPerYear) ?? zero;
  if (yearOf(start) < year) return tonnes;
  const quarters = 4 - (quarterNumber(start) % 4);
  return trimDecimal(times(times(tonnes, { units: BigInt(quarters), scale: 0 }), decimal('0.25')));
}

/** What a zone plans to consume of a mineral in a year, over its products of the latest stage that it plans any of. */
function demandOf(
  products: readonly Product[],
  plans: readonly Consumption[],
  year: number,
): { readonly demand: Decimal | null; readonly products: readonly string[] } {
  const quarters = [1, 2, 3, 4].map((quarter) => `${year}-Q${quarter}`);
  const planned = products.flatMap((product) => {
    const plan = plans.find((each) => each.product === product.id);
    const own = plan?.quarters.filter(({ quarter }) => quarters.includes(quarter)) ?? [];
    return own.length < 4 ? [] : [{ product, own }];
  });
  // Ore and the metal made of it are not both consumed: what is counted is one stage, the last before use.
  const stage = (['refining', 'processing', 'recycling', 'mining'] as const).find((each) =>
    planned.some(({ product }) => product.stage === each),
  );
  const counted = planned.filter(({ product }) => product.stage === stage);
  const masses = counted.flatMap(({ product, own }) =>
    own.map(({ quantity }) => tonnesOf(quantity, product) ?? zero),
  );
  return {
    demand: counted.length === 0 ? null : trimDecimal(sumOf(masses)),
    products: counted.map(({ product }) => product.id),
  };
}

/** The map of what projects make of a mineral in a year against what a zone plans to consume of it. */
export function capacityMap(
  mineral: string,
  zone: Zone,
  year: number,
  {
    projects,
    products,
    plans,
  }: {
    readonly projects: readonly Project[];
    readonly products: readonly Product[];
    readonly plans: readonly Consumption[];
  },
): CapacityMap {
  const { demand, products: counted } = demandOf(
    products.filter((product) => product.mineral === mineral),
    plans.filter((plan) => plan.zone === zone.id),
    year,
  );
  return {
    ...{ mineral, zone: zone.id, year, unit: 't', demand, products: [...counted] },
    stages: stages.map((stage) =>
      stageOf(
        stage,
        zone,
        demand,
        projects.filter((project) => project.mineral === mineral && project.stage === stage),
        year,
      ),
    ),
  };
}

function stageOf(
  stage: Stage,
  zone: Zone,
  demand: Decimal | null,
  projects: readonly Project[],
  year: number,
): CapacityMap['stages'][number] {
  const add = (of: readonly Project[], producing: boolean): Decimal =>
    trimDecimal(
      sumOf(
        of
          .filter(({ status }) => (status === 'producing') === producing)
          .map((project) => capacityIn(project, year)),
      ),
    );
  const isInside = ({ country }: Pick<Project, 'country'>): boolean => zone.members.includes(country);
  const [within, without] = [projects.filter(isInside), projects.filter((project) => !isInside(project))];
  const [inside, insideAhead] = [add(within, true), add(within, false)];
  const total = plus(add(projects, true), add(projects, false));
  const benchmark = benchmarks[stage];
  const meets = (made: Decimal): boolean | null =>
    demand && compareDecimal(made, times(benchmark, demand)) >= 0;
  const missing = demand && minus(times(benchmark, demand), inside);
  return {
    ...{ stage, inside, insideAhead, benchmark },
    ...{ outside: add(without, true), outsideAhead: add(without, false) },
    share: demand && shareOf(inside, demand),
    shareAhead: demand && shareOf(plus(inside, insideAhead), demand),
    meets: meets(inside),
    meetsAhead: meets(plus(inside, insideAhead)),
    gap: missing && (missing.units > 0n ? trimDecimal(missing) : zero),
    countries: [...Map.groupBy(projects, ({ country }) => country)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([country, of]) => {
        const [producing, ahead] = [add(of, true), add(of, false)];
        return {
          ...{ country, inside: isInside({ country }), producing, ahead },
          share: shareOf(plus(producing, ahead), total),
          aboveBenchmark:
            !isInside({ country }) && demand !== null && exceeds(producing, demand, thirdCountryBenchmark),
        };
      }),
  };
}
