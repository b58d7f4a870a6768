import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBook } from '../../../shared/clearing/book.ts';
import { letsIn } from '../../../shared/clearing/eligibility/admission.ts';
import { Eligibility } from '../../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../../shared/clearing/eligibility/facets.ts';
import { refusalBit } from '../../../shared/clearing/eligibility/refusal.ts';
import { fullMarkets } from '../../support/full-markets.ts';
import { runs, seenIn } from '../../support/runs.ts';

/** What rules refuse, and not what orders ask of each other. */
const ofRules =
  refusalBit.origin_barred |
  refusalBit.floor_not_defined |
  refusalBit.site_unverified |
  refusalBit.consumption_not_declared |
  refusalBit.certificate_missing |
  refusalBit.certificate_scope |
  refusalBit.certificate_level |
  refusalBit.certificate_expired |
  refusalBit.certificate_suspended;

test('what rules let in is what a clearing refuses for nothing but what orders ask of each other', () => {
  const seen = { in: 0, out: 0 };
  fc.assert(
    fc.property(fullMarkets, (snapshot) => {
      const book = readBook(snapshot);
      const facets = facetsOf(snapshot, book);
      const eligibility = new Eligibility(snapshot, facets, book.quarters);
      const sites = new Map(snapshot.sites.map((site) => [site.id, site]));
      for (const offer of book.offers)
        for (const bid of book.bids) {
          if (bid.order.requires !== undefined) continue;
          const [left, right] = [facets.offerFacet.get(offer)!, facets.bidFacet.get(bid)!];
          const first = Math.max(offer.firstQuarter, bid.firstQuarter);
          for (const [index, quarter] of book.quarters.entries()) {
            if (index < first) continue;
            const isIn = letsIn(
              facets.destinations[facets.bids[right]!.destination]!,
              snapshot,
              {
                site: sites.get(offer.order.site)!,
                certificates: snapshot.certificates.filter(({ site }) => site === offer.order.site),
              },
              quarter,
              book.quarters.slice(first, index),
            );
            expect(isIn).toBe((eligibility.refusals(left, right, index) & ofRules) === 0);
            seen[isIn ? 'in' : 'out'] += 1;
          }
        }
    }),
    { numRuns: runs(40) },
  );
  expect(Math.min(seen.in, seen.out)).toBeGreaterThanOrEqual(seenIn(100));
});
