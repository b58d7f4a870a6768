import * as z from 'zod';
import { generatedIdSchema, countrySchema, nameIdSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { instantSchema } from '../kernel/time.ts';
import { bidSchema } from '../orders/bid.ts';
import { quarterQuantitySchema } from '../orders/delivery.ts';
import { offerSchema, sourceIdSchema } from '../orders/offer.ts';
import { floorSchema } from '../pricing/floor.ts';
import { fixingSchema } from '../pricing/reference-price.ts';
import { productSchema } from '../reference/product.ts';
import { siteSchema } from '../reference/site.ts';
import { consumptionSchema, zoneSchema } from '../reference/zone.ts';
import { certificateSchema } from '../standards/certificate.ts';
import { schemeSchema } from '../standards/scheme.ts';
import { programmeSchema } from '../support/programme.ts';
import { standardsRuleSchema } from '../standards/standards-rule.ts';

/**
 * Organisations appear only as opaque tokens, equal exactly where the organisation (or the group of related
 * parties) is equal: the snapshot is what auditors replay, and its digest must hold for what they see.
 */
const partyShape = { party: z.string(), group: z.string() };

/** An offer as it stood when it was locked: `remaining` is what clears. */
export const bookOfferSchema = offerSchema
  .pick({
    id: true,
    price: true,
    destinations: true,
    purity: true,
    conditionsPrecedent: true,
    longstop: true,
    priceTerms: true,
    minimumLot: true,
    allOrNone: true,
    minimumQuarters: true,
    validUntil: true,
    remaining: true,
    version: true,
  })
  /** The stock lot, where the offer is of one: the engine asks the same of both. */
  .extend({ ...partyShape, site: sourceIdSchema });
export type BookOffer = z.output<typeof bookOfferSchema>;

/** A bid as it stood when it was locked. `requested` is what its origin cap is a share of. */
export const bookBidSchema = bidSchema
  .pick({
    id: true,
    destination: true,
    price: true,
    minimumPurity: true,
    acceptsConditional: true,
    requires: true,
    excludedOrigins: true,
    maxOriginShare: true,
    pool: true,
    zone: true,
    contractedByOrigin: true,
    priceTerms: true,
    minimumLot: true,
    allOrNone: true,
    minimumQuarters: true,
    validUntil: true,
    remaining: true,
    version: true,
  })
  .extend({ ...partyShape, requested: bidSchema.shape.remaining });
export type BookBid = z.output<typeof bookBidSchema>;

/**
 * A member of a pool as it stood when the pool's bid was locked. The bid names no destination and asks for the sum of
 * what its members still ask for.
 */
export const bookMemberSchema = z.strictObject({
  id: generatedIdSchema('member'),
  bid: generatedIdSchema('bid'),
  destination: countrySchema,
  /** The least it takes in a quarter, contracts included. */
  minimum: quantitySchema.optional(),
  remaining: z.array(quarterQuantitySchema),
  contracted: z.array(quarterQuantitySchema),
  version: z.int().positive(),
  ...partyShape,
});
export type BookMember = z.output<typeof bookMemberSchema>;

/**
 * Without its name, which tends to tell whose it is. A stock lot that is offered is in the list as a site is: with the
 * country of its origin, verified as it was taken in or its site is.
 */
const snapshotSiteSchema = siteSchema
  .omit({ name: true, organisation: true, recordedBy: true })
  .extend({ id: sourceIdSchema });
export type SnapshotSite = z.output<typeof snapshotSiteSchema>;

/** Of a stock lot's: once for each lot, and without an end, since what was made under it stays made under it. */
const snapshotCertificateSchema = certificateSchema
  .omit({ organisation: true, recordedBy: true, reference: true })
  .extend({ site: sourceIdSchema });
export type SnapshotCertificate = z.output<typeof snapshotCertificateSchema>;

/** Contracted before this clearing: lots from an origin to a destination in a quarter. */
const originUseSchema = z.strictObject({
  origin: countrySchema,
  destination: countrySchema,
  quarter: quarterSchema,
  quantity: quantitySchema,
});
export type OriginUse = z.output<typeof originUseSchema>;

/** A programme in force at gate closure, as a support round needs it. Prices are per the product's own unit. */
export const snapshotProgrammeSchema = programmeSchema
  .pick({
    id: true,
    version: true,
    zone: true,
    reference: true,
    minimumReference: true,
    eligible: true,
    maximumGap: true,
    awardCap: true,
    strike: true,
    from: true,
    to: true,
    rank: true,
  })
  .extend({
    /** Its budget less what it has paid and reserved. */
    left: moneySchema,
  });
export type SnapshotProgramme = z.output<typeof snapshotProgrammeSchema>;

/**
 * A reference price of the day of gate closure, where an order or a programme is indexed to it: per the product's own unit, with the
 * figure that was frozen; or that there is none, and why.
 */
const snapshotReferenceSchema = z.discriminatedUnion('status', [
  z.strictObject({
    id: nameIdSchema,
    status: z.literal('available'),
    price: priceSchema,
    fixing: fixingSchema,
  }),
  z.strictObject({ id: nameIdSchema, status: z.literal('held'), detail: z.string() }),
]);
export type SnapshotReference = z.output<typeof snapshotReferenceSchema>;

/**
 * Everything a clearing depends on, and nothing else. Lists are sorted by id; floors, rules and zones are
 * those in force at gate closure. Prices are in the product's own currency and unit, on the tick.
 */
export const snapshotSchema = z.strictObject({
  format: z.literal('lodestone-snapshot-1'),
  clearing: generatedIdSchema('clearing'),
  gateClosure: instantSchema,
  product: productSchema,
  zones: z.array(zoneSchema),
  consumption: z.array(consumptionSchema),
  /**
   * What earlier contracts deliver from one country to another, where a zone's cap on single origins counts it. Of
   * quarters that can still clear; sorted by quarter, origin, destination.
   */
  originUse: z.array(originUseSchema).default([]),
  floors: z.array(floorSchema),
  standards: z.array(standardsRuleSchema),
  schemes: z.array(schemeSchema),
  /** Left out where no order is indexed and no programme in force. */
  references: z.array(snapshotReferenceSchema).optional(),
  /** The version of the product's standard terms that contracts of this clearing keep; left out if there is none. */
  standardTerms: z.int().positive().optional(),
  sites: z.array(snapshotSiteSchema),
  certificates: z.array(snapshotCertificateSchema),
  offers: z.array(bookOfferSchema),
  bids: z.array(bookBidSchema),
  /** Of all pools; left out where there is none. */
  members: z.array(bookMemberSchema).optional(),
  /** In the order in which they are served: by rank, then id. Left out where there is none. */
  programmes: z.array(snapshotProgrammeSchema).optional(),
});
/** In memory: decoded values. */
export type Snapshot = z.output<typeof snapshotSchema>;
/** As stored and digested: JSON. */
export type SnapshotJson = z.input<typeof snapshotSchema>;
