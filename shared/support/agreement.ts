import * as z from 'zod';
import { sha256 } from '../kernel/digest.ts';
import { countrySchema, generatedIdSchema, idPrefixes, nameIdSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { instantSchema } from '../kernel/time.ts';
import { quarterQuantitySchema } from '../orders/delivery.ts';

/**
 * What a programme has promised to support: the deliveries of one contract that a support round concluded, or the
 * output of one site that administrators took in. It reserves its greatest exposure until it has been settled.
 */
export const agreementSchema = z
  .strictObject({
    id: generatedIdSchema('agreement'),
    programme: generatedIdSchema('programme'),
    programmeVersion: z.int().positive(),
    basis: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('contract'),
        contract: generatedIdSchema('contract'),
        clearing: generatedIdSchema('clearing'),
      }),
      z.strictObject({ kind: z.literal('site') }),
    ]),
    producer: nameIdSchema,
    site: generatedIdSchema('site'),
    origin: countrySchema,
    product: nameIdSchema,
    strike: priceSchema,
    /** Of a support round: what each unit was topped up by, by quarter of the contract's schedule. */
    gap: priceSchema.optional(),
    /** The period caps; their sum is the lifetime cap unless `lifetime` is less. */
    caps: z.array(quarterQuantitySchema).min(1),
    reserved: moneySchema,
    from: quarterSchema,
    to: quarterSchema,
    concludedAt: instantSchema,
    /** About a site it is proposed by one administrator and decided by another; it supports nothing before. */
    status: z.enum(['proposed', 'rejected', 'active', 'completed', 'ended']),
    proposedBy: z.string().optional(),
    decidedBy: z.string().optional(),
    version: z.int().positive(),
  })
  .meta({ id: 'SupportAgreement' });
export type Agreement = z.output<typeof agreementSchema>;

/** What an administrator takes into a programme: a site, and the most of its output that is supported in each quarter. */
export const siteAgreementTermsSchema = z.strictObject({
  site: generatedIdSchema('site'),
  caps: z
    .array(z.strictObject({ quarter: quarterSchema, quantity: quantitySchema }))
    .min(1)
    .max(80)
    .refine(
      (caps) => new Set(caps.map(({ quarter }) => quarter)).size === caps.length,
      'must not name a quarter twice',
    ),
});
export type SiteAgreementTerms = z.output<typeof siteAgreementTermsSchema>;

/** What a producer made in a quarter and had not sold at its end. */
export const designationTermsSchema = z.strictObject({
  quarter: quarterSchema,
  stockpiled: zeroableQuantitySchema,
});
export type DesignationTerms = z.output<typeof designationTermsSchema>;
export const designationSchema = designationTermsSchema
  .extend({
    agreement: generatedIdSchema('agreement'),
    designatedAt: instantSchema,
    designatedBy: z.string(),
  })
  .meta({ id: 'Designation' });
export type Designation = z.output<typeof designationSchema>;

/** The agreement that supports a contract: its id follows from the contract's. */
export const agreementOfContract = (contract: string): string =>
  `${idPrefixes.agreement}_${sha256(contract).slice(0, 32)}`;
