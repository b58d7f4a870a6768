import { divide, type Face } from './face.ts';
import { layout, type Basis } from './lexicographic.ts';
import { exactSum, type LimitedFlow, type SparseFlow } from './limited-flow.ts';
import { bidOf, type Network } from './network.ts';
import { arcFlow } from './residual-cycles.ts';
import { minimiseCost } from './simplex.ts';

/** Refinement ends where a part is this fraction of a lot of the largest order. */
const FINENESS = 100;

/**
 * Among flows of equal gains, volume and lots from inside, moves to one in which orders that compete for the same
 * trade are filled in the same proportion, sellers and buyers alike, to within a lot. Changes `basis.arcs.flow`.
 *
 * By complementary slackness those flows are the ones that differ on tight arcs only (reduced cost zero), so an
 * order with a dual of its own stays at its fill. What is tight is solved anew, each tenth of an order costing
 * more than the tenth before it; then the tenth that stayed open is divided again. A lot counts where its middle
 * lies (Sainte-Laguë's rule), so that neither small nor large orders come first.
 */
export function fillEvenly(network: Network, basis: Basis, limited?: LimitedFlow): void {
  let face = wholeFace(network, basis);
  const finest = FINENESS * face.high.reduce((most, lots) => Math.max(most, lots), 0);
  while (face.grid < finest) {
    const finer = divide(network, face);
    if (finer === undefined) break;
    if (limited === undefined) minimiseCost(finer.arcs, finer.tree);
    else
      limited.minimise({
        ...{ arcs: finer.arcs, tree: finer.tree },
        pairOf: (arc) => finer.origin[arc] ?? Infinity,
        costOf: overStretches(network, finer),
      });
    for (let index = 0; index < finer.origin.length; index++)
      basis.arcs.flow[finer.origin[index]!] = finer.arcs.flow[index]!;
    face = finer;
  }
  basis.arcs.flow.set(arcFlow(network, basis.arcs.flow.subarray(0, network.pairOffer.length)));
}

/** What a flow's fills cost on a face that is not solved yet: each lot by the part of its order that it lies in. */
function overStretches(network: Network, { arcs, origin, order, low, high }: Face) {
  const cost = arcs.cost.slice(origin.length);
  const offers = network.supply.length;
  return ({ pairs, lots }: SparseFlow): bigint => {
    const fill = new Float64Array(offers + network.demand.length);
    for (const [index, pair] of pairs.entries()) {
      fill[network.pairOffer[pair]!]! += lots[index]!;
      fill[offers + bidOf(network, network.pairHead[pair]!)]! += lots[index]!;
    }
    const amounts = Float64Array.from(order, (each, stretch) => {
      const filled = Math.min(Math.max(fill[each]! - low[stretch]!, 0), high[stretch]! - low[stretch]!);
      return each < offers ? high[stretch]! - low[stretch]! - filled : filled;
    });
    return exactSum(cost, amounts);
  };
}

function wholeFace(network: Network, { arcs, tree }: Basis): Face {
  const orders = network.supply.length + network.demand.length;
  const high = new Float64Array(orders);
  high.set(network.supply);
  high.set(network.demand, network.supply.length);
  return {
    arcs,
    tree,
    origin: new Int32Array(layout(network).firstUnsold).map((_, arc) => arc),
    grid: 1,
    order: new Int32Array(orders).map((_, order) => order),
    cell: new Float64Array(orders),
    low: new Float64Array(orders),
    high,
  };
}
