import * as z from 'zod';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimal, shareCodec } from '../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { dateSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';
import { mineralSchema, stageSchema } from '../reference/stage.ts';

/**
 * What may stop a flow: the measures that the OECD's Inventory of Export Restrictions on Industrial Raw Materials tells
 * apart (prohibition, quota, licence, tax), and what nobody decided.
 */
export const disruptionKinds = [
  'export-ban',
  'quota',
  'licence',
  'tax',
  'force-majeure',
  'accident',
] as const;
export type DisruptionKind = (typeof disruptionKinds)[number];

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;
const listOf = <T extends z.ZodType<string>>(item: T, maximum: number) =>
  z.array(item).min(1).max(maximum).refine(distinct, 'must not name anything twice');

/** Days in a row on which it has no effect, both ends included. */
const suspensionSchema = z.strictObject({ from: dateSchema, to: dateSchema });

const shape = z.strictObject({
  kind: z.enum(disruptionKinds),
  title: textSchema(200),
  description: textSchema(2000).optional(),
  /** Where the product's own stage is done: what comes from there is affected. */
  origins: listOf(countrySchema, 250),
  /** Products, minerals, or both: it affects what either names. */
  products: listOf(nameIdSchema, 100).optional(),
  minerals: listOf(mineralSchema, 50).optional(),
  /** Only products of these stages. Default: of all. */
  stages: listOf(stageSchema, 4).optional(),
  /** Only what is delivered there. Default: everywhere. */
  destinations: listOf(countrySchema, 250).optional(),
  /** Of what comes from the origins, the part that the measure is about (one mine of three). Default: all. */
  affectedShare: shareCodec.refine((share) => share.units > 0n, 'must be greater than zero').optional(),
  /** Of a quota: so much may leave in a period in which `of` would have left without it. */
  quota: z.strictObject({ allowed: quantitySchema, of: quantitySchema }).optional(),
  from: dateSchema,
  to: dateSchema.optional(),
  suspended: z.array(suspensionSchema).max(50).optional(),
  /** Where it is told of: a gazette, an agency. */
  source: textSchema(400),
  /** The source's own name of it. Imported again under the same source and reference it is the same disruption. */
  reference: textSchema(100).optional(),
});
export type DisruptionTerms = z.output<typeof shape>;

function checkTerms(terms: DisruptionTerms, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message, input: terms });
  };
  if (terms.products === undefined && terms.minerals === undefined)
    refuse(['products'], 'products or minerals must be named');
  if (terms.to !== undefined && terms.to < terms.from) refuse(['to'], 'must not be before from');
  if ((terms.kind === 'quota') !== (terms.quota !== undefined))
    refuse(['quota'], 'a quota, and nothing else, says how much may leave');
  if (terms.quota !== undefined && terms.quota.allowed.unit !== terms.quota.of.unit)
    refuse(['quota', 'of', 'unit'], 'must be the unit of allowed');
  if (terms.quota !== undefined && compareDecimal(terms.quota.allowed.amount, terms.quota.of.amount) > 0)
    refuse(['quota', 'allowed', 'amount'], 'must not be more than would have left without the quota');
  if (terms.kind === 'quota' && terms.affectedShare !== undefined)
    refuse(['affectedShare'], 'a quota says it by its quantities');
  const suspended = (terms.suspended ?? []).map((each, index) => ({ ...each, index }));
  for (const { from, to, index } of suspended)
    if (to < from) refuse(['suspended', index, 'to'], 'must not be before from');
  const inOrder = suspended.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  for (const [place, { from, index }] of inOrder.entries()) {
    const before = inOrder[place - 1];
    if (before !== undefined && from <= before.to)
      refuse(['suspended', index, 'from'], 'must be after the suspension before it has ended');
  }
}

export const disruptionTermsSchema = shape.superRefine(checkTerms);

/** Rows of one import: each is an item and its first version, in one transaction with the caller's key. */
const maximumImported = 49;

export const disruptionImportSchema = z.strictObject({
  disruptions: z.array(disruptionTermsSchema).min(1).max(maximumImported),
});

export const disruptionEndSchema = z.strictObject({
  /** Its last day. */
  to: dateSchema,
  note: textSchema(1000),
});

export const disruptionWithdrawalSchema = z.strictObject({ note: textSchema(1000) });

/** What may be changed, as a merge patch: null takes a field away (RFC 7396). What it then says is judged as a whole. */
export const disruptionPatchSchema = shape
  .omit({ kind: true, reference: true })
  .partial()
  .extend({
    description: shape.shape.description.nullish(),
    products: shape.shape.products.nullish(),
    minerals: shape.shape.minerals.nullish(),
    stages: shape.shape.stages.nullish(),
    destinations: shape.shape.destinations.nullish(),
    affectedShare: shape.shape.affectedShare.nullish(),
    to: shape.shape.to.nullish(),
    suspended: shape.shape.suspended.nullish(),
    note: textSchema(1000).optional(),
  });
export type DisruptionPatch = z.output<typeof disruptionPatchSchema>;

export const disruptionSchema = shape
  .extend({
    id: generatedIdSchema('disruption'),
    /** A withdrawn one was entered in error: it has no effect on any day. */
    status: z.enum(['entered', 'withdrawn']),
    /** Why it was changed last. */
    note: textSchema(1000).optional(),
    ...versionShape,
  })
  .meta({ id: 'Disruption' });
export type Disruption = z.output<typeof disruptionSchema>;

const all = decimal('1');

/** Of what the affected part of the origins would have sent, the part that still may leave: `allowed ÷ of`, exactly. */
export interface AllowedPart {
  readonly allowed: Decimal;
  readonly of: Decimal;
}
export const allowedPart = ({ quota }: Pick<Disruption, 'quota'>): AllowedPart | undefined =>
  quota && { allowed: quota.allowed.amount, of: quota.of.amount };

/** The part of the origins' flow that the measure is about; of a quota, all of it. */
export const affectedPart = ({ affectedShare }: Pick<Disruption, 'affectedShare'>): Decimal =>
  affectedShare ?? all;
