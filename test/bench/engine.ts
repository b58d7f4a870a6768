import { execFileSync } from 'node:child_process';
import { bundleOfSolver } from './solver-bundle.ts';
import { median, progress, report } from './report.ts';

interface Run {
  readonly milliseconds: number;
  readonly peakMegabytes: number;
  readonly gains: number;
  readonly pairs: number;
}

/** Orders a side and eligible pairs. */
type Size = readonly [orders: number, pairs: number];

const peers = ['simplex', 'ipm'] as const;
const againstHighs: readonly Size[] = [
  [100, 1900],
  [300, 16_000],
  [1000, 182_000],
];
const againstPlain: readonly Size[] = [
  [1000, 182_000],
  [10_000, 1_000_000],
];
/** A fifth of all pairs is eligible, as in the sizes above; and a hundred pairs for every order. */
const growing: Readonly<Record<string, readonly Size[]>> = {
  'a fifth of all pairs eligible': [
    [224, 10_000],
    [707, 100_000],
    [2236, 1_000_000],
    [7071, 10_000_000],
  ],
};

/** The engine against HiGHS's methods, each run in a process of its own, in turn; the ratio is to the faster one. */
export async function benchEngine(sizes = againstHighs): Promise<void> {
  const solve = await solver();
  for (const [orders, pairs] of sizes) {
    progress(`engine: ${orders} offers × ${orders} bids against HiGHS`);
    const own = Array.from({ length: 5 }, () => solve('engine', orders, pairs));
    const others = peers.map((peer) => ({ peer, run: solve(peer, orders, pairs) }));
    for (const { peer, run } of others) sameGains(own[0]!, run, peer);
    const best = others.reduce((a, b) => (a.run.milliseconds <= b.run.milliseconds ? a : b));
    compare(`clear ${orders}² orders, ${own[0]!.pairs} eligible pairs`, own, `HiGHS ${best.peer}`, best.run);
  }
}

/** The engine against the plain network simplex: what the start and the tree in memory order are worth. */
export async function benchPlain(sizes = againstPlain): Promise<void> {
  const solve = await solver();
  for (const [orders, pairs] of sizes) {
    progress(`engine: ${orders} offers × ${orders} bids against a plain network simplex`);
    const own = Array.from({ length: 3 }, () => solve('engine', orders, pairs));
    const plain = solve('plain', orders, pairs);
    sameGains(own[0]!, plain, 'the plain simplex');
    compare(`clear ${orders}² orders, ${own[0]!.pairs} pairs`, own, 'plain network simplex', plain);
  }
}

/** How time grows with the number of pairs: the slope of the logarithms, 1 where it is linear. */
export async function benchGrowth(): Promise<void> {
  const solve = await solver();
  for (const [shape, sizes] of Object.entries(growing)) {
    const points = sizes.map(([orders, pairs]) => {
      progress(`engine: ${pairs} pairs, ${shape}`);
      const runs = Array.from({ length: pairs < 1_000_000 ? 3 : 1 }, () => solve('engine', orders, pairs));
      const time = median(runs.map((run) => run.milliseconds));
      const name = `clear ${runs[0]!.pairs} pairs, ${shape}`;
      report({ name, value: time, unit: 'ms' });
      report({
        name: `${name}, peak memory`,
        value: Math.max(...runs.map((run) => run.peakMegabytes)),
        unit: 'MB',
      });
      return { x: Math.log(runs[0]!.pairs), y: Math.log(time) };
    });
    report({
      name: `growth of time with pairs, ${shape}: exponent`,
      value: slope(points),
      unit: '',
      versus: 'linear growth',
      ratio: 1 / slope(points),
    });
  }
}

function compare(name: string, own: readonly Run[], versus: string, peer: Run): void {
  const time = median(own.map((run) => run.milliseconds));
  const memory = Math.max(...own.map((run) => run.peakMegabytes));
  report({ name, value: time, unit: 'ms', versus, ratio: peer.milliseconds / time });
  report({
    ...{ name: `${name}, peak memory`, value: memory, unit: 'MB', versus },
    ratio: peer.peakMegabytes / memory,
  });
}

function sameGains(own: Run, other: Run, name: string): void {
  if (own.pairs !== other.pairs || Math.abs(other.gains - own.gains) > own.gains * 1e-7)
    throw new Error(`${name} finds gains of ${other.gains}, the engine ${own.gains}`);
}

/** Least squares. */
function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  return mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
}

async function solver(): Promise<(name: string, orders: number, pairs: number) => Run> {
  const bundle = await bundleOfSolver();
  return (name, orders, pairs) =>
    JSON.parse(
      execFileSync(process.execPath, [bundle, name, String(orders), String(pairs)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    ) as Run;
}
