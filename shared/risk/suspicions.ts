import { withdrawnAtGate } from './gate-orders.ts';
import { suddenSupply, twinSites, unverifiedExemptions } from './misdeclared-origin.ts';
import { splitBids } from './split-bids.ts';
import type { Suspicion, Watched } from './surveillance.ts';
import { bothSides, relatedContracts, roundTrips } from './wash-trades.ts';

const detectors = [
  ...[relatedContracts, roundTrips, bothSides, withdrawnAtGate, splitBids],
  ...[unverifiedExemptions, suddenSupply, twinSites],
] as const;

/** Everything suspicious in a product's market, the latest first. */
export const suspicionsIn = (watched: Watched): Suspicion[] =>
  detectors
    .flatMap((detect) => detect(watched))
    .sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? 1 : -1));
