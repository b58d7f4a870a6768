import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import { must } from '../../../shared/kernel/result.ts';
import { fullMarkets } from '../../support/full-markets.ts';
import { runs, seenIn } from '../../support/runs.ts';

test('no bid meets an offer that hangs on conditions unless it accepts such offers; the proof shows it', () => {
  let met = 0;
  fc.assert(
    fc.property(fullMarkets, fc.nat(7), fc.nat(7), (market, hanging, accepting) => {
      const hangs = (index: number): boolean => ((index + hanging) & 3) === 0;
      const accepts = (index: number): boolean => ((index + accepting) & 1) === 0;
      const snapshot = {
        ...market,
        offers: market.offers.map((offer, index) =>
          hangs(index)
            ? {
                ...offer,
                conditionsPrecedent: [{ id: 'permit', description: 'A permit' }],
                longstop: '2026-12-31',
              }
            : offer,
        ),
        bids: market.bids.map((bid, index) => (accepts(index) ? { ...bid, acceptsConditional: true } : bid)),
      };
      const { proof } = must(clearAndProve(snapshot));
      const offers = new Map(snapshot.offers.map((offer) => [offer.id, offer]));
      const bids = new Map(snapshot.bids.map((bid) => [bid.id, bid]));
      for (const { offer, bid } of proof.quarters.flatMap(({ flows }) => flows)) {
        if (!('conditionsPrecedent' in offers.get(offer)!)) continue;
        expect(bids.get(bid)).toMatchObject({ acceptsConditional: true });
        met += 1;
      }
      expect(verify(JSON.parse(JSON.stringify(proof))).failures).toEqual([]);
    }),
    { numRuns: runs(60), seed: 20_270_101 },
  );
  expect(met, 'awards of offers that hang on conditions').toBeGreaterThanOrEqual(seenIn(3));
});
