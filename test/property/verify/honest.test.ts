import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { must } from '../../../shared/kernel/result.ts';
import { fullMarkets } from '../../support/full-markets.ts';
import { markets } from '../../support/markets.ts';
import { dearRuns, seenIn } from '../../support/runs.ts';

/** Clears it, and fails where the proof, as it is read from a file, is not verified. */
function proofOf(snapshot: Snapshot) {
  const { proof } = must(clearAndProve(snapshot));
  const { failures, checked } = verify(JSON.parse(JSON.stringify(proof)));
  expect(failures).toEqual([]);
  expect(checked).toHaveLength(9);
  return proof;
}

describe('the proof of a random market', () => {
  test('is verified, by a verifier that shares no code with the engine', () => {
    let trades = 0;
    fc.assert(
      fc.property(markets, (market) => {
        for (const { flows } of proofOf(market.snapshot()).quarters) trades += flows.length;
      }),
      { numRuns: dearRuns(400, 80) },
    );
    expect(trades).toBeGreaterThanOrEqual(seenIn(400, 60));
  });

  test('is verified with conditions, covenants, zone caps and every other term of an order and a rule', () => {
    const seen = { trades: 0, rejected: 0, bounded: 0, limited: 0 };
    fc.assert(
      fc.property(fullMarkets, (snapshot) => {
        const { quarters, rejected } = proofOf(snapshot);
        seen.rejected += rejected.length;
        for (const { flows, bound, prices } of quarters) {
          seen.trades += flows.length;
          if (bound !== null) seen.bounded++;
          if (prices.limitValue.length > 0) seen.limited++;
        }
      }),
      { numRuns: dearRuns(600, 300) },
    );
    // Of few examples nothing is promised but that their proofs hold.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThanOrEqual(seenIn(1));
  });
});
