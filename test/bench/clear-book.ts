import { execFileSync } from 'node:child_process';
import { progress, report } from './report.ts';
import { bundleOf } from './solver-bundle.ts';

/** The memory of the largest Lambda, and how much of it the clearing leaves to JavaScript's own objects. */
const LAMBDA_MEGABYTES = 10_240;
const HEAP_MEGABYTES = 8960;

export interface BookRun {
  readonly orders: number;
  readonly kinds: number;
  readonly awards: number;
  /** Of the plan. */
  readonly chunks: number;
  /** Engine, digest and proof. */
  readonly clearSeconds: number;
  /** Contracts, with their hashes, packed into the plan; the public record. */
  readonly concludeSeconds: number;
  /** The bytes of the proof and of all explanations. */
  readonly documentSeconds: number;
  /** Bytes. */
  readonly proof: number;
  /** How many, and bytes. */
  readonly shards: { readonly count: number; readonly largest: number; readonly total: number };
  /** Resident at most, with the snapshot alone and over all. */
  readonly megabytesBefore: number;
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
    const name = `a book of ${orders} orders of ${run.kinds} kinds into ${run.awards} contracts`;
    report({ name: `clear ${name}`, value: run.clearSeconds, unit: 's' });
    report({ name: `conclude ${name}: ${run.chunks} transactions`, value: run.concludeSeconds, unit: 's' });
    report({ name: `write the proof and explanations of ${name}`, value: run.documentSeconds, unit: 's' });
    report({ name: `proof of ${name}`, value: run.proof / 1e6, unit: 'MB' });
    const { count, largest, total } = run.shards;
    report({ name: `explanations of ${name}, ${count} objects`, value: total / 1e6, unit: 'MB' });
    report({ name: `largest object of explanations of ${name}`, value: largest / 1e3, unit: 'kB' });
    report({ name: `snapshot alone of ${name}, memory`, value: run.megabytesBefore, unit: 'MB' });
    report({
      ...{ name: `decide ${name}, peak memory`, value: run.peakMegabytes, unit: 'MB' },
      ...{ versus: 'one Lambda of 10 GB', ratio: LAMBDA_MEGABYTES / run.peakMegabytes },
    });
    if (run.peakMegabytes > LAMBDA_MEGABYTES) throw new Error(`${orders} orders do not fit one Lambda`);
  }
}
