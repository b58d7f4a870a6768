import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { median, progress, report } from './report.ts';

interface Run {
  readonly milliseconds: number;
  readonly peakMegabytes: number;
  readonly gains: number;
  readonly pairs: number;
}

const peers = ['simplex', 'ipm'] as const;

/** The engine against HiGHS's better method, each run in a process of its own, in turn. */
export function benchEngine(sizes: readonly number[] = [100, 300, 1000]): void {
  for (const size of sizes) {
    progress(`engine: ${size} offers × ${size} bids`);
    const own = Array.from({ length: size >= 1000 ? 3 : 5 }, () => solve('engine', size));
    const others = peers.map((peer) => ({ peer, run: solve(peer, size) }));
    const gains = own[0]!.gains;
    for (const { peer, run } of others)
      if (Math.abs(run.gains - gains) > gains * 1e-7)
        throw new Error(`${peer} finds gains of ${run.gains}, the engine ${gains}`);
    const best = others.reduce((a, b) => (a.run.milliseconds <= b.run.milliseconds ? a : b));
    const time = median(own.map((run) => run.milliseconds));
    const memory = Math.max(...own.map((run) => run.peakMegabytes));
    const versus = `HiGHS ${best.peer}`;
    const name = `clear ${size}² orders, ${own[0]!.pairs} eligible pairs`;
    report({ name, value: time, unit: 'ms', versus, ratio: best.run.milliseconds / time });
    report({
      name: `${name}, peak memory`,
      value: memory,
      unit: 'MB',
      versus,
      ratio: best.run.peakMegabytes / memory,
    });
  }
}

const solve = (solver: string, size: number): Run =>
  JSON.parse(
    execFileSync(process.execPath, [join(import.meta.dirname, 'solve.ts'), solver, String(size)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as Run;
