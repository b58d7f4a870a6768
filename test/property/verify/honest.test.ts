import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndDocument } from '../../../shared/clearing/documents.ts';
import { must } from '../../../shared/kernel/result.ts';
import { markets } from '../../support/markets.ts';

describe('the proof of a random market', () => {
  test('is verified, by a verifier that shares no code with the engine', () => {
    let trades = 0;
    let refused = 0;
    fc.assert(
      fc.property(markets, (market) => {
        const { proof } = must(clearAndDocument(market.snapshot()));
        const { failures, checked } = verify(JSON.parse(JSON.stringify(proof)));
        expect(failures).toEqual([]);
        expect(checked).toHaveLength(9);
        for (const { flows } of proof.quarters) trades += flows.length;
        refused += proof.snapshot.offers.length * proof.snapshot.bids.length;
      }),
      { numRuns: 1000 },
    );
    expect(trades).toBeGreaterThan(2000);
    expect(refused).toBeGreaterThan(10_000);
  });
});
