import * as z from 'zod';
import { sha256Schema } from '../kernel/digest.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { amendmentChangeSchema } from './amendment.ts';
import { assayValuesSchema, deliveryNoticeSchema, deliveryReceiptSchema } from './delivery.ts';
import { sideSchema } from './standard-terms.ts';

/** Who did it; nobody where the marketplace did, because a date had come. */
const actorSchema = z.strictObject({
  organisation: nameIdSchema,
  subject: z.string(),
  role: z.enum(['seller', 'buyer', 'administrator']),
});

/**
 * `hash` is the SHA-256 of the event and of the one before it: one chain per contract. What some readers may not see
 * yet is in `opened`, which the hash leaves out; it covers `sealed` instead, a salted hash of what is in there.
 */
const event = <const T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.strictObject({
    type: z.literal(type),
    at: instantSchema,
    by: actorSchema.optional(),
    ...shape,
    hash: z.string(),
  });

const delivery = generatedIdSchema('delivery');
const reason = textSchema(1000);
const ofQuarter = { quarter: quarterSchema, quantity: quantitySchema };

const terminationCauses = ['longstop', 'agreed', 'certificate_revoked', 'authority'] as const;
const rejectionGrounds = ['assay', 'certificate', 'agreed', 'authority'] as const;

/** What a lapse of certificates leaves unshown, by code of the rule that it breaks. */
const lapseSchema = z.strictObject({ requirement: z.string(), code: z.string() });

/** Of a contract year: kilograms (or what the product is counted in) paid for and not taken, with what was paid. */
const makeUpSchema = z.strictObject({
  quantity: quantitySchema,
  price: priceSchema,
  /** The last contract year in which it may be taken. */
  lastYear: z.int(),
});
const ofYear = z.strictObject({ year: z.int(), quantity: quantitySchema });

const conditions = [
  event('condition_met', { condition: nameIdSchema, evidence: textSchema(1000) }),
  event('condition_waived', { condition: nameIdSchema }),
  event('activated', {}),
] as const;

const standing = [
  event('suspended', { reason }),
  event('resumed', { reason }),
  event('terminated', { cause: z.enum(terminationCauses), reason }),
  event('completed', {}),
] as const;

/** `quantity` is dry mass in the product's own unit. */
const deliveries = [
  event('delivery_noticed', { delivery, notice: deliveryNoticeSchema, quantity: quantitySchema }),
  event('delivery_withdrawn', { delivery, reason }),
  event('delivery_received', { delivery, receipt: deliveryReceiptSchema, quantity: quantitySchema }),
  event('assay_reported', {
    delivery,
    side: sideSchema,
    sealed: sha256Schema,
    opened: z.strictObject({ salt: z.string(), value: assayValuesSchema }).optional(),
  }),
  /** The elements on which both sides agree within the splitting limit, and those left to the umpire. */
  event('assay_settled', {
    delivery,
    values: z.array(assayValuesSchema.element),
    disputed: z.array(nameIdSchema),
  }),
  event('umpire_decided', { delivery, values: assayValuesSchema, settled: assayValuesSchema }),
  event('delivery_blocked', {
    delivery,
    certificates: z.array(generatedIdSchema('certificate')),
    lapses: z.array(lapseSchema),
    cureUntil: dateSchema,
  }),
  event('delivery_cured', { delivery }),
  event('delivery_accepted', { delivery, finalQuantity: quantitySchema }),
  event('delivery_rejected', { delivery, ground: z.enum(rejectionGrounds), reason }),
  event('delivery_corrected', { delivery, finalQuantity: quantitySchema, reason }),
] as const;

const quantities = [
  event('quantity_nominated', ofQuarter),
  event('take_declined', { ...ofQuarter, reason: reason.optional() }),
  event('force_majeure_declared', {
    declaration: generatedIdSchema('event'),
    side: sideSchema,
    ...ofQuarter,
    reason,
  }),
  event('force_majeure_acknowledged', { declaration: generatedIdSchema('event') }),
] as const;

const amendment = { amendment: generatedIdSchema('amendment') };
const amendments = [
  event('amendment_proposed', {
    ...amendment,
    side: sideSchema,
    changes: z.array(amendmentChangeSchema).min(1).max(20),
    reason,
  }),
  event('amendment_accepted', amendment),
  event('amendment_rejected', { ...amendment, reason: reason.optional() }),
  event('amendment_withdrawn', amendment),
] as const;

const settlement = { sequence: z.int().positive(), settlement: generatedIdSchema('settlement') };
const settlements = [
  event('quarter_settled', { quarter: quarterSchema, ...settlement }),
  /** What take-or-pay left for later years, and what of earlier years it used up. */
  event('year_settled', {
    year: z.int(),
    ...settlement,
    makeUp: makeUpSchema.optional(),
    /** Of earlier years' make-up, what this year's take beyond its own quantity used up without having said so. */
    makeUpTaken: z.array(ofYear).optional(),
    carriedForward: zeroableQuantitySchema.optional(),
    /** Of earlier years' carry-forward, what lowered this year's minimum. */
    carryForwardUsed: z.array(ofYear).optional(),
  }),
] as const;

/** All that happens to a contract after it was agreed, and that it was. */
export const contractEventSchema = z
  .discriminatedUnion('type', [
    event('concluded', {}),
    ...conditions,
    ...standing,
    ...deliveries,
    ...quantities,
    ...amendments,
    ...settlements,
  ])
  .meta({ id: 'ContractEvent' });
export type ContractEvent = z.output<typeof contractEventSchema>;
export type ContractEventType = ContractEvent['type'];

/** An event before it has its place in the chain. */
export type EventBody = ContractEvent extends infer E ? (E extends unknown ? Omit<E, 'hash'> : never) : never;
export type EventOf<T extends ContractEventType> = Extract<ContractEvent, { type: T }>;
