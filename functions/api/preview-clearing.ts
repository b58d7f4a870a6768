import type { Preview } from '../../shared/clearing/preview/result.ts';
import type { PreviewTerms } from '../../shared/clearing/preview/terms.ts';
import { fieldProblem, problem } from '../../shared/kernel/problem.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { dateOf, latestOf } from '../../shared/kernel/time.ts';
import { standingRegulations } from '../../shared/pricing/zone-overlap.ts';
import { readGuard } from '../../shared/store/reference/configuration.ts';
import { readAll, readProduct } from '../../shared/store/reference/reference.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Computing } from './computing.ts';
import { computingHere } from './computing.ts';
import { liveSnapshot } from './live-snapshot.ts';

/**
 * What a preview may cost within a call of 29 s, most of it kept for what is slower than where it was measured: half a
 * million pairs clear in 1.3 s of one core, and 5,000 orders are read in fifty batches.
 */
export const previewLimits = { orders: 5000, pairs: 500_000, milliseconds: 8000, concurrency: 8 };

/**
 * Previews a clearing of the open book as if its gate closed now. Nothing is written and nobody is kept waiting.
 * Errors: unknown_reference, market_too_large, and those of `previewOf`.
 */
export async function previewClearing(
  table: Table,
  terms: PreviewTerms,
  now: Instant,
  limits = previewLimits,
  computing: Computing = computingHere,
): Promise<Result<Preview>> {
  const begun = performance.now();
  const product = await readProduct(table, terms.product);
  if (product === undefined)
    return fail(fieldProblem('unknown_reference', '/product', 'There is no such product.'));
  // Clocks differ: what is recorded already must be seen.
  const at = latestOf(now, (await readGuard(table)).at);
  const [live, floors, rules] = await Promise.all([
    liveSnapshot(table, product, at, limits, { supposed: terms.programmes ?? [] }),
    readAll(table, 'floor'),
    readAll(table, 'standards'),
  ]);
  if (live === undefined)
    return fail(
      problem(
        'market_too_large',
        `More than ${limits.orders} orders are open, too many to be previewed within a call. Preview when fewer are, or ask for a clearing, which takes far more.`,
      ),
    );
  const { snapshot, clearingUnderWay } = live;
  const { pairs } = limits;
  const result = await computing.preview(snapshot, terms, standingRegulations(floors, rules, dateOf(at)), {
    ...{ pairs, milliseconds: limits.milliseconds - (performance.now() - begun) },
  });
  if (!result.ok) return result;
  return ok({ product: product.id, at, clearingUnderWay, ...result.value });
}
