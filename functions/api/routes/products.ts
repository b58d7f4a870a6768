import { changeSchema } from '../../../shared/contracts/change.ts';
import { productSchema, productTermsSchema } from '../../../shared/reference/product.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { putProduct } from '../../../shared/store/reference/products.ts';
import type { Route } from '../route.ts';
import { defineRoute } from '../route.ts';
import { changeRoutes } from './changes.ts';
import { actOf, administrators, listingRoute, namedParams, putReply, readingRoutes } from './reference.ts';

export const productRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putProduct',
    method: 'put',
    path: '/v1/products/{id}',
    summary: 'Describe a product',
    description:
      'Unit, lot, price tick, currency, stage and mineral are fixed once an order exists. While a floor of the ' +
      'product is approved and has not ended, a change awaits a second administrator (202).',
    tag: 'Products',
    roles: administrators,
    params: namedParams,
    body: productTermsSchema,
    ifMatch: 'optional',
    responses: {
      200: { description: 'Replaced, or unchanged', schema: productSchema },
      201: { description: 'Created', schema: productSchema },
      202: { description: 'Proposed: awaits a second administrator', schema: changeSchema },
    },
    problems: ['precondition_failed', 'product_fixed'],
    write: (request, dependencies) =>
      mapPlan(
        putProduct(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion,
        ),
        (put) => putReply(put, `/v1/products/${request.params.id}`),
      ),
  }),
  listingRoute({
    kind: 'product',
    path: '/v1/products',
    tag: 'Products',
    operationId: 'listProducts',
    noun: 'products',
  }),
  ...readingRoutes({
    kind: 'product',
    path: '/v1/products/{id}',
    params: namedParams,
    idOf: (params) => params.id,
    tag: 'Products',
    name: 'Product',
    noun: 'product',
  }),
  ...changeRoutes('product', 'Product', '/v1/products', 'Products', ['product_fixed']),
];
