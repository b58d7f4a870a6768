import { promise } from '../solver/network.ts';
import type { ReachCosts, SupportedNetwork } from './support-flow.ts';
import { NO_MORE, SupportFlow } from './support-flow.ts';

/** What a budget buys on several quarters' networks together. */
export interface Supported {
  /** Lots by pair, of each network. */
  readonly flows: readonly Float64Array[];
  /** Σ gap × lots in ticks × lots. */
  readonly cost: bigint;
  readonly volume: bigint;
  /**
   * What the next lot would cost (λ), or more than is left where there is none. No flow is worth more than this one at λ a lot, so that none of its volume costs
   * less, and a lot more costs at least λ more, which is above the budget.
   */
  readonly next: bigint;
  readonly proofs: readonly ReachCosts[];
}

/**
 * The most volume whose least cost is within the budget, at that cost: along the frontier of cheapest flows, lot by lot,
 * wherever the next one is cheapest (the earliest quarter of equals). The first lot that cannot be paid ends it.
 */
export function supportWithin(budget: bigint, networks: readonly SupportedNetwork[]): Supported {
  const quarters = networks.map((each) => new SupportFlow(each));
  let cost = 0n;
  let volume = 0n;
  let last = 0n;
  for (;;) {
    const marginals = quarters.map((quarter) => quarter.marginal());
    const cheapest = Math.min(NO_MORE, ...marginals);
    const left = budget - cost;
    if (cheapest === NO_MORE || BigInt(cheapest) > left) {
      // Where there is no next lot, any λ that is beyond the budget proves it.
      const beyond = left + 1n > last ? left + 1n : last;
      const next = cheapest === NO_MORE ? beyond : BigInt(cheapest);
      return {
        flows: quarters.map((quarter) => quarter.flow()),
        ...{ cost, volume, next },
        proofs: quarters.map((quarter) => quarter.costsWithin(next)),
      };
    }
    const affordable = left / BigInt(cheapest);
    const most = affordable > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(affordable);
    const pushed = quarters[marginals.indexOf(cheapest)]!.push(most);
    promise(pushed > 0, 'a way that there is takes a lot');
    cost += BigInt(pushed) * BigInt(cheapest);
    volume += BigInt(pushed);
    last = BigInt(cheapest);
  }
}
