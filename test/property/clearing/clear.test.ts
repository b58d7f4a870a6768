import * as fc from 'fast-check';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { clear, type Outcome } from '../../../shared/clearing/clear.ts';
import { quarterExplanationSchema } from '../../../shared/clearing/explanation/explanation.ts';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { dutyOf } from '../../../shared/clearing/eligibility/trade-terms.ts';
import { must } from '../../../shared/kernel/result.ts';
import { totals } from '../../support/flows.ts';
import { markets } from '../../support/markets.ts';
import { naiveQuarter } from '../../support/naive-market.ts';
import { makeOracle } from '../../support/oracle.ts';
import { dearRuns } from '../../support/runs.ts';

const entriesOf = (outcome: Outcome) =>
  outcome.awards.flatMap((award) => award.schedule.map((entry) => ({ ...award, ...entry })));
const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part instanceof Map ? [...(part as Map<string, unknown>)] : part,
  );

describe('a clearing of a random book', () => {
  test('is the lexicographic optimum of the market order by order, by the plain rules and HiGHS', async () => {
    const oracle = await makeOracle();
    let volumes = 0;
    fc.assert(
      fc.property(markets, (market) => {
        const snapshot = market.snapshot();
        const outcome = must(clear(snapshot));
        const entries = entriesOf(outcome);
        for (const { quarter, optimality, lots } of outcome.quarters) {
          const { offers, bids, network } = naiveQuarter(snapshot, quarter);
          const flow = Array.from(network.pairOffer, () => 0);
          for (const entry of entries.filter((each) => each.quarter === quarter)) {
            const pair = flow.findIndex((_, index) => {
              const head = network.pairHead[index]!;
              const bid = head < bids.length ? head : network.capBid[head - bids.length]!;
              return offers[network.pairOffer[index]!]!.id === entry.offer && bids[bid]!.id === entry.bid;
            });
            expect(pair, 'only eligible pairs trade').toBeGreaterThanOrEqual(0);
            flow[pair]! += Number(entry.lots);
          }
          const { gains, volume, inside, sold, bought, through } = totals(network, flow);
          expect({ gains, volume, inside }).toEqual(oracle(network));
          expect([optimality.primal, optimality.dual, lots]).toEqual([
            BigInt(gains),
            BigInt(gains),
            BigInt(volume),
          ]);
          expect(sold.every((each, i) => each <= network.supply[i]!)).toBe(true);
          expect(bought.every((each, j) => each <= network.demand[j]!)).toBe(true);
          expect(
            through.every((each, k) => each <= network.capLots[k]!),
            'each bid’s own caps',
          ).toBe(true);
          volumes += volume;
        }
      }),
      { numRuns: dearRuns(1500, 200) },
    );
    expect(volumes).toBeGreaterThan(dearRuns(5000, 600));
  });

  test('lets nobody lose, adds up, and keeps floors, levies and one scarcity per offer', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const snapshot = market.snapshot();
        const outcome = must(clear(snapshot));
        const scarcities = new Map<string, bigint>();
        for (const entry of entriesOf(outcome)) {
          const { waterfall: w, price, landed, interval, floor, origin } = entry;
          const offer = snapshot.offers.find(({ id }) => id === entry.offer)!;
          const bid = snapshot.bids.find(({ id }) => id === entry.bid)!;
          expect(w.ask + w.floorUplift + w.scarcity).toBe(price);
          expect(price + w.duties + w.levy).toBe(landed);
          expect(price).toBeGreaterThanOrEqual(offer.price.amount.units);
          expect(landed).toBeLessThanOrEqual(bid.price.amount.units);
          expect(interval.low <= landed && landed <= interval.high).toBe(true);
          const zone = snapshot.zones.find(({ members }) => members.includes(entry.destination));
          const inside = zone?.members.includes(origin) === true;
          if (floor !== undefined && (inside || floor.borderAdjusted))
            expect(landed).toBeGreaterThanOrEqual(floor.price.amount.units);
          if (floor !== undefined && inside) expect(price).toBeGreaterThanOrEqual(floor.price.amount.units);
          if (w.levy > 0n) {
            expect(price, 'a levied seller is paid its ask').toBe(w.ask);
            expect([inside, landed]).toEqual([false, floor!.price.amount.units]);
          }
          const rate = floor?.duties?.find((duty) => duty.origin === origin)?.rate ?? { units: 0n, scale: 0 };
          const duty = dutyOf(price, { dutyRate: rate, inside, effect: 'none', floor: 0n });
          expect(w.duties - duty === 0n || w.duties - duty === 1n, 'duties are the duty, but a tick').toBe(
            true,
          );
          const proof = outcome.proof.find(({ quarter }) => quarter === entry.quarter)!;
          const scarcity = proof.prices.scarcity.find((each) => each.offer === entry.offer)?.value ?? 0n;
          const key = `${entry.offer}:${entry.quarter}`;
          expect(scarcities.get(key) ?? scarcity).toBe(scarcity);
          scarcities.set(key, scarcity);
        }
        for (const order of [...snapshot.offers, ...snapshot.bids])
          for (const quarter of outcome.explanations.get(order.id)!) {
            const { requested, awarded, remaining } = quarter;
            const wire = z.encode(quarterExplanationSchema, quarter);
            expect(z.decode(quarterExplanationSchema, wire), 'explanations survive the wire').toEqual(
              quarter,
            );
            expect(awarded.amount.units + remaining.amount.units).toBe(requested.amount.units);
            expect(quarter.binding.length > 0, 'what is not filled is explained').toBe(
              remaining.amount.units > 0n,
            );
          }
      }),
      { numRuns: dearRuns(1500, 200) },
    );
  });

  test('does not depend on the order of its lists, and gives the same bytes again', () => {
    fc.assert(
      fc.property(markets, fc.infiniteStream(fc.nat()), (market, randoms) => {
        const snapshot = market.snapshot();
        const shuffle = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, at: randoms.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item);
        const shuffled: Snapshot = {
          ...snapshot,
          offers: shuffle(snapshot.offers),
          bids: shuffle(snapshot.bids),
          sites: shuffle(snapshot.sites),
          certificates: shuffle(snapshot.certificates),
          zones: shuffle(snapshot.zones),
          floors: shuffle(snapshot.floors),
        };
        const sortMap = (outcome: Outcome) => ({
          ...outcome,
          explanations: [...outcome.explanations].sort(),
        });
        const first = text(sortMap(must(clear(snapshot))));
        expect(text(sortMap(must(clear(snapshot))))).toBe(first);
        expect(text(sortMap(must(clear(shuffled))))).toBe(first);
      }),
      { numRuns: dearRuns(500, 50) },
    );
  });

  test('gives like offers like prices, and like bids the same landed price per origin', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const snapshot = market.snapshot();
        const prices = new Map<string, bigint>();
        for (const entry of entriesOf(must(clear(snapshot)))) {
          const bid = snapshot.bids.find(({ id }) => id === entry.bid)!;
          const like = text([
            entry.quarter,
            bid.destination,
            bid.price,
            bid.excludedOrigins,
            bid.requires,
            bid.group.startsWith('group-b') ? '' : bid.group,
            bid.maxOriginShare === undefined ? '' : entry.origin,
            bid.maxOriginShare,
          ]);
          expect(prices.get(like) ?? entry.landed).toBe(entry.landed);
          prices.set(like, entry.landed);
        }
      }),
      { numRuns: dearRuns(1500, 200) },
    );
  });
});
