import { certify, type Certificate } from './certificate.ts';
import { fillEvenly } from './even-fill.ts';
import { solveLexicographic } from './lexicographic.ts';
import { validateNetwork, type Network } from './network.ts';
import { equilibriumPrices, type Prices } from './prices.ts';

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
  const basis = solveLexicographic(network);
  fillEvenly(network, basis);
  const pairFlow = basis.arcs.flow.slice(0, network.pairOffer.length);
  const prices = equilibriumPrices(network, basis);
  return { pairFlow, prices, certificate: certify(network, pairFlow, prices) };
}
