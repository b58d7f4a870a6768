import * as z from 'zod';
import { countrySchema, generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { priceSchema } from '../kernel/money.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { instantSchema } from '../kernel/time.ts';
import { bidRequirementsShape } from './bid.ts';
import { deliverySchema, quarterQuantitySchema } from './delivery.ts';
import { orderTermsShape, warningSchema } from './order.ts';

/**
 * A joint-procurement pool: several buyers bid as one, each for a part of its own. One of them, the runner, states the
 * terms; they never change, since whoever joins agrees to them.
 */

/** Members of one pool at most, those that left with contracts included: their shares lie in one item of 400 KB. */
export const maximumMembers = 50;

/**
 * `sealed`: a member reads its own part only, the runner who the members are, and nobody what another asks for; once
 * joining is closed, the sums as they stood then, where they tell nobody's part. `open`: members read all parts.
 */
const visibilitySchema = z.enum(['sealed', 'open']);

const { product, price, minimumLot, allOrNone, minimumQuarters, priceTerms, validUntil } = orderTermsShape;
const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** What the runner states. The terms are those of a bid, but for its destination and quantities: members bring these. */
export const poolTermsSchema = z.strictObject({
  product,
  name: textSchema(200).optional(),
  /** Every member takes delivery in a country of this zone. */
  zone: nameIdSchema,
  /** The countries of the zone that members may name; all of them if absent. */
  destinations: z
    .array(countrySchema)
    .min(1)
    .max(250)
    .refine(distinct, 'must not name a country twice')
    .optional(),
  price,
  ...bidRequirementsShape,
  ...{ minimumLot, allOrNone, minimumQuarters, priceTerms, validUntil },
  visibility: visibilitySchema.default('sealed'),
  /** No one joins from then on. */
  joinUntil: instantSchema.optional(),
  /** The organisations that may see and join the pool; every buyer if absent. */
  invited: z
    .array(nameIdSchema)
    .min(1)
    .max(200)
    .refine(distinct, 'must not name an organisation twice')
    .optional(),
});
export type PoolTerms = z.output<typeof poolTermsSchema>;

/** A pool as recorded; never changes. What does change of it lies with its bid. */
export const poolSchema = poolTermsSchema.extend({
  id: generatedIdSchema('pool'),
  bid: generatedIdSchema('bid'),
  runner: nameIdSchema,
  createdAt: instantSchema,
});
export type Pool = z.output<typeof poolSchema>;

/** What a buyer joins with: the most it takes per quarter, where, and the least it would take in a quarter. */
export const memberTermsSchema = z.strictObject({
  destination: countrySchema,
  delivery: deliverySchema,
  minimum: quantitySchema.optional(),
});
export type MemberTerms = z.output<typeof memberTermsSchema>;

/** What a member may change; `minimum: null` removes it. */
export const memberChangesSchema = z
  .strictObject({ delivery: deliverySchema, minimum: quantitySchema.nullable() })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({ id: 'PoolMemberChanges' });
export type MemberChanges = z.output<typeof memberChangesSchema>;

/** One member as its reader sees it: in a sealed pool the quantities are its own alone. */
export const memberViewSchema = z
  .strictObject({
    id: generatedIdSchema('member'),
    pool: generatedIdSchema('pool'),
    organisation: nameIdSchema,
    destination: countrySchema,
    status: z.enum(['joined', 'left']),
    delivery: deliverySchema.optional(),
    minimum: quantitySchema.optional(),
    remaining: z.array(quarterQuantitySchema).optional(),
    contracted: z.array(quarterQuantitySchema).optional(),
    joinedAt: instantSchema,
    updatedAt: instantSchema.optional(),
    version: z.int().positive().optional(),
  })
  .meta({ id: 'PoolMember' });
export type MemberView = z.output<typeof memberViewSchema>;

export const poolStatuses = ['open', 'closed', 'filled', 'withdrawn', 'expired'] as const;
export type PoolStatus = (typeof poolStatuses)[number];

/** What all members together asked for when joining was closed, where it tells nobody's part. */
const closingDemandSchema = z.array(
  z.strictObject({
    quarter: quarterSchema,
    quantity: quarterQuantitySchema.shape.quantity.nullable(),
    withheld: z.boolean(),
  }),
);

/** A pool as its reader sees it. */
export const poolViewSchema = poolSchema
  .extend({
    price: priceSchema,
    /** `open` while buyers may join, then `closed` while it still bids; the rest as for any order. */
    status: z.enum(poolStatuses),
    /** Members that have not left; told to members, administrators and auditors. */
    memberCount: z.int().nonnegative().optional(),
    /** What is asked for by all members: in an open pool, and for administrators and auditors. */
    remaining: z.array(quarterQuantitySchema).optional(),
    contracted: z.array(quarterQuantitySchema).optional(),
    closedAt: instantSchema.nullable(),
    /** The sums at closing, for members. */
    demandAtClosing: closingDemandSchema.optional(),
    /** The caller's own. */
    membership: memberViewSchema.nullable(),
    warnings: z.array(warningSchema),
    version: z.int().positive(),
  })
  .meta({ id: 'Pool' });
export type PoolView = z.output<typeof poolViewSchema>;

/** One member's part of a sum, by the group of related parties it belongs to. */
export interface Part {
  readonly group: string;
  readonly lots: bigint;
}

const fewestOthers = 3;
const greatestShare = { numerator: 70n, denominator: 100n };

/**
 * Whether a sum may be told to those it is the sum of. Each can take its own part off, so what is left for any of them
 * must still come from at least three groups, none of which holds more than 70 %.
 */
export function tellsNobodysPart(parts: readonly Part[]): boolean {
  const held = [...Map.groupBy(parts, ({ group }) => group).values()]
    .map((group) => group.reduce((sum, { lots }) => sum + lots, 0n))
    .filter((lots) => lots > 0n);
  if (held.length === 0) return true;
  return held.every((_, own) => {
    const others = held.toSpliced(own, 1);
    const rest = others.reduce((sum, lots) => sum + lots, 0n);
    return (
      others.length >= fewestOthers &&
      others.every((lots) => lots * greatestShare.denominator <= rest * greatestShare.numerator)
    );
  });
}
