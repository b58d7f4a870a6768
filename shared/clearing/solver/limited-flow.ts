import { LimitMaster, type Candidate } from './limit-master.ts';
import { laneCharges, MarketTooLarge, type Network } from './network.ts';
import { commonDenominator, nearest, whole, type Rational } from './rational.ts';
import { minimiseCost, type Arcs } from './simplex.ts';
import type { SpanningTree } from './spanning-tree.ts';

/** The pairs of a flow that carry lots; all others carry none. */
export interface SparseFlow extends Candidate {
  readonly pairs: Int32Array;
  readonly lots: Float64Array;
}

/** Multipliers of the zones' caps as whole numbers over one denominator. */
export interface Multipliers {
  readonly scale: number;
  readonly value: Float64Array;
}

/** One objective over a network of arcs whose first ones are the market's pairs, or some of them. */
export interface Stage {
  readonly arcs: Arcs;
  readonly tree: SpanningTree;
  /** The market's pair that an arc is; other arcs give a number that is none. */
  readonly pairOf: (arc: number) => number;
  /** What the stage's costs come to for a flow, up to a constant. */
  readonly costOf: (flow: SparseFlow) => bigint;
}

/** Where the multipliers are this fine, the network is solved at whole ones first. */
const COARSE = 64n;

/**
 * Solves one objective after the other within the zones' caps, by Lagrangean relaxation: each cap's multiplier is a
 * charge on the pairs it counts, and the network simplex solves the rest. The break multipliers come from the mixture
 * of flows that the caps allow (see {@link LimitMaster}); every solve begins at the tree of the one before.
 *
 * Optimal flows of the relaxation at the final multipliers form a face, and the mixture is made of its members: what
 * the next objective chooses from.
 */
export class LimitedFlow {
  readonly #network: Network;
  readonly #master: LimitMaster<SparseFlow>;
  #solves = 0;

  /** @param targets lots that each cap may let through: its limit or fewer. */
  constructor(network: Network, targets: readonly bigint[]) {
    this.#network = network;
    const nothing = { pairs: new Int32Array(0), lots: new Float64Array(0) };
    this.#master = new LimitMaster(targets, { ...nothing, gain: 0n, use: targets.map(() => 0n) });
  }

  /** How often the network was solved. */
  get solves(): number {
    return this.#solves;
  }

  /**
   * Leaves in the stage's tree and flow an optimum of the relaxation at the break multipliers, and in its costs what
   * they come to with those: `scale × cost + charge`. The flow may exceed caps.
   */
  minimise(stage: Stage): Multipliers {
    const master = this.#master;
    const base = stage.arcs.cost.slice();
    master.reprice((flow) => -stage.costOf(flow));
    for (;;) {
      const { multipliers } = master.duals();
      const exact = commonDenominator(multipliers);
      if (exact > COARSE || !this.#isExact(stage, base, multipliers)) {
        const rounded = multipliers.map((value) => whole(nearest(value)));
        if (this.#improves(this.#solve(stage, base, rounded))) continue;
      }
      const flow = this.#solve(stage, base, multipliers);
      if (this.#improves(flow)) continue;
      master.settle();
      return scaled(multipliers);
    }
  }

  #improves([flow, cost]: readonly [SparseFlow, bigint]): boolean {
    const candidate = { ...flow, gain: -cost };
    if (this.#master.improvement(candidate).numerator <= 0n) return false;
    this.#master.add(candidate);
    return true;
  }

  #isExact({ tree }: Stage, base: Float64Array, multipliers: readonly Rational[]): boolean {
    return tree.parent.length * dearest(base, scaled(multipliers)) < Number.MAX_SAFE_INTEGER;
  }

  #solve(stage: Stage, base: Float64Array, multipliers: readonly Rational[]): readonly [SparseFlow, bigint] {
    const { arcs, tree, pairOf } = stage;
    const { scale, value } = scaled(multipliers);
    const { pairLane } = this.#network;
    const most = dearest(base, { scale, value });
    if (tree.parent.length * most >= Number.MAX_SAFE_INTEGER)
      throw new MarketTooLarge(
        `${tree.parent.length} nodes with costs up to ${most} exceed exact arithmetic`,
      );
    const charges = laneCharges(this.#network, value);
    for (let arc = 0; arc < base.length; arc++) {
      const lane = pairLane[pairOf(arc)] ?? -1;
      arcs.cost[arc] = scale * base[arc]! + (lane < 0 ? 0 : charges[lane]!);
    }
    minimiseCost(arcs, tree);
    this.#solves++;
    const flow = this.#capture(stage);
    return [flow, stage.costOf(flow)];
  }

  #capture({ arcs, pairOf }: Stage): SparseFlow {
    const { pairOffer, pairLane, laneLimits, limitLots } = this.#network;
    const pairs: number[] = [];
    const use = Array.from(limitLots, () => 0);
    for (let arc = 0; arc < arcs.flow.length; arc++) {
      const lots = arcs.flow[arc]!;
      if (lots === 0) continue;
      const pair = pairOf(arc);
      if (pair >= pairOffer.length) continue;
      pairs.push(arc);
      const lane = pairLane[pair]!;
      if (lane >= 0) for (const limit of laneLimits[lane]!) use[limit]! += lots;
    }
    return {
      pairs: Int32Array.from(pairs, pairOf),
      lots: Float64Array.from(pairs, (arc) => arcs.flow[arc]!),
      gain: 0n,
      use: use.map(BigInt),
    };
  }

  /** Whole flows, each an optimum of every relaxation so far, of which a mixture keeps every cap. */
  mixture(): readonly SparseFlow[] {
    return this.#master.mixture();
  }

  /** Caps that are full wherever all objectives so far are best. */
  get filled(): readonly boolean[] {
    return this.#master.filled;
  }
}

function scaled(multipliers: readonly Rational[]): Multipliers {
  const scale = commonDenominator(multipliers);
  return {
    scale: Number(scale),
    value: Float64Array.from(multipliers, ({ numerator, denominator }) =>
      Number((numerator * scale) / denominator),
    ),
  };
}

/** The greatest finite cost that a stage can come to. */
function dearest(base: Float64Array, { scale, value }: Multipliers): number {
  let most = 0;
  for (const cost of base) if (Number.isFinite(cost)) most = Math.max(most, Math.abs(cost));
  return scale * most + value.reduce((sum, each) => sum + Math.abs(each), 0);
}

/** Σ `costs · lots` exactly, however large. */
export function exactSum(costs: ArrayLike<number>, lots: ArrayLike<number>): bigint {
  let sum = 0n;
  let part = 0;
  for (let index = 0; index < lots.length; index++) {
    const product = costs[index]! * lots[index]!;
    if (Number.isSafeInteger(product) && Math.abs(part + product) < Number.MAX_SAFE_INTEGER) part += product;
    else {
      sum += BigInt(part) + BigInt(costs[index]!) * BigInt(lots[index]!);
      part = 0;
    }
  }
  return sum + BigInt(part);
}
