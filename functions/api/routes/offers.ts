import type { Offer } from '../../../shared/orders/offer.ts';
import { offerSchema, offerTermsSchema } from '../../../shared/orders/offer.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { offers } from '../../../shared/store/orders/orders.ts';
import { postOffer } from '../../../shared/store/orders/post-order.ts';
import type { Route } from '../route.ts';
import { defineRoute } from '../route.ts';
import { answered, orderRoutes } from './orders.ts';

const path = '/v1/offers';
const roles = ['producer', 'stockpile-operator'] as const;

export const offerRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postOffer',
    method: 'post',
    path,
    tag: 'Orders',
    summary: 'Offer supply from one of your sites',
    description:
      "`price` is the ask: what the seller is paid, before duties and levy. Prices and quantities in other convertible units are converted to the product's own, asks rounded up to the tick, quantities down to the lot. `warnings` name what the rules of a zone would refuse the offer for as things stand.",
    roles,
    body: offerTermsSchema.meta({ id: 'OfferTerms' }),
    example: {
      product: 'ndpr-oxide',
      site: 'sit_01JD0000000000000000000000',
      price: { amount: '96.50', currency: 'USD', per: 'kg' },
      destinations: ['DE', 'JP'],
      purity: '99.5',
      delivery: {
        from: '2027-Q1',
        to: '2029-Q4',
        quantityPerQuarter: { amount: '25', unit: 't' },
      },
      validUntil: '2026-12-31T23:59:59.000Z',
    },
    responses: { 201: { description: 'The offer as posted', schema: offerSchema } },
    problems: [
      'unknown_reference',
      'site_mismatch',
      'site_not_producing',
      'capacity_exceeded',
      'quarter_begun',
      'condition_unsatisfiable',
      'lot_mismatch',
      'stock_insufficient',
      'invalid_state',
      'unit_not_convertible',
      'currency_mismatch',
      'off_tick',
      'off_lot',
    ],
    write: ({ caller, body, at }, { table, newId }) =>
      mapPlan(postOffer({ table, caller, at, newId }, body), (offer) => answered(201, offer, path)),
  }),
  ...orderRoutes<Offer>({
    kind: offers,
    schema: offerSchema,
    idKind: 'offer',
    noun: 'Offer',
    path,
    roles,
  }),
];
