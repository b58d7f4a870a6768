import { standardTermsSchema, standardTermsShape } from '../../../shared/contracts/standard-terms.ts';
import { changeSchema } from '../../../shared/contracts/change.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { putStandardTerms } from '../../../shared/store/reference/standard-terms.ts';
import type { Route } from '../route.ts';
import { defineRoute } from '../route.ts';
import { changeRoutes } from './changes.ts';
import { actOf, administrators, namedParams, putReply, readingRoutes } from './reference.ts';

const path = '/v1/products/{id}/terms';

export const standardTermsRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putStandardTerms',
    method: 'put',
    path,
    tag: 'Products',
    summary: "Set the standard terms of a product's contracts",
    description:
      'Tolerance, take-or-pay, conditions precedent, assay, payment. A contract keeps the version in force at its gate closure; no earlier contract changes, except by both of its sides. While a floor of the product is approved and has not ended, they await a second administrator (202).',
    roles: administrators,
    params: namedParams,
    body: standardTermsShape.meta({ id: 'StandardTermsTerms' }),
    ifMatch: 'optional',
    example: {
      tolerance: { share: '0.05', option: 'seller' },
      takeOrPay: { share: '0.9', makeUpYears: 3, carryForwardShare: '0.1' },
      conditionsPrecedent: [
        { id: 'export-licence', side: 'seller', description: 'Export licence granted', longstopDays: 180 },
      ],
      assay: {
        umpire: 'An independent laboratory that both sides name',
        elements: [{ element: 'ndpr', splittingLimit: '0.10', rejectBelow: '98.5' }],
      },
      provisionalShare: '0.9',
      cureDays: 30,
    },
    responses: {
      200: { description: 'Replaced, or unchanged', schema: standardTermsSchema },
      201: { description: 'Created', schema: standardTermsSchema },
      202: { description: 'Proposed: awaits a second administrator', schema: changeSchema },
    },
    problems: ['not_found', 'precondition_failed', 'currency_mismatch', 'unit_not_convertible'],
    write: (request, dependencies) =>
      mapPlan(
        putStandardTerms(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion,
        ),
        (put) => putReply(put, `/v1/products/${request.params.id}/terms`),
      ),
  }),
  ...readingRoutes({
    kind: 'terms',
    path,
    params: namedParams,
    idOf: (params) => params.id,
    tag: 'Products',
    name: 'StandardTerms',
    noun: "product's standard terms",
  }),
  ...changeRoutes('terms', 'StandardTerms', path, 'Products', ['currency_mismatch', 'unit_not_convertible']),
];
