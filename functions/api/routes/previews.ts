import { previewSchema } from '../../../shared/clearing/preview/result.ts';
import { previewTermsSchema } from '../../../shared/clearing/preview/terms.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

export const previewRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'previewClearing',
    method: 'post',
    path: '/v1/clearings/preview',
    tag: 'Clearings',
    summary: 'Clear the open book under other rules, without any effect',
    description:
      'The book as it stands is cleared under what is in force (`current`) and under what the request supposes ' +
      '(`proposed`). Nothing is written, no order is held, and an Idempotency-Key is not heeded. Both sides are for ' +
      'administrators, who may read every order. `difference.vanishing` and `difference.appearing` are fit for ' +
      'everyone: they need three organisations on either side, are rounded, and suppose floors and caps in steps, so ' +
      'that no number of previews tells one order from another.',
    roles: ['administrator'],
    body: previewTermsSchema,
    example: {
      product: 'ndpr-oxide',
      floors: [
        {
          zone: 'partners',
          price: { amount: '115.00', currency: 'USD', per: 'kg' },
          borderAdjusted: true,
        },
      ],
    },
    responses: { 200: { description: 'Both results, side by side', schema: previewSchema } },
    problems: [
      'unknown_reference',
      'currency_mismatch',
      'unit_not_convertible',
      'off_tick',
      'zone_overlap',
      'reference_unavailable',
      'market_too_large',
    ],
    read: async ({ body, at }, { table, computing }) => {
      // The engine, which nothing else of the API needs: a function that starts does not read it.
      const { previewClearing, previewLimits } = await import('../preview-clearing.ts');
      const preview = await previewClearing(table, body, at, previewLimits, computing);
      return preview.ok ? ok(reply(200, preview.value)) : preview;
    },
  }),
];
