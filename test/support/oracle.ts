import { makeOptimiser } from './highs.ts';
import { bidOf, type Network } from '../../shared/clearing/solver/network.ts';

/** What the three objectives, one after the other, can reach at most. */
export interface Optimum {
  readonly gains: number;
  readonly volume: number;
  readonly inside: number;
}

/**
 * The lexicographic optimum by HiGHS: three linear programmes in turn, each bound by the results of those before.
 * It shares nothing with the engine's single sum of weights.
 */
export async function makeOracle(): Promise<(network: Network) => Optimum> {
  const optimum = await makeOptimiser();
  return (network) => {
    const pairs = [...network.pairOffer.keys()];
    if (pairs.length === 0) return { gains: 0, volume: 0, inside: 0 };
    const goals = [
      (pair: number) => network.pairWeight[pair]!,
      () => 1,
      (pair: number) => network.pairInside[pair]!,
    ];
    const rows = capacityRows(network);
    const reached: number[] = [];
    for (const [rank, goal] of goals.entries()) {
      const sum = sumOf(pairs, goal);
      if (sum === '') {
        reached.push(0);
        continue;
      }
      const found = optimum(`Maximize\n obj: ${sum}\nSubject To\n${rows.join('\n')}`);
      const best = Math.round(found);
      if (Math.abs(best - found) > 1e-5) throw new Error('the optimum is a whole number');
      reached.push(best === 0 ? 0 : best);
      rows.push(` goal${rank}: ${sum} >= ${best}`);
    }
    return { gains: reached[0]!, volume: reached[1]!, inside: reached[2]! };
  };
}

function sumOf(pairs: readonly number[], coefficient: (pair: number) => number): string {
  return pairs
    .filter((pair) => coefficient(pair) !== 0)
    .map((pair) => `+ ${coefficient(pair)} x${pair}`)
    .join('\n ');
}

/** One row per offer, bid and origin cap. */
export function capacityRows(network: Network): string[] {
  const { supply, demand, capLots, pairOffer, pairHead, limitLots, pairLane, laneLimits } = network;
  const pairs = [...pairOffer.keys()];
  const row = (name: string, members: number[], bound: number): string =>
    members.length === 0 ? '' : ` ${name}: ${sumOf(members, () => 1)} <= ${bound}`;
  return [
    ...[...supply].map((lots, i) =>
      row(
        `offer${i}`,
        pairs.filter((pair) => pairOffer[pair] === i),
        lots,
      ),
    ),
    ...[...demand].map((lots, j) =>
      row(
        `bid${j}`,
        pairs.filter((pair) => bidOf(network, pairHead[pair]!) === j),
        lots,
      ),
    ),
    ...[...capLots].map((lots, k) =>
      row(
        `cap${k}`,
        pairs.filter((pair) => pairHead[pair] === demand.length + k),
        lots,
      ),
    ),
    ...[...limitLots].map((lots, limit) =>
      row(
        `limit${limit}`,
        pairs.filter((pair) => laneLimits[pairLane[pair]!]?.includes(limit) === true),
        lots,
      ),
    ),
  ].filter((line) => line !== '');
}

/** The greatest gains in whole lots within every cap, by HiGHS's mixed-integer method. */
export async function makeWholeOracle(): Promise<(network: Network) => number> {
  const optimum = await makeOptimiser();
  return (network) => {
    const pairs = [...network.pairOffer.keys()];
    const sum = sumOf(pairs, (pair) => network.pairWeight[pair]!);
    if (sum === '') return 0;
    const text = `Maximize\n obj: ${sum}\nSubject To\n${capacityRows(network).join('\n')}`;
    return Math.round(
      optimum(
        text,
        pairs.map((pair) => `x${pair}`),
      ),
    );
  };
}
