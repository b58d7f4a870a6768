import * as z from 'zod';
import { sumOf } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import { decimalCodec, trimDecimal } from '../../kernel/decimal.ts';
import { countrySchema } from '../../kernel/ids.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { quartersBetween } from '../../kernel/quarter.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Zone } from '../../reference/zone.ts';
import type { Assessment } from '../../risk/assessment.ts';
import { assessmentSchema } from '../../risk/assessment.ts';
import { exceeds, headroomOfPlanned, shareOf } from '../../risk/concentration.ts';
import { contractedInto, isCounted } from '../eligibility/zone-caps.ts';
import type { OriginUse } from '../snapshot.ts';
import { countedZones } from './headroom.ts';

const { expiring, disruptions } = assessmentSchema.shape;

/**
 * What anybody who trades here may know of an assessment: nothing of positions, and of contracts only what the market's
 * own view tells of the zone's caps anyhow, which is judged against subtraction and successive views.
 */
const publicRiskSchema = z.strictObject({
  view: z.literal('public'),
  ...assessmentSchema.pick({
    product: true,
    mineral: true,
    stage: true,
    unit: true,
    zone: true,
    at: true,
    window: true,
    consumption: true,
    maxOriginShare: true,
    declared: true,
    prices: true,
  }).shape,
  /** Of the caller's own stockpiles; empty for all others. */
  cover: assessmentSchema.shape.cover,
  contracted: z.strictObject({
    /** Origins outside the zone, by name. */
    origins: z
      .array(
        z.strictObject({
          origin: countrySchema,
          quantity: decimalCodec,
          shareOfUse: decimalCodec.nullable(),
          aboveCap: z.boolean(),
          headroom: decimalCodec.nullable(),
        }),
      )
      .nullable(),
    withheld: z.boolean(),
  }),
  expiring: z.strictObject({ floors: expiring.shape.floors }),
  disruptions: z.array(
    disruptions.element.pick({ disruption: true, kind: true, origins: true, shareOfDeclared: true }),
  ),
});
export type PublicRisk = z.output<typeof publicRiskSchema>;

const fullRiskSchema = assessmentSchema.extend({ view: z.literal('full') });

export const riskViewSchema = z
  .discriminatedUnion('view', [fullRiskSchema, publicRiskSchema])
  .meta({ id: 'RiskView' });

/** What the market counts of contracts, by quarter and lane, and by which zones each quarter was judged to hide everybody. */
export interface ShownUse {
  readonly use: readonly OriginUse[];
  readonly open: ReadonlyMap<Quarter, string>;
}

/**
 * @param assessment of no contract, and of no stockpile but the caller's own.
 * @param zones all, by which the counts were judged.
 */
export function publicRisk(
  assessment: Assessment,
  {
    product,
    zone,
    zones,
    shown,
  }: {
    readonly product: Product;
    readonly zone: Zone | null;
    readonly zones: readonly Zone[];
    readonly shown: ShownUse;
  },
): PublicRisk {
  const { mineral, stage, unit, at, window, consumption, maxOriginShare, declared, prices } = assessment;
  return {
    view: 'public',
    ...{ product: product.id, mineral, stage, unit, zone: zone?.id ?? null, at, window },
    ...{ consumption, maxOriginShare, declared, prices },
    cover: assessment.cover,
    contracted: contractedOf(assessment, product, zone, zones, shown),
    expiring: { floors: assessment.expiring.floors },
    disruptions: assessment.disruptions.map(({ disruption, kind, origins, shareOfDeclared }) => ({
      ...{ disruption, kind, origins, shareOfDeclared },
    })),
  };
}

/** Only where the zone caps origins are its counts judged; and only where every quarter of the window hides everybody. */
function contractedOf(
  { window, consumption, maxOriginShare }: Assessment,
  product: Product,
  zone: Zone | null,
  zones: readonly Zone[],
  { use, open }: ShownUse,
): PublicRisk['contracted'] {
  const hidden = { origins: null, withheld: true };
  if (zone?.maxOriginShare === undefined) return hidden;
  const judged = countedZones(zones);
  const quarters = quartersBetween(window.from, window.to);
  const used = use.filter(({ quarter }) => quarters.includes(quarter));
  if (used.some(({ quarter }) => open.get(quarter) !== judged)) return hidden;
  const counted = used.filter(({ origin, destination }) => isCounted(zone, origin, destination));
  const origins = [...new Set(counted.map(({ origin }) => origin))].sort().flatMap((origin) => {
    const lots = quarters.map((quarter) => contractedInto(zone, origin, quarter, [...counted], product));
    const quantity: Decimal = trimDecimal(sumOf(lots.map((count) => quantityOf(count, product).amount)));
    if (quantity.units === 0n) return [];
    return [
      {
        ...{ origin, quantity },
        shareOfUse: consumption === null ? null : shareOf(quantity, consumption),
        aboveCap: consumption !== null && exceeds(quantity, consumption, maxOriginShare),
        headroom: consumption === null ? null : headroomOfPlanned(maxOriginShare, consumption, quantity),
      },
    ];
  });
  return { origins, withheld: false };
}
