import { solveQuarter, type Solution } from '../../shared/clearing/solver/flow.ts';
import type { Network } from '../../shared/clearing/solver/network.ts';
import { benchNetwork } from './networks.ts';
import { median, progress, report } from './report.ts';

const RUNS = 3;
/** Of ten offers seven come from origin 0: what a cap is made for. */
const originOf = (offer: number): number => (offer % 10 < 7 ? 0 : 1 + (offer % 3));

/**
 * What zones' caps on single origins cost in gains and in time, against the same market without. All bids lie in one
 * zone, all origins outside it; a cap is a share of all that is wanted, 65 % as in the Critical Raw Materials Act.
 */
export function benchZoneCaps(size = 1000): void {
  progress(`zone caps: ${size} offers × ${size} bids`);
  const free = favoured(benchNetwork(size));
  const without = timed(free);
  const wanted = without.solution.certificate.volume;
  for (const [name, share, origins] of [
    ['one origin at most 65 % of what trades', 0.65, [0]],
    ['each of four origins at most 20 %', 0.2, [0, 1, 2, 3]],
  ] as const) {
    const within = timed(withCaps(free, Math.floor(Number(wanted) * share), origins));
    const { primal, dual } = within.solution.certificate;
    const most = without.solution.certificate.primal;
    if (primal > dual || primal > most) throw new Error('a cap adds nothing to the gains');
    const part = Number(primal) / Number(most);
    const versus = 'no cap';
    report({ name: `${name}, ${size}²: gains`, value: 100 * part, unit: '%', versus, ratio: part });
    report({
      ...{ name: `${name}, ${size}²: time`, value: within.milliseconds, unit: 'ms', versus },
      ratio: without.milliseconds / within.milliseconds,
    });
    report({
      ...{ name: `${name}, ${size}²: gap`, value: Number(dual - primal), unit: 'ticks × lots' },
      ...{ versus: 'the bound', ratio: Number(primal) / Number(dual) },
    });
  }
}

/** The same market where origin 0 is a little cheaper. */
const favoured = (network: Network): Network => ({
  ...network,
  pairWeight: network.pairWeight.map((weight, pair) =>
    originOf(network.pairOffer[pair]!) === 0 ? weight + 500 : weight,
  ),
});

const withCaps = (network: Network, lots: number, origins: readonly number[]): Network => ({
  ...network,
  limitLots: new Float64Array(origins.length).fill(lots),
  pairLane: network.pairOffer.map((offer) => origins.indexOf(originOf(offer))),
  laneLimits: origins.map((_, limit) => [limit]),
});

function timed(network: Network): { solution: Solution; milliseconds: number } {
  let solution = solveQuarter(network);
  const times = Array.from({ length: RUNS }, () => {
    const begun = performance.now();
    solution = solveQuarter(network);
    return performance.now() - begun;
  });
  return { solution, milliseconds: median(times) };
}
