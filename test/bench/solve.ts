import { solveQuarter } from '../../shared/clearing/solver/flow.ts';
import { bidOf, type Network } from '../../shared/clearing/solver/network.ts';
import { loadHighs } from '../support/highs.ts';
import { benchNetwork } from './networks.ts';
import { plainSimplex } from './plain-simplex.ts';

/**
 * One solver on one market in a process of its own: `node solve.mjs SOLVER SIZE PAIRS`. Prints
 * `{milliseconds, peakMegabytes, gains, pairs}`. The engine's time includes even fill, prices and certificate; the
 * plain simplex's and HiGHS's are for the gains alone, HiGHS's from its model text to its answer.
 */
async function main(solver: string, size: number, pairs: number): Promise<void> {
  const network = benchNetwork(size, pairs);
  const run = await solverOf(solver);
  const prepared = run(network);
  const start = performance.now();
  const gains = prepared();
  const milliseconds = performance.now() - start;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ milliseconds, peakMegabytes, gains, pairs: network.pairOffer.length }));
}

type Solver = (network: Network) => () => number;

function solverOf(name: string): Solver | Promise<Solver> {
  if (name === 'engine') return (network) => () => Number(solveQuarter(network).certificate.primal);
  if (name === 'plain') return (network) => () => plainSimplex(network);
  return highs(name === 'ipm' ? 'ipm' : 'simplex');
}

async function highs(solver: 'simplex' | 'ipm'): Promise<Solver> {
  const library = await loadHighs();
  return (network) => {
    const text = linearProgramme(network);
    return () => {
      const answer = library.solve(text, { output_flag: false, solver });
      if (answer.Status !== 'Optimal') throw new Error(`HiGHS: ${answer.Status}`);
      return Math.round(answer.ObjectiveValue);
    };
  };
}
/** The gains as a linear programme in CPLEX LP format, each row gathered in one pass over the pairs. */
function linearProgramme(network: Network): string {
  const { supply, demand, capLots, pairOffer, pairHead, pairWeight } = network;
  const rows = {
    offer: [...supply].map(() => ''),
    bid: [...demand].map(() => ''),
    cap: [...capLots].map(() => ''),
  };
  let objective = '';
  for (const [pair, offer] of pairOffer.entries()) {
    const head = pairHead[pair]!;
    const term = `+ x${pair}\n`;
    objective += `+ ${pairWeight[pair]!} x${pair}\n`;
    rows.offer[offer]! += term;
    rows.bid[bidOf(network, head)]! += term;
    if (head >= demand.length) rows.cap[head - demand.length]! += term;
  }
  const bounded = (name: string, members: string[], bounds: Float64Array): string =>
    members.map((sum, row) => (sum === '' ? '' : `${name}${row}: ${sum}<= ${bounds[row]!}\n`)).join('');
  return `Maximize\nobj: ${objective}Subject To\n${bounded('o', rows.offer, supply)}${bounded('b', rows.bid, demand)}${bounded('c', rows.cap, capLots)}End\n`;
}

await main(process.argv[2] ?? 'engine', Number(process.argv[3] ?? 100), Number(process.argv[4] ?? 1900));
