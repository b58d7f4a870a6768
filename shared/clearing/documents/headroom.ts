import * as z from 'zod';
import { decimalCodec, shareCodec } from '../../kernel/decimal.ts';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import { countrySchema, nameIdSchema } from '../../kernel/ids.ts';
import { zeroableQuantitySchema } from '../../kernel/quantity.ts';
import { hasBegun, quarterSchema, type Quarter } from '../../kernel/quarter.ts';
import { dateOf, type Instant } from '../../kernel/time.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Consumption, Zone } from '../../reference/zone.ts';
import type { OriginUse } from '../snapshot.ts';
import { contractedInto, isCounted, zoneLimit } from '../eligibility/zone-caps.ts';

/** What a zone's cap on single origins still lets in. */
export const originCapSchema = z.strictObject({
  zone: nameIdSchema,
  maxOriginShare: shareCodec,
  /** Quarters that have not begun and of which consumption is declared. */
  quarters: z.array(
    z.strictObject({
      quarter: quarterSchema,
      /** Most that any one origin outside the zone may deliver. */
      limit: zeroableQuantitySchema,
      /** Origins that something is contracted from; of all others nothing is, and their headroom is the limit. */
      origins: z
        .array(
          z.strictObject({
            origin: countrySchema,
            contracted: zeroableQuantitySchema,
            headroom: zeroableQuantitySchema,
            /** Of planned consumption, to four digits, rounded down; null where none is planned. */
            share: decimalCodec.nullable(),
          }),
        )
        .nullable(),
      withheld: z.boolean().meta({
        description: 'True where origins are null because too few organisations stand behind them',
      }),
    }),
  ),
});
export type OriginCap = z.output<typeof originCapSchema>;

const cappingZones = (zones: readonly Zone[]): Zone[] =>
  zones.filter((zone) => zone.maxOriginShare !== undefined).sort((a, b) => (a.id < b.id ? -1 : 1));

/** Equal as long as the same zones cap, with the same members: only then are two counts of the same things. */
export const countedZones = (zones: readonly Zone[]): string =>
  sha256(canonicalJson(cappingZones(zones).map(({ id, members }) => ({ id, members: members.toSorted() }))));

/** Into which parts of a quarter's volume the caps' figures let anybody divide it. */
export const countedPart = (
  zones: readonly Zone[],
  { origin, destination }: { readonly origin: string; readonly destination: string },
): string => {
  const counting = cappingZones(zones).filter((zone) => isCounted(zone, origin, destination));
  return counting.length === 0 ? '' : `${counting.map(({ id }) => id).join('+')}|${origin}`;
};

/**
 * The live headroom of every capping zone.
 *
 * @param openQuarters quarters whose counts hide everybody, and by which zones they were judged.
 */
export function originCaps(
  product: Product,
  { zones, consumption }: { readonly zones: readonly Zone[]; readonly consumption: readonly Consumption[] },
  use: readonly OriginUse[],
  openQuarters: ReadonlyMap<Quarter, string>,
  at: Instant,
): OriginCap[] {
  const judged = countedZones(zones);
  return cappingZones(zones).map((zone) => {
    const plan = consumption.find((each) => each.zone === zone.id && each.product === product.id);
    return {
      zone: zone.id,
      maxOriginShare: zone.maxOriginShare!,
      quarters: (plan?.quarters ?? [])
        .filter(({ quarter }) => !hasBegun(quarter, dateOf(at)))
        .map(({ quarter, quantity: planned }) => {
          const limit = zoneLimit(zone, consumption, quarter, product) ?? 0n;
          const inQuarter = use.filter((each) => each.quarter === quarter);
          const withheld = inQuarter.length > 0 && openQuarters.get(quarter) !== judged;
          const origins = [...new Set(inQuarter.map(({ origin }) => origin))].sort().flatMap((origin) => {
            const lots = contractedInto(zone, origin, quarter, inQuarter, product);
            if (lots === 0n) return [];
            const contracted = quantityOf(lots, product);
            return {
              ...{ origin, contracted },
              headroom: quantityOf(lots > limit ? 0n : limit - lots, product),
              share: shareOf(contracted.amount, planned.amount),
            };
          });
          return { quarter, limit: quantityOf(limit, product), origins: withheld ? null : origins, withheld };
        }),
    };
  });
}

function shareOf(
  part: { readonly units: bigint; readonly scale: number },
  whole: { readonly units: bigint; readonly scale: number },
): { units: bigint; scale: number } | null {
  if (whole.units === 0n) return null;
  const units = (part.units * 10n ** BigInt(whole.scale + 4)) / (whole.units * 10n ** BigInt(part.scale));
  return { units, scale: 4 };
}
