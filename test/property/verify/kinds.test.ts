import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCase } from '../../../infra/verify/case.ts';
import type { Proof } from '../../../infra/verify/proof.ts';
import { kindOfBid, kindOfOffer, pairsThatGive } from '../../../infra/verify/pairs.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import { must } from '../../../shared/kernel/result.ts';
import { fullMarkets } from '../../support/full-markets.ts';
import { runs, seenIn } from '../../support/runs.ts';

const firstOf = <Order>(orders: readonly Order[], kind: (order: Order) => string): Map<string, Order> =>
  new Map(orders.toReversed().map((order) => [kind(order), order]));

test('the verifier asks the rules once for orders of a kind: it finds the pairs that asking for each would find', () => {
  let found = 0;
  fc.assert(
    fc.property(fullMarkets, fc.integer({ min: -300, max: 300 }), (snapshot, shift) => {
      const { proof } = must(clearAndProve(snapshot));
      const { book, rules } = readCase(
        JSON.parse(JSON.stringify(proof)) as Proof,
        () => undefined,
        () => undefined,
      );
      const [offers, bids] = [[...book.offers.values()], [...book.bids.values()]];
      const [sellers, buyers] = [firstOf(offers, kindOfOffer), firstOf(bids, kindOfBid)];
      for (const quarter of book.quarters) {
        const worth = (offer: (typeof offers)[number], bid: (typeof bids)[number]) =>
          Number(bid.price) - Number(offer.price) + shift;
        const each = offers.flatMap((offer) =>
          bids
            .filter((bid) => {
              const refusal = rules.refusalOfKind(offer, bid, quarter);
              // Whatever is asked of the first of a kind holds for all of them.
              const [seller, buyer] = [sellers.get(kindOfOffer(offer))!, buyers.get(kindOfBid(bid))!];
              expect(rules.refusalOfKind(seller, buyer, quarter)).toBe(refusal);
              return refusal === undefined && worth(offer, bid) > 0;
            })
            .map((bid) => `${offer.json.id} ${bid.json.id}`),
        );
        const pairs = pairsThatGive(offers, bids, {
          given: (bid) => Number(bid.price),
          asked: (offer) => Number(offer.price) - shift,
          mayTrade: (offer, bid) => rules.refusalOfKind(offer, bid, quarter) === undefined,
        });
        expect([...pairs].map(([offer, bid]) => `${offer.json.id} ${bid.json.id}`).sort()).toEqual(
          each.sort(),
        );
        found += each.length;
      }
    }),
    { numRuns: runs(100) },
  );
  expect(found).toBeGreaterThanOrEqual(seenIn(1));
});
