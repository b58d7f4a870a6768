import * as z from 'zod';
import { nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { instantSchema } from '../../../shared/kernel/time.ts';
import { suspicionKinds, suspicionSchema } from '../../../shared/risk/surveillance.ts';
import { suspicionsIn } from '../../../shared/risk/suspicions.ts';
import { readProduct } from '../../../shared/store/reference/reference.ts';
import { readWatched } from '../../../shared/store/risk/watched.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

export const surveillanceRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'getSurveillance',
    method: 'get',
    path: '/v1/surveillance',
    tag: 'Risk',
    summary: "What looks like manipulation in a product's market",
    description:
      'Patterns that no rule forbids by itself, each with the ids of orders, contracts and sites to look at, the latest ' +
      'first: trades of one group with itself and in rings, orders withdrawn at the gate, caps on origins evaded by bids of ' +
      'several subsidiaries, origins that nobody has verified and that save the levy. `related_party`, `capacity_exceeded` ' +
      'and `site_unverified` are refused by rules and not told here. Not `complete`: of some kind there was more than one ' +
      'call can read, the oldest is looked at. No effect.',
    roles: ['administrator', 'auditor'],
    query: z.strictObject({ product: nameIdSchema, kind: z.enum(suspicionKinds).optional() }),
    responses: {
      200: {
        description: 'The suspicions',
        schema: z
          .strictObject({
            product: nameIdSchema,
            at: instantSchema,
            complete: z.boolean(),
            items: z.array(suspicionSchema),
          })
          .meta({ id: 'Surveillance' }),
      },
    },
    problems: ['not_found'],
    read: async ({ caller, query, at }, { table }) => {
      const product = await readProduct(table, query.product);
      if (product === undefined) return fail(problem('not_found', 'There is no such product.'));
      const { complete, ...watched } = await readWatched(table, product, caller, at);
      const items = suspicionsIn(watched).filter(
        ({ kind }) => query.kind === undefined || kind === query.kind,
      );
      return ok(reply(200, { product: product.id, at, complete, items }));
    },
  }),
];
