import { organisationSchema, organisationTermsSchema } from '../../../shared/reference/organisation.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { putOrganisation } from '../../../shared/store/reference/organisations.ts';
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

export const organisationRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putOrganisation',
    method: 'put',
    path: '/v1/organisations/{id}',
    summary: 'Register or describe an organisation',
    tag: 'Organisations',
    roles: administrators,
    params: namedParams,
    body: organisationTermsSchema,
    ifMatch: 'optional',
    responses: {
      200: { description: 'Replaced, or unchanged', schema: organisationSchema },
      201: { description: 'Created', schema: organisationSchema },
    },
    problems: ['precondition_failed'],
    write: (request, dependencies) =>
      mapPlan(
        putOrganisation(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion,
        ),
        (put) => plainPutReply(put, `/v1/organisations/${request.params.id}`),
      ),
  }),
  listingRoute({
    kind: 'organisation',
    path: '/v1/organisations',
    tag: 'Organisations',
    operationId: 'listOrganisations',
    noun: 'organisations',
  }),
  ...readingRoutes({
    kind: 'organisation',
    path: '/v1/organisations/{id}',
    params: namedParams,
    idOf: (params) => params.id,
    tag: 'Organisations',
    name: 'Organisation',
    noun: 'organisation',
  }),
];
