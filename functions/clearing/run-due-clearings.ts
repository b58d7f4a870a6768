import type { ClearingDependencies } from './dependencies.ts';
import { clearMarket } from './clear-market.ts';

/** Whether somebody should come back for this market at once. */
export type Remainder = 'none' | 'more';

/**
 * Runs and resumes clearings of a product until nothing is left to do, another worker has the market, or time is
 * nearly up (then `more`: wake another worker).
 */
export async function runDueClearings(
  dependencies: ClearingDependencies,
  { product }: { readonly product: string },
): Promise<Remainder> {
  for (;;) {
    const progress = await clearMarket(dependencies, product);
    dependencies.logger.info('clearing', { product, progress });
    if (progress === 'out of time') return 'more';
    if (progress === 'nothing to do' || progress === 'elsewhere') return 'none';
  }
}
