import { divide, type Face } from './face.ts';
import { layout, type Basis } from './lexicographic.ts';
import type { Network } from './network.ts';
import { minimiseCost, type Arcs } from './simplex.ts';

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
export function fillEvenly(network: Network, basis: Basis): void {
  let face = wholeFace(network, basis);
  const finest = FINENESS * face.high.reduce((most, lots) => Math.max(most, lots), 0);
  while (face.grid < finest) {
    const finer = divide(network, face);
    if (finer === undefined) break;
    minimiseCost(finer.arcs, finer.tree);
    for (let index = 0; index < finer.origin.length; index++)
      basis.arcs.flow[finer.origin[index]!] = finer.arcs.flow[index]!;
    face = finer;
  }
  recountHub(network, basis.arcs);
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

/** Sets the hub's arcs to what the pairs' flows say. */
function recountHub(network: Network, arcs: Arcs): void {
  const { supply, demand, pairOffer, pairHead, capBid } = network;
  const { firstUnsold, firstFilled } = layout(network);
  arcs.flow.set(supply, firstUnsold);
  arcs.flow.fill(0, firstFilled);
  for (let pair = 0; pair < pairOffer.length; pair++) {
    const lots = arcs.flow[pair]!;
    if (lots === 0) continue;
    const head = pairHead[pair]!;
    const bid = head < demand.length ? head : capBid[head - demand.length]!;
    arcs.flow[firstUnsold + pairOffer[pair]!]! -= lots;
    arcs.flow[firstFilled + bid]! += lots;
  }
}
