import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { must } from '../../../shared/kernel/result.ts';
import { markets } from '../../support/markets.ts';
import { dearRuns, seenIn } from '../../support/runs.ts';

const kg = (units: bigint) => ({ amount: { units, scale: 0 }, unit: 'kg' as const });

/** The snapshot with every zone capping single origins at a share of 20 kg a quarter. */
const cappedAt = (snapshot: Snapshot, percent: number, used: boolean): Snapshot => ({
  ...snapshot,
  zones: snapshot.zones.map((zone) => ({ ...zone, maxOriginShare: { units: BigInt(percent), scale: 2 } })),
  consumption: snapshot.zones.map(({ id, version, recordedAt, recordedBy }) => ({
    ...{ zone: id, product: snapshot.product.id, version, recordedAt, recordedBy },
    quarters: ['2027-Q1', '2027-Q2'].map((quarter) => ({ quarter, quantity: kg(20n) })),
  })),
  originUse: used ? [{ origin: 'CL', destination: 'DE', quarter: '2027-Q1', quantity: kg(2n) }] : [],
});

test("the proof of a random market under zones' caps is verified: caps kept, earlier contracts counted, prices", () => {
  let valued = 0;
  fc.assert(
    fc.property(markets, fc.constantFrom(10, 30, 65), fc.boolean(), (market, percent, used) => {
      const { proof } = must(clearAndProve(cappedAt(market.snapshot(), percent, used)));
      expect(verify(JSON.parse(JSON.stringify(proof))).failures).toEqual([]);
      valued += proof.quarters.filter(({ prices }) => prices.limitValue.length > 0).length;
    }),
    { numRuns: dearRuns(400, 120) },
  );
  expect(valued, 'quarters in which a cap has a value').toBeGreaterThanOrEqual(seenIn(20, 2));
});
