import * as z from 'zod';
import { decimalCodec, tenTo } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { priceSchema } from '../kernel/money.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { hasBegun } from '../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import type { LotsByQuarter } from './delivery.ts';
import { deliverySchema, quarterQuantitySchema } from './delivery.ts';

/** Mass per cent, such as "99.5". */
export const puritySchema = decimalCodec.refine(
  (purity) => purity.units > 0n && purity.units <= 100n * tenTo(purity.scale),
  'must be above 0 and at most 100 (per cent by mass)',
);

/**
 * `indexed`: the order's `price` is compared at the reference of the day; what a contract's price exceeds that by is
 * what was sold, and each quarter settles at the reference of its own. `cap`: the most that the seller is paid then.
 */
const priceTermsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed') }),
  z.strictObject({ kind: z.literal('indexed'), reference: nameIdSchema, cap: priceSchema.optional() }),
]);
export type PriceTerms = z.output<typeof priceTermsSchema>;

/** What offers and bids have in common when they are posted. */
export const orderTermsShape = {
  product: nameIdSchema,
  /** An offer's ask: what the seller is paid. A bid's limit: the most the buyer pays, landed. */
  price: priceSchema,
  delivery: deliverySchema,
  minimumLot: quantitySchema.optional(),
  allOrNone: z.boolean().optional(),
  minimumQuarters: z.int().min(1).max(80).optional(),
  priceTerms: priceTermsSchema.optional(),
  validUntil: instantSchema.optional(),
};

/** What offers and bids may change. Everything else is a new order. */
export const orderChangesSchema = z
  .strictObject({ price: priceSchema, delivery: deliverySchema, validUntil: instantSchema.nullable() })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({ id: 'OrderChanges' });
export type OrderChanges = z.output<typeof orderChangesSchema>;

export const orderStatuses = ['open', 'filled', 'withdrawn', 'expired'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export const warningSchema = z.strictObject({ code: z.string(), detail: z.string() });
export type Warning = z.output<typeof warningSchema>;

/** What the marketplace adds to an order. `remaining` + `contracted` = the quantity, for every quarter. */
export const orderRecordShape = {
  /** The standing rule that placed it. */
  rule: generatedIdSchema('rule').optional(),
  status: z.enum(orderStatuses),
  remaining: z.array(quarterQuantitySchema),
  contracted: z.array(quarterQuantitySchema),
  warnings: z.array(warningSchema),
  postedAt: instantSchema,
  updatedAt: instantSchema,
  version: z.int().positive(),
};

/** `validUntil` decides when it is read, not when somebody sweeps: an open order past it has expired. */
export const statusAt = (
  order: { readonly status: OrderStatus; readonly validUntil?: Instant | undefined },
  at: Instant,
): OrderStatus =>
  order.status === 'open' && order.validUntil !== undefined && order.validUntil <= at
    ? 'expired'
    : order.status;

/** Every quarter that it has lots left for had begun on that day: as it stands, it can trade no more. */
export const isPast = (remaining: LotsByQuarter, on: CalendarDate): boolean =>
  [...remaining].every(([quarter, lots]) => lots === 0n || hasBegun(quarter, on));
