import { execFileSync } from 'node:child_process';
import { progress, report } from './report.ts';
import { bundleOf } from './solver-bundle.ts';

/** The memory of the largest Lambda, and how much of it is left to JavaScript's own objects. */
const LAMBDA_MEGABYTES = 10_240;
const HEAP_MEGABYTES = 9216;

interface BookRun {
  readonly orders: number;
  readonly kinds: number;
  readonly awards: number;
  readonly milliseconds: number;
  readonly peakMegabytes: number;
}

/** Books of many orders of few kinds: the last one as large as one Lambda is to clear. */
export async function benchBook(sizes: readonly number[] = [10_000, 100_000, 1_000_000]): Promise<void> {
  const bundle = await bundleOf('clear-book-once');
  for (const orders of sizes) {
    progress(`book: ${orders} orders`);
    const run = JSON.parse(
      execFileSync(process.execPath, [`--max-old-space-size=${HEAP_MEGABYTES}`, bundle, String(orders)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    ) as BookRun;
    const name = `clear a book of ${orders} orders of ${run.kinds} kinds into ${run.awards} contracts`;
    report({ name, value: run.milliseconds / 1000, unit: 's' });
    report({
      ...{ name: `${name}, peak memory`, value: run.peakMegabytes, unit: 'MB' },
      ...{ versus: 'one Lambda of 10 GB', ratio: LAMBDA_MEGABYTES / run.peakMegabytes },
    });
    if (run.peakMegabytes > LAMBDA_MEGABYTES) throw new Error(`${orders} orders do not fit one Lambda`);
  }
}
