import * as z from 'zod';
import { changeSchema } from '../../../shared/contracts/change.ts';
import {
  indexValueIdSchema,
  indexValueSchema,
  indexValueTermsSchema,
} from '../../../shared/pricing/index-value.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { putIndexValue } from '../../../shared/store/prices/index-values.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { changeRoutes } from './changes.ts';
import { actOf, administrators, listingRoute, readingRoutes } from './reference.ts';

const params = z.strictObject({ id: indexValueIdSchema });
const tag = 'Reference prices';
const path = '/v1/index-values/{id}';

export const indexValueRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putIndexValue',
    method: 'put',
    path,
    summary: 'Record what an index was in a quarter',
    description:
      'An index of prices that strikes of support programmes follow, such as consumer prices; `id` is the index and the ' +
      'quarter. It always awaits another administrator. A quarter whose value is not on record is not settled.',
    tag,
    roles: administrators,
    params,
    body: indexValueTermsSchema,
    example: { value: '131.7', source: 'HICP, euro area, all items, 2015 = 100, Eurostat' },
    ifMatch: 'optional',
    responses: {
      200: { description: 'Unchanged', schema: indexValueSchema },
      202: { description: 'Proposed: awaits another administrator', schema: changeSchema },
    },
    problems: ['precondition_failed', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(
        putIndexValue(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion,
        ),
        (put) =>
          put.outcome === 'proposed'
            ? reply(202, put.change, {
                version: put.change.version,
                location: `/v1/index-values/${request.params.id}/changes/${put.change.id}`,
              })
            : reply(200, put.record, { version: put.record.version }),
      ),
  }),
  listingRoute({
    ...{ kind: 'index-value', path: '/v1/index-values', tag },
    ...{ operationId: 'listIndexValues', noun: 'index values' },
  }),
  ...readingRoutes({
    ...{ kind: 'index-value', path, params, tag, name: 'IndexValue', noun: 'index value' },
    idOf: ({ id }) => id,
  }),
  ...changeRoutes('index-value', 'IndexValue', '/v1/index-values', tag, ['invalid_state']),
];
