import { stressTestSchema } from '../../../shared/clearing/stress/result.ts';
import { stressTestTermsSchema } from '../../../shared/clearing/stress/terms.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

export const stressTestRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'runStressTest',
    method: 'post',
    path: '/v1/stress-tests',
    tag: 'Risk',
    summary: 'What if an origin stopped a product for some quarters',
    description:
      'Which contracts would not be delivered, and what an immediate clearing of the open book without that origin would ' +
      'restore: each lost contract asks again, on the terms of the bid that it was concluded under. What is left is set ' +
      'against the cover of every zone. Nothing is written, no order is held, and an Idempotency-Key is not heeded.',
    roles: ['administrator'],
    body: stressTestTermsSchema,
    example: { product: 'cobalt-metal', origin: 'CD', quarters: 2 },
    responses: { 200: { description: 'The effect', schema: stressTestSchema } },
    problems: ['unknown_reference', 'quarter_begun', 'market_too_large'],
    read: async ({ body, at }, { table, computing }) => {
      // The engine, which little else of the API needs: a function that starts does not read it.
      const [{ stressTest }, { previewLimits }] = await Promise.all([
        import('../stress-test.ts'),
        import('../preview-clearing.ts'),
      ]);
      const result = await stressTest(table, body, at, previewLimits, computing);
      return result.ok ? ok(reply(200, result.value)) : result;
    },
  }),
];
