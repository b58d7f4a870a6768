import * as z from 'zod';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
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
    status: z.enum(['active', 'completed', 'ended']),
    version: z.int().positive(),
  })
  .meta({ id: 'SupportAgreement' });
export type Agreement = z.output<typeof agreementSchema>;
