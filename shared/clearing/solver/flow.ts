import { certify, type Certificate } from './certificate.ts';
import { fillEvenly } from './even-fill.ts';
import { solveLexicographic, type Basis } from './lexicographic.ts';
import { roundWithin } from './limit-repair.ts';
import { LimitedFlow } from './limited-flow.ts';
import { promise, validateNetwork, type Network } from './network.ts';
import { equilibriumPrices, type Prices } from './prices.ts';
import { arcFlow } from './residual-cycles.ts';

/** What one quarter's market does: lots per pair, prices, and the proof of both. */
export interface Solution {
  readonly pairFlow: Float64Array;
  readonly prices: Prices;
  readonly certificate: Certificate;
}

/**
 * Clears one quarter: greatest gains from trade, then greatest volume, then most lots from inside the zone, then
 * even fill; prices midway in the equilibrium interval.
 *
 * @throws {MarketTooLarge} where exact arithmetic does not reach.
 */
export function solveQuarter(network: Network): Solution {
  validateNetwork(network);
  const basis = network.limitLots.length === 0 ? solveFreely(network) : solveWithinLimits(network);
  const pairFlow = basis.arcs.flow.slice(0, network.pairOffer.length);
  const prices = equilibriumPrices(network, basis);
  return { pairFlow, prices, certificate: certify(network, pairFlow, prices) };
}

function solveFreely(network: Network): Basis {
  const basis = solveLexicographic(network);
  fillEvenly(network, basis);
  return basis;
}

/** What a free lot of a cap loses that has a value in a later objective only: next to nothing. */
const LATER_LOSS = 2 ** -20;

/**
 * The same within the zones' caps. The flow stays an optimum at its prices, the caps' multipliers among them; of those
 * it is one that fills the caps as far as whole lots can. Where none is found that keeps every cap, the multipliers
 * are those of lower caps, so that fewer want in: the gap to the bound says what that costs.
 */
function solveWithinLimits(network: Network): Basis {
  const limits = network.limitLots;
  const targets = limits.slice();
  for (;;) {
    const limited = new LimitedFlow(network, Array.from(targets, BigInt));
    const basis = solveLexicographic(network, limited);
    fillEvenly(network, basis, limited);
    const value = basis.multipliers!.value;
    const worth = value.map((each, limit) =>
      each > 0 ? each : limited.filled[limit] === true ? LATER_LOSS : 0,
    );
    const pairFlow = roundWithin(network, basis, limited.mixture(), { limits, worth });
    if (pairFlow !== undefined) {
      basis.arcs.flow.set(arcFlow(network, pairFlow));
      return basis;
    }
    tighten(network, targets, limited);
  }
}

/** Lowers each target that a flow of the mixture exceeds; at zero no flow exceeds any. */
function tighten({ limitLots }: Network, targets: Float64Array, limited: LimitedFlow): void {
  let lowered = false;
  for (const { use } of limited.mixture())
    for (const [limit, lots] of use.entries()) {
      if (Number(lots) <= limitLots[limit]! || targets[limit] === 0) continue;
      targets[limit] = Math.floor(targets[limit]! / 2);
      lowered = true;
    }
  promise(lowered, 'where no flow of the mixture exceeds a cap, each of them keeps every cap');
}
