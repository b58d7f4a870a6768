import * as z from 'zod';
import { decimalCodec, positiveDecimalCodec, tenTo } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { sideSchema } from './standard-terms.ts';

/** Per cent by mass of the dry product, by element. */
export const assayValuesSchema = z
  .array(z.strictObject({ element: nameIdSchema, value: decimalCodec }))
  .min(1)
  .max(40)
  .refine(
    (values) => new Set(values.map(({ element }) => element)).size === values.length,
    'must not name an element twice',
  );
export type AssayValues = z.output<typeof assayValuesSchema>;

/** What the seller says of a shipment before it arrives. */
export const deliveryNoticeSchema = z.strictObject({
  quarter: quarterSchema,
  /** As loaded, dry; whole lots are not asked for: a ship holds what it holds. */
  quantity: quantitySchema,
  shippedOn: dateSchema,
  reference: textSchema(200).optional(),
  /** Drawn from what was paid for in an earlier year and not taken. */
  makeUp: z.boolean().optional(),
});
export type DeliveryNotice = z.output<typeof deliveryNoticeSchema>;

/** What the buyer found on arrival. */
export const deliveryReceiptSchema = z.strictObject({
  receivedOn: dateSchema,
  /** Weighed, wet. */
  quantity: quantitySchema,
  /** Per cent of the wet mass; none if absent. */
  moisture: positiveDecimalCodec
    .refine(({ units, scale }) => units < 100n * tenTo(scale), 'must be less than 100')
    .optional(),
});
export type DeliveryReceipt = z.output<typeof deliveryReceiptSchema>;

const deliveryStatuses = [
  'noticed',
  'received',
  'assayed',
  'blocked',
  'accepted',
  'rejected',
  'withdrawn',
] as const;

/** A shipment under a contract, as the events of the contract tell it. Quantities in the product's own unit. */
export const deliverySchema = z
  .strictObject({
    id: generatedIdSchema('delivery'),
    contract: generatedIdSchema('contract'),
    quarter: quarterSchema,
    status: z.enum(deliveryStatuses),
    notice: deliveryNoticeSchema,
    receipt: deliveryReceiptSchema.optional(),
    /** Both sides' assays, sealed from one another until both are in, and what they were settled to. */
    assays: z.strictObject({
      seller: assayValuesSchema.optional(),
      buyer: assayValuesSchema.optional(),
      umpire: assayValuesSchema.optional(),
      settled: assayValuesSchema.optional(),
      /** Who has reported: more than is shown while one side's is sealed from the other. */
      reported: z.array(sideSchema),
      /** Elements on which the sides lie further apart than the splitting limit: the umpire's. */
      disputed: z.array(nameIdSchema),
    }),
    /** Dry mass: of the notice until there is a receipt; final once accepted. */
    provisionalQuantity: quantitySchema,
    finalQuantity: quantitySchema.optional(),
    /** Certificates that have lapsed since the contract, and until when they may be cured. */
    blockedBy: z.array(generatedIdSchema('certificate')).optional(),
    cureUntil: dateSchema.optional(),
    rejectedFor: textSchema(1000).optional(),
    updatedAt: instantSchema,
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.output<typeof deliverySchema>;
