import * as z from 'zod';
import { countrySchema, generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';
import { puritySchema } from '../orders/order.ts';

export const locationSchema = z.strictObject({ country: countrySchema, place: textSchema(200) });

/** Who has a claim on part of a lot: an offer that sells it, a loan, a pledge, a release. */
const encumbranceSchema = z.strictObject({
  kind: z.enum(['offer', 'loan', 'pledge', 'release']),
  by: z.string(),
  quantity: quantitySchema,
  /** From when on no clearing can take from an offer: it expires, or the last of its quarters has begun. */
  until: instantSchema.optional(),
});
export type Encumbrance = z.output<typeof encumbranceSchema>;

/** Where the material came from: what it is, and stays, whoever holds it. */
const materialShape = {
  purity: puritySchema.optional(),
  /** Where the product's own stage was done. */
  origin: countrySchema,
  site: generatedIdSchema('site').optional(),
  /** Relied on when it was received. */
  certificates: z.array(generatedIdSchema('certificate')).max(100),
};

/** Stock from before the marketplace: as declared, and counted once an administrator has verified it. */
export const openingTermsSchema = z.strictObject({
  product: nameIdSchema,
  quantity: quantitySchema,
  ...materialShape,
  certificates: materialShape.certificates.default([]),
  location: locationSchema,
  inventoryPrice: priceSchema,
  shelfLifeEnds: dateSchema.optional(),
  receivedOn: dateSchema,
  /** What proves it: a warehouse warrant, an inventory report. */
  evidence: textSchema(1000),
});
export type OpeningTerms = z.output<typeof openingTermsSchema>;

/** What a contract's accepted delivery becomes. */
const receiptTermsSchema = z.strictObject({
  contract: generatedIdSchema('contract'),
  delivery: generatedIdSchema('delivery'),
  location: locationSchema,
  shelfLifeEnds: dateSchema.optional(),
});
export type ReceiptTerms = z.output<typeof receiptTermsSchema>;

/** How a lot comes in: from a contract's delivery, or as a declared opening. */
export const incomingLotSchema = z.union([
  receiptTermsSchema,
  z.strictObject({ opening: openingTermsSchema }),
]);

export const stockLotStatuses = ['declared', 'held', 'rejected', 'closed'] as const;

/** A physical lot. `quantity` is all of it, of which encumbrances and `lent` are spoken for. In the product's own unit. */
export const stockLotSchema = z
  .strictObject({
    id: generatedIdSchema('stockLot'),
    stockpile: generatedIdSchema('stockpile'),
    product: nameIdSchema,
    quantity: zeroableQuantitySchema,
    ...materialShape,
    location: locationSchema,
    owner: nameIdSchema,
    /** What it cost per unit; of lots merged at different prices the mean by mass, half to even to the millionth. */
    inventoryPrice: priceSchema,
    encumbrances: z.array(encumbranceSchema).max(100),
    /** Of the quantity, what is out on loan. */
    lent: zeroableQuantitySchema,
    shelfLifeEnds: dateSchema.optional(),
    receivedAt: instantSchema,
    status: z.enum(stockLotStatuses),
    /** An administrator has seen its site, or the lot itself. */
    verified: z.boolean(),
    /** Where it came from: a delivery, a declared opening, or other lots. */
    source: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('delivery'),
        contract: generatedIdSchema('contract'),
        delivery: generatedIdSchema('delivery'),
        /** What the delivery was booked with. */
        quantity: quantitySchema,
      }),
      z.strictObject({
        kind: z.literal('opening'),
        evidence: textSchema(1000),
        declaredBy: z.string(),
        verifiedBy: z.string().optional(),
      }),
      /** What a member or a borrower put back in the place of what it had drawn or lent. */
      z.strictObject({
        kind: z.literal('returned'),
        account: generatedIdSchema('account').optional(),
        loan: generatedIdSchema('loan').optional(),
      }),
      z.strictObject({ kind: z.literal('split'), lot: generatedIdSchema('stockLot') }),
      z.strictObject({ kind: z.literal('merge'), lots: z.array(generatedIdSchema('stockLot')) }),
    ]),
    /**
     * Of a delivery that was corrected downwards: what the correction could not take from this lot, nor from what was cut
     * off it or joined with it, since all of that has claims on it or is gone.
     */
    shortfall: quantitySchema.optional(),
    /** A loss that awaits a second person. */
    writeOff: z
      .strictObject({
        quantity: quantitySchema,
        reason: textSchema(1000),
        proposedBy: z.string(),
        proposedAt: instantSchema,
      })
      .optional(),
    ...versionShape,
  })
  .meta({ id: 'StockLot' });
export type StockLot = z.output<typeof stockLotSchema>;
