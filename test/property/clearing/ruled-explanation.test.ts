import * as fc from 'fast-check';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { clear, type Outcome } from '../../../shared/clearing/clear.ts';
import { zoneLimit } from '../../../shared/clearing/eligibility/zone-caps.ts';
import type { WouldNeed } from '../../../shared/clearing/explanation/explanation.ts';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { snapshotSchema } from '../../../shared/clearing/snapshot.ts';
import { must } from '../../../shared/kernel/result.ts';
import { curedMarket } from '../../support/cures.ts';
import type { BidEntry, OfferEntry } from '../../../shared/clearing/book.ts';
import { fullMarkets } from '../../support/full-markets.ts';
import { dearRuns, seenIn } from '../../support/runs.ts';
import { settingOf } from '../../support/told.ts';

const lotsIn = ({ explanations }: Outcome, order: string, quarter: string): bigint =>
  explanations.get(order)?.find((each) => each.quarter === quarter)?.awarded.amount.units ?? 0n;
const isCertain = (need: WouldNeed): boolean => Object.keys(need).length > 0 && need.certain !== false;

/** By "zone origin quarter", what a zone's cap still lets in after a clearing; lots are of 1 kg. */
function roomAfter(snapshot: Snapshot, { awards }: Outcome): Map<string, bigint> {
  const room = new Map<string, bigint>();
  const quarters = new Set(
    [...snapshot.offers, ...snapshot.bids].flatMap(({ remaining }) => remaining).map((each) => each.quarter),
  );
  for (const zone of snapshot.zones)
    for (const quarter of quarters)
      for (const origin of new Set(snapshot.sites.map(({ country }) => country))) {
        const limit = zoneLimit(zone, snapshot.consumption, quarter, snapshot.product);
        if (limit === undefined || zone.members.includes(origin)) continue;
        const into = (destination: string): boolean => zone.members.includes(destination);
        const before = snapshot.originUse
          .filter((use) => use.origin === origin && use.quarter === quarter && into(use.destination))
          .reduce((sum, { quantity }) => sum + quantity.amount.units, 0n);
        const now = awards
          .filter((award) => award.origin === origin && into(award.destination))
          .flatMap(({ schedule }) => schedule)
          .filter((entry) => entry.quarter === quarter)
          .reduce((sum, { lots }) => sum + lots, 0n);
        room.set(`${zone.id} ${origin} ${quarter}`, limit - before - now);
      }
  return room;
}

describe('under caps of zones, renewal covenants and orders’ conditions', () => {
  test('what is said to have been enough is: with that one change alone the order trades more in the quarter', () => {
    const told = { any: 0, capped: 0, covenanted: 0, certificates: 0 };
    fc.assert(
      fc.property(fullMarkets, (snapshot) => {
        const outcome = must(clear(snapshot));
        const market = z.encode(snapshotSchema, snapshot);
        const binds = outcome.proof.some(({ prices }) => prices.limitValue.length > 0);
        const covenant = snapshot.standards.some(({ renewalCovenant }) => renewalCovenant === true);
        for (const [order, quarters] of outcome.explanations)
          for (const { quarter, nearMisses } of quarters)
            for (const { wouldNeed } of nearMisses) {
              if (!isCertain(wouldNeed)) continue;
              told.any++;
              if (binds) told.capped++;
              if (covenant) told.covenanted++;
              if (covenant && wouldNeed.certificates !== undefined) told.certificates++;
              const at = wouldNeed.quarters?.[0] ?? quarter;
              const cured = z.decode(snapshotSchema, curedMarket(market, order, quarter, wouldNeed));
              expect(lotsIn(must(clear(cured)), order, at), `${order} in ${quarter}`).toBeGreaterThan(
                lotsIn(outcome, order, at),
              );
            }
      }),
      { numRuns: dearRuns(240, 40) },
    );
    // Caps that bind and covenants are each in one market of fifteen, a covenant's certificate that was lacking in one
    // of thirty: of the fewer examples that are tried usually, nothing is promised.
    for (const [kind, count] of Object.entries(told))
      expect(count, kind).toBeGreaterThanOrEqual(seenIn(1, kind === 'any' ? 1 : 0));
  }, 240_000);

  test('a zone’s cap is the reason only where one leaves no room, and of all who would trade but for it', () => {
    const seen = { told: 0, kept: 0 };
    fc.assert(
      fc.property(fullMarkets, (snapshot) => {
        const outcome = must(clear(snapshot));
        const setting = settingOf({ snapshot: () => snapshot });
        const { book, facets, eligibility } = setting;
        const room = roomAfter(snapshot, outcome);
        const isFull = (origin: string, destination: string, quarter: string): boolean =>
          snapshot.zones.some(
            ({ id, members }) =>
              members.includes(destination) && (room.get(`${id} ${origin} ${quarter}`) ?? 1n) <= 0n,
          );
        const standing = (entry: OfferEntry | BidEntry, quarter: string) =>
          outcome.explanations.get(entry.order.id)?.find((each) => each.quarter === quarter);
        const isToldOf = (entry: OfferEntry | BidEntry, quarter: string): boolean =>
          standing(entry, quarter)?.binding.some(({ code }) => code === 'concentration_limit') ?? false;
        const isLeft = (entry: OfferEntry | BidEntry, quarter: string): boolean =>
          entry.conditions === undefined && (standing(entry, quarter)?.remaining.amount.units ?? 0n) > 0n;
        // Caps of bids' own are another matter.
        const bids = book.bids.filter(({ order }) => order.maxOriginShare === undefined);
        if (facets.evidence.hasCovenant) return;
        for (const { quarter, optimality } of outcome.quarters) {
          if (optimality.gap > 0n) continue;
          const index = book.quarters.indexOf(quarter);
          const full = (offer: OfferEntry, bid: BidEntry): boolean => {
            const { origin } = facets.offers[facets.offerFacet.get(offer)!]!;
            return isFull(facets.origins[origin]!, bid.order.destination!, quarter);
          };
          for (const offer of book.offers)
            if (isToldOf(offer, quarter)) {
              seen.told++;
              const isHeld = (bid: BidEntry) => !bids.includes(bid) || full(offer, bid);
              expect(book.bids.some(isHeld)).toBe(true);
            }
          for (const bid of bids)
            if (isToldOf(bid, quarter)) {
              seen.told++;
              expect(book.offers.some((offer) => full(offer, bid))).toBe(true);
            }
          for (const offer of book.offers)
            for (const bid of bids) {
              const pair = [facets.offerFacet.get(offer)!, facets.bidFacet.get(bid)!] as const;
              if (!isLeft(offer, quarter) || !isLeft(bid, quarter)) continue;
              if (offer.lots[index] === 0 || bid.lots[index] === 0) continue;
              if (eligibility.refusals(...pair, index) !== 0) continue;
              seen.kept++;
              expect(full(offer, bid), 'nothing else keeps them apart').toBe(true);
              expect(isToldOf(offer, quarter) || isToldOf(bid, quarter)).toBe(true);
            }
        }
      }),
      { numRuns: dearRuns(300, 100) },
    );
    for (const [kind, count] of Object.entries(seen))
      expect(count, kind).toBeGreaterThanOrEqual(seenIn(6, 0));
  }, 240_000);
});
