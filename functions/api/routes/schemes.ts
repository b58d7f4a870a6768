import { schemeSchema, schemeTermsSchema } from '../../../shared/standards/scheme.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { putScheme } from '../../../shared/store/reference/schemes.ts';
import type { Route } from '../route.ts';
import { defineRoute } from '../route.ts';
import {
  actOf,
  administrators,
  listingRoute,
  namedParams,
  plainPutReply,
  readingRoutes,
} from './reference.ts';

export const schemeRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putScheme',
    method: 'put',
    path: '/v1/schemes/{id}',
    summary: 'Describe a certification scheme',
    tag: 'Standards',
    roles: administrators,
    params: namedParams,
    body: schemeTermsSchema,
    ifMatch: 'optional',
    responses: {
      200: { description: 'Replaced, or unchanged', schema: schemeSchema },
      201: { description: 'Created', schema: schemeSchema },
    },
    problems: ['precondition_failed', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(
        putScheme(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion,
        ),
        (put) => plainPutReply(put, `/v1/schemes/${request.params.id}`),
      ),
  }),
  listingRoute({
    kind: 'scheme',
    path: '/v1/schemes',
    tag: 'Standards',
    operationId: 'listSchemes',
    noun: 'schemes',
  }),
  ...readingRoutes({
    kind: 'scheme',
    path: '/v1/schemes/{id}',
    params: namedParams,
    idOf: (params) => params.id,
    tag: 'Standards',
    name: 'Scheme',
    noun: 'scheme',
  }),
];
