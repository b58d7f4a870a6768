import * as z from 'zod';
import { minus, plus, sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimal, decimalCodec, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { countrySchema, nameIdSchema } from '../kernel/ids.ts';
import type { Quantity } from '../kernel/quantity.ts';
import { quarterNumber, yearOf } from '../kernel/quarter.ts';
import { conversion } from '../kernel/unit.ts';
import type { ZoneFlows } from '../reference/declared-flows.ts';
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
const benchmarks: Readonly<Record<Stage, Decimal>> = {
  mining: decimal('0.10'),
  processing: decimal('0.40'),
  refining: decimal('0.40'),
  recycling: decimal('0.25'),
};
const thirdCountryBenchmark = decimal('0.65');

const mass = decimalCodec;

/** Tonnes of contained mineral a year. */
export const capacityMapSchema = z
  .strictObject({
    mineral: mineralSchema,
    zone: nameIdSchema,
    year: z.int(),
    unit: z.literal('t'),
    /** Of the year; null where neither a plan for all of it nor declared flows are known. */
    demand: mass.nullable(),
    /** `planned` by the zone for the year; without a plan, what its `declared` flows came to in theirs, if none is withheld. */
    demandBasis: z.enum(['planned', 'declared']).nullable(),
    /** Whose consumption it is; those that cannot be brought to contained mineral are left out. */
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

type Demand = Pick<CapacityMap, 'demand' | 'demandBasis'> & { readonly products: readonly string[] };

interface Wanted {
  readonly product: Product;
  readonly quantities: readonly Quantity[];
}

/** Of the latest stage that anything is known of: ore and the metal made of it are not both consumed. */
function demandFrom(wanted: readonly Wanted[], demandBasis: CapacityMap['demandBasis']): Demand | undefined {
  const stage = (['refining', 'processing', 'recycling', 'mining'] as const).find((each) =>
    wanted.some(({ product }) => product.stage === each),
  );
  if (stage === undefined) return undefined;
  const counted = wanted.filter(({ product }) => product.stage === stage);
  const masses = counted.flatMap(({ product, quantities }) =>
    quantities.map((quantity) => tonnesOf(quantity, product) ?? zero),
  );
  return {
    demand: trimDecimal(sumOf(masses)),
    demandBasis,
    products: counted.map(({ product }) => product.id),
  };
}

/** What a zone plans to consume of a mineral in a year; without a plan, what is declared to have come to it in one. */
function demandOf(
  products: readonly Product[],
  plans: readonly Consumption[],
  flows: readonly ZoneFlows[],
  year: number,
): Demand {
  const quarters = [1, 2, 3, 4].map((quarter) => `${year}-Q${quarter}`);
  const planned = products.flatMap((product) => {
    const plan = plans.find((each) => each.product === product.id);
    const own = plan?.quarters.filter(({ quarter }) => quarters.includes(quarter)) ?? [];
    return own.length < 4 ? [] : [{ product, quantities: own.map(({ quantity }) => quantity) }];
  });
  const declared = products.flatMap((product) => {
    const of = flows.find((each) => each.product === product.id);
    return of === undefined || (of.withheld ?? []).length > 0
      ? []
      : [{ product, quantities: of.flows.map(({ quantity }) => quantity) }];
  });
  return (
    demandFrom(planned, 'planned') ??
    demandFrom(declared, 'declared') ?? { demand: null, demandBasis: null, products: [] }
  );
}

/** The map of what projects make of a mineral in a year against what a zone consumes of it. */
export function capacityMap(
  mineral: string,
  zone: Zone,
  year: number,
  {
    projects,
    products,
    plans,
    flows,
  }: {
    readonly projects: readonly Project[];
    readonly products: readonly Product[];
    readonly plans: readonly Consumption[];
    readonly flows: readonly ZoneFlows[];
  },
): CapacityMap {
  const {
    demand,
    demandBasis,
    products: counted,
  } = demandOf(
    products.filter((product) => product.mineral === mineral),
    plans.filter((plan) => plan.zone === zone.id),
    flows.filter((each) => each.zone === zone.id),
    year,
  );
  return {
    ...{ mineral, zone: zone.id, year, unit: 't', demand, demandBasis, products: [...counted] },
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
