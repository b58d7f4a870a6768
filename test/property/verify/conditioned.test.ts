import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { must } from '../../../shared/kernel/result.ts';
import { conditionedMarkets } from '../../support/conditioned-markets.ts';
import { runs, seenIn } from '../../support/runs.ts';

const kg = (units: bigint) => ({ amount: { units, scale: 0 }, unit: 'kg' as const });
const quarters = ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4'];

/** The snapshot with every zone capping single origins at a share of what it plans to use, as much in each quarter. */
const cappedAt = (snapshot: Snapshot, percent: number, planned: number): Snapshot => ({
  ...snapshot,
  zones: snapshot.zones.map((zone) => ({ ...zone, maxOriginShare: { units: BigInt(percent), scale: 2 } })),
  consumption: snapshot.zones.map(({ id, version, recordedAt, recordedBy }) => ({
    ...{ zone: id, product: snapshot.product.id, version, recordedAt, recordedBy },
    quarters: quarters.map((quarter) => ({ quarter, quantity: kg(BigInt(planned)) })),
  })),
});

test("a market of orders with conditions under zones' caps keeps both, by the independent verifier", () => {
  const met = { valued: 0, rejected: 0, conditioned: 0 };
  fc.assert(
    fc.property(
      conditionedMarkets,
      fc.constantFrom(20, 30, 65),
      fc.constantFrom(15, 40),
      (market, percent, planned) => {
        const { proof } = must(clearAndProve(cappedAt(market.snapshot(), percent, planned)));
        expect(verify(JSON.parse(JSON.stringify(proof))).failures).toEqual([]);
        const trading = new Set(
          proof.quarters.flatMap(({ flows }) => flows.flatMap(({ offer, bid }) => [offer, bid])),
        );
        met.valued += proof.quarters.filter(({ prices }) => prices.limitValue.length > 0).length;
        met.rejected += proof.rejected.length;
        met.conditioned += [...proof.snapshot.offers, ...proof.snapshot.bids].filter(
          ({ id, minimumLot, allOrNone, minimumQuarters }) =>
            trading.has(id) && (minimumLot ?? allOrNone ?? minimumQuarters) !== undefined,
        ).length;
      },
    ),
    { numRuns: runs(200) },
  );
  expect(met.valued, 'quarters in which a cap has a value').toBeGreaterThanOrEqual(seenIn(4));
  expect(met.rejected, 'orders rejected').toBeGreaterThanOrEqual(seenIn(21));
  expect(met.conditioned, 'orders with conditions that trade').toBeGreaterThanOrEqual(seenIn(5));
});
