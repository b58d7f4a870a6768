import * as z from 'zod';
import { sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { decimal, decimalCodec, trimDecimal } from '../kernel/decimal.ts';
import { countrySchema, nameIdSchema } from '../kernel/ids.ts';
import { zeroableQuantitySchema } from '../kernel/quantity.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterFromNumber, quarterNumber, quarterSchema } from '../kernel/quarter.ts';
import { dateOf, instantSchema } from '../kernel/time.ts';
import { mineralSchema, stageSchema } from '../reference/stage.ts';
import { unitSchema } from '../kernel/unit.ts';
import type { AssessedContract, AssessmentInputs } from './assessment-inputs.ts';
import type { OriginQuantity } from './concentration.ts';
import { byOrigin, concentrationOf, concentrationSchema, shareOf, totalOf } from './concentration.ts';
import { coverStatus, coverStatusSchema, daysOf, zoneCover, zoneCoverSchema } from './cover-status.ts';
import { expiring, expiringSchema } from './expiring.ts';
import { lateness, latenessSchema } from './lateness.ts';
import { nMinusOne, nMinusOneSchema } from './n-minus-one.ts';
import { priceMove, priceMoveSchema } from './price-move.ts';

/** The European Critical Raw Materials Act's benchmark for a single third country, where a zone has no cap of its own. */
const benchmarkOriginShare = decimal('0.65');

/** Quarters that an assessment looks at, from the first on: a rolling year. */
const windowQuarters = 4;

const disruptionStatusSchema = z.strictObject({
  disruption: z.string(),
  kind: z.string(),
  origins: z.array(countrySchema),
  /** Of what the window's contracts bring from these origins, what cannot come. */
  exposed: zeroableQuantitySchema,
  /** Of all that is contracted for the window. */
  share: decimalCodec.nullable(),
  /** So long the exposed quantity would have lasted at planned use, to four digits, rounded down. */
  days: decimalCodec.nullable(),
  /** What these origins hold of what is contracted, and of what is declared: before the disruption. */
  shareOfSource: decimalCodec.nullable(),
  shareOfDeclared: decimalCodec.nullable(),
});

/**
 * What is known of the security of one product's supply, in one zone or in all. Masses are in `unit`. Full: for
 * administrators and auditors, who may see every position; others see a part of it.
 */
export const assessmentSchema = z
  .strictObject({
    product: nameIdSchema,
    mineral: mineralSchema,
    stage: stageSchema,
    unit: unitSchema,
    zone: nameIdSchema.nullable(),
    at: instantSchema,
    /** The quarters looked at, both included. */
    window: z.strictObject({ from: quarterSchema, to: quarterSchema }),
    /** Planned in the window; null where not every quarter of it is declared. */
    consumption: decimalCodec.nullable(),
    /** Most that one origin outside the zone may supply of it: the zone's own cap, or the benchmark. */
    maxOriginShare: decimalCodec,
    cover: z.array(coverStatusSchema),
    zoneCover: zoneCoverSchema,
    /** Of what contracts deliver in the window. */
    ...concentrationSchema.shape,
    nMinusOne: nMinusOneSchema,
    /** Of what the zone's administrators have declared, from the source they name. */
    declared: concentrationSchema
      .extend({ source: z.string(), year: z.int(), nMinusOne: nMinusOneSchema })
      .nullable(),
    late: latenessSchema,
    /** Of what is contracted for the window, what hangs on conditions precedent that are neither met nor waived. */
    conditional: z.strictObject({ quantity: decimalCodec, share: decimalCodec.nullable() }),
    /** Acknowledged force majeure in the window. */
    forceMajeure: z.strictObject({ quantity: decimalCodec, share: decimalCodec.nullable() }),
    prices: priceMoveSchema,
    expiring: expiringSchema,
    disruptions: z.array(disruptionStatusSchema),
  })
  .meta({ id: 'RiskAssessment' });
export type Assessment = z.output<typeof assessmentSchema>;

/** Pure: the same inputs come to the same assessment. */
export function assess(inputs: AssessmentInputs): Assessment {
  const { product, zone, at, from, contracts, declared, stockpiles } = inputs;
  const quarters = windowFrom(from);
  const consumption = plannedIn(inputs.consumption, quarters);
  const inWindow = (contract: AssessedContract): AssessedContract['quarters'] =>
    contract.quarters.filter(({ quarter }) => quarters.includes(quarter));
  const flows = contracts.map((contract) => ({
    origin: contract.origin,
    destination: contract.destination,
    isConditional: contract.isConditional,
    quantity: sumOf(inWindow(contract).map(({ quantity }) => quantity)),
  }));
  const cover = stockpiles.map((stockpile) => coverStatus(stockpile, product));
  const conditional = totalOf(flows.filter(({ isConditional }) => isConditional));
  const members = zone?.members ?? [];
  const cap = zone?.maxOriginShare ?? benchmarkOriginShare;
  const excused = trimDecimal(
    sumOf(contracts.flatMap((contract) => inWindow(contract).map(({ forceMajeure }) => forceMajeure))),
  );
  return {
    ...{ product: product.id, mineral: product.mineral, stage: product.stage, unit: product.unit },
    ...{ zone: zone?.id ?? null, at, window: { from, to: quarters.at(-1)! } },
    ...{ consumption, maxOriginShare: cap },
    ...{ cover, zoneCover: zoneCover(cover, consumption) },
    ...concentrationOf(flows, consumption, cap, members),
    nMinusOne: nMinusOne(flows, consumption),
    declared:
      declared === null
        ? null
        : {
            ...{ source: declared.source, year: declared.year },
            ...concentrationOf(declared.flows, consumption, cap, members),
            nMinusOne: nMinusOne(declared.flows, consumption),
          },
    late: lateness(contracts, dateOf(at)),
    conditional: { quantity: conditional, share: shareOf(conditional, totalOf(flows)) },
    forceMajeure: { quantity: excused, share: shareOf(excused, totalOf(flows)) },
    prices: priceMove(inputs.prices, dateOf(at)),
    expiring: expiring(inputs, quarters),
    disruptions: inputs.disruptions.map((disruption) => {
      const { origins, destinations } = disruption;
      const hit = (of: readonly OriginQuantity[]): Decimal =>
        totalOf(of.filter(({ origin }) => origins.includes(origin)));
      const onItsLanes = flows.filter(
        ({ destination }) => destinations === undefined || destinations.includes(destination),
      );
      const exposed = trimDecimal(times(hit(onItsLanes), disruption.affectedShare));
      return {
        ...{ disruption: disruption.disruption, kind: disruption.kind, origins: [...disruption.origins] },
        exposed: { amount: exposed, unit: product.unit },
        share: shareOf(exposed, totalOf(flows)),
        days: consumption === null ? null : daysOf(exposed, consumption),
        shareOfSource: shareOf(hit(onItsLanes), totalOf(flows)),
        shareOfDeclared:
          declared === null ? null : shareOf(hit(byOrigin(declared.flows)), totalOf(declared.flows)),
      };
    }),
  };
}

/** The quarters that an assessment from this one on looks at. */
export const windowFrom = (from: Quarter): Quarter[] =>
  Array.from({ length: windowQuarters }, (_, step) => quarterFromNumber(quarterNumber(from) + step));

/** What is planned for some quarters together; nothing is assumed of one that nobody has declared. */
export function plannedIn(
  consumption: AssessmentInputs['consumption'],
  quarters: readonly Quarter[],
): Decimal | null {
  if (consumption === null) return null;
  const planned = quarters.map((quarter) => consumption.find((each) => each.quarter === quarter));
  return planned.includes(undefined)
    ? null
    : trimDecimal(sumOf(planned.map((each) => each?.quantity ?? zero)));
}
