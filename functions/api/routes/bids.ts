import type { Bid } from '../../../shared/orders/bid.ts';
import { bidSchema, bidTermsSchema } from '../../../shared/orders/bid.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { bids } from '../../../shared/store/orders/orders.ts';
import { postBid } from '../../../shared/store/orders/post-order.ts';
import type { Route } from '../route.ts';
import { defineRoute } from '../route.ts';
import { answered, orderRoutes } from './orders.ts';

const path = '/v1/bids';
const roles = ['buyer', 'stockpile-operator'] as const;

export const bidRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postBid',
    method: 'post',
    path,
    tag: 'Orders',
    summary: 'Bid for delivery in one country',
    description:
      "`price` is the limit: the most the buyer pays, landed, duties and levy included. Prices and quantities in other convertible units are converted to the product's own, rounded down. `maxOriginShare` caps what any one country may supply, as a share of the quantity requested in each quarter.",
    roles,
    body: bidTermsSchema.meta({ id: 'BidTerms' }),
    example: {
      product: 'ndpr-oxide',
      destination: 'DE',
      price: { amount: '130.00', currency: 'USD', per: 'kg' },
      delivery: {
        schedule: [
          { quarter: '2027-Q1', quantity: { amount: '10000', unit: 'kg' } },
          { quarter: '2027-Q2', quantity: { amount: '20000', unit: 'kg' } },
        ],
      },
      requires: [{ scheme: 'irma', level: '75' }],
      maxOriginShare: '0.65',
    },
    responses: { 201: { description: 'The bid as posted', schema: bidSchema } },
    problems: [
      'unknown_reference',
      'pace_exceeded',
      'quarter_begun',
      'condition_unsatisfiable',
      'unit_not_convertible',
      'currency_mismatch',
      'off_tick',
      'off_lot',
    ],
    write: ({ caller, body, at }, { table, newId }) =>
      mapPlan(postBid({ table, caller, at, newId }, body), (bid) => answered(201, bid, path)),
  }),
  ...orderRoutes<Bid>({ kind: bids, schema: bidSchema, idKind: 'bid', noun: 'Bid', path, roles }),
];
