import { solveQuarter } from '../../shared/clearing/solver/flow.ts';
import { totals } from '../support/flows.ts';
import { greedyBySurplus, priceTimeBook, trimmed } from '../support/rival-mechanisms.ts';
import { benchNetwork, seeded } from './networks.ts';
import { report } from './report.ts';

/** So many markets of each size: small ones vary more. */
const sizes = [
  { size: 10, markets: 40 },
  { size: 100, markets: 10 },
  { size: 300, markets: 5 },
];

/**
 * The clearing against a price–time book and against greedy matching (both our own, plain implementations) on the same
 * attributed orders: mean share of the greatest gains within the caps, and how many caps are exceeded.
 */
export function benchMechanisms(): void {
  for (const { size, markets } of sizes) {
    const sums = { book: 0, trimmedBook: 0, greedy: 0, breaches: 0 };
    for (let seed = 1; seed <= markets; seed++) {
      const network = benchNetwork(size, 0.19 * size * size, seed);
      const best = Number(solveQuarter(network).certificate.primal);
      if (best === 0) throw new Error('a market in which nothing trades measures nothing');
      const book = priceTimeBook(network, arrivals(2 * size, seed));
      const share = (flow: Float64Array): number => totals(network, flow).gains / best / markets;
      sums.book += share(book.flow);
      sums.trimmedBook += share(trimmed(network, book).flow);
      sums.greedy += share(greedyBySurplus(network).flow);
      const { through } = totals(network, book.flow);
      sums.breaches += through.filter((lots, cap) => lots > network.capLots[cap]!).length / markets;
    }
    const name = `gains of ${size}² attributed orders under a cap of 65 % an origin`;
    const against = (rival: string, gains: number): void => {
      report({ name, value: 100, unit: '% of the optimum', versus: rival, ratio: 1 / gains });
    };
    against('price–time book (own, plain), caps not kept', sums.book);
    against('price–time book (own, plain), trimmed to the caps', sums.trimmedBook);
    against('greedy by surplus within the caps (own, plain)', sums.greedy);
    report({
      name: `origin caps exceeded by the price–time book at ${size}²`,
      value: sums.breaches,
      unit: 'a market',
    });
  }
}

/** Everybody once, in a random order. */
function arrivals(count: number, seed: number): number[] {
  const draw = seeded(1000 + seed);
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = draw(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
