import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clear } from '../../../shared/clearing/clear.ts';
import { proposedSnapshot } from '../../../shared/clearing/preview/proposal.ts';
import { steppedSnapshot } from '../../../shared/clearing/preview/steps.ts';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { must } from '../../../shared/kernel/result.ts';
import { minorUnitsOf } from '../../../shared/pricing/product-terms.ts';
import { markets } from '../../support/markets.ts';
import { aMarket } from '../../support/market.ts';
import { floorAt, previewOn, termsOf, usdOf, wireOf } from '../../support/previews.ts';
import { dearRuns, seenIn } from '../../support/runs.ts';

const terms = fc.record(
  {
    floors: fc
      .record({
        partners: fc.option(fc.integer({ min: 8000, max: 14_000 })),
        union: fc.option(fc.integer({ min: 8000, max: 14_000 })),
      })
      .map(({ partners, union }) => [
        ...(partners === null ? [] : [floorAt(partners)]),
        ...(union === null ? [] : [{ ...floorAt(union, 'union'), borderAdjusted: false }]),
      ]),
    standards: fc
      .constantFrom('50', '75', '100')
      .map((level) => [{ zone: 'partners', topics: [{ topic: 'any', anyOf: [{ scheme: 'irma', level }] }] }]),
    endFloors: fc.subarray(['partners', 'union']),
    endStandards: fc.subarray(['partners', 'union']),
  },
  { requiredKeys: [] },
);

/** Books of enough organisations for their sums to be shown, some of one group. */
const busyMarkets = fc
  .record({
    offers: fc.array(fc.tuple(fc.integer({ min: 7000, max: 11_500 }), fc.integer({ min: 1, max: 30 })), {
      ...{ minLength: 5, maxLength: 12, size: 'max' },
    }),
    bids: fc.array(fc.tuple(fc.integer({ min: 10_000, max: 14_000 }), fc.integer({ min: 1, max: 30 })), {
      ...{ minLength: 5, maxLength: 12, size: 'max' },
    }),
    groups: fc.integer({ min: 2, max: 12 }),
  })
  .map(({ offers, bids, groups }) => {
    const market = aMarket()
      .zone()
      .zone({ id: 'union', name: 'Union', members: ['KR'] })
      .scheme();
    for (const [index, [ask, lots]] of offers.entries())
      market.offer(`o${index}x`, index % 3 === 0 ? 'AU' : 'CL', usdOf(ask).amount, String(lots), {
        group: `sellers-${index % groups}`,
      });
    for (const [index, [limit, lots]] of bids.entries())
      market.bid(`b${index}x`, 'DE', usdOf(limit).amount, String(lots), {
        group: `buyers-${index % groups}`,
      });
    return market;
  });

const cents = ({ amount }: { readonly amount: string }): bigint => BigInt(amount.replace('.', ''));
const kilograms = ({ amount }: { readonly amount: string }): number => Number(amount);

describe('a preview of a random book', () => {
  test('shows what the two clearings say, and their difference figure by figure', () => {
    let traded = 0;
    fc.assert(
      fc.property(markets, terms, (market, supposed) => {
        const snapshot = market.snapshot();
        const preview = previewOn(snapshot, supposed);
        const { current, proposed, difference } = wireOf(preview);
        const changed = must(proposedSnapshot(snapshot, termsOf(snapshot, supposed), []));
        for (const [side, cleared] of [
          [current, snapshot],
          [proposed, changed],
        ] as const) {
          const { awards, levyTotal } = must(clear(cleared));
          const entries = awards.flatMap(({ schedule }) => schedule);
          expect(side.contracts).toBe(awards.length);
          expect(kilograms(side.volume)).toBe(entries.reduce((sum, { lots }) => sum + Number(lots), 0));
          const landed = entries.map((entry) => minorUnitsOf(entry.landed, entry.lots, snapshot.product));
          expect(cents(side.buyerCost)).toBe(landed.reduce((sum, each) => sum + each, 0n));
          expect(cents(side.levy)).toBe(levyTotal);
          expect(cents(side.buyerCost) + cents(side.support)).toBe(
            cents(side.sellerReceipts) + cents(side.duties) + cents(side.levy),
          );
          const demand = snapshot.bids
            .flatMap(({ remaining }) => remaining)
            .reduce((sum, { quantity }) => sum + Number(quantity.amount.units), 0);
          const blocked = side.blocked.reduce((sum, { quantity }) => sum + kilograms(quantity), 0);
          expect(blocked).toBeLessThanOrEqual(demand - kilograms(side.volume));
          traded += side.contracts;
        }
        for (const field of ['buyerCost', 'sellerReceipts', 'duties', 'levy', 'support'] as const)
          expect(cents(difference[field])).toBe(cents(proposed[field]) - cents(current[field]));
        expect(kilograms(difference.volume)).toBe(kilograms(proposed.volume) - kilograms(current.volume));
        const blockedIn = (side: {
          readonly blocked: readonly { code: string; quantity: { amount: string } }[];
        }) => new Map(side.blocked.map(({ code, quantity }) => [code, kilograms(quantity)]));
        for (const [code, change] of blockedIn(difference))
          expect(change).toBe((blockedIn(proposed).get(code) ?? 0) - (blockedIn(current).get(code) ?? 0));
      }),
      { numRuns: dearRuns(200, 50) },
    );
    expect(traded).toBeGreaterThanOrEqual(seenIn(400, 60));
  });

  test('of what is in force already changes nothing', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const snapshot = market.snapshot();
        const { current, proposed } = previewOn(snapshot, {
          standards: snapshot.standards.map(({ zone, topics }) => ({ zone, topics })),
        });
        expect(proposed).toEqual(current);
      }),
      { numRuns: dearRuns(50, 25) },
    );
  });

  test('tells of contracts that vanish or appear only where three on either side stand behind it, rounded', () => {
    let shown = 0;
    let withheld = 0;
    fc.assert(
      fc.property(fc.oneof(markets, busyMarkets), terms, (market, supposed) => {
        const snapshot = market.snapshot();
        const { vanishing, appearing } = wireOf(previewOn(snapshot, supposed)).difference;
        const changed = must(proposedSnapshot(snapshot, termsOf(snapshot, supposed), []));
        const before = must(clear(snapshot)).awards;
        const after = must(clear(steppedSnapshot(snapshot, changed))).awards;
        const groupOf = new Map([...snapshot.offers, ...snapshot.bids].map(({ id, group }) => [id, group]));
        for (const [told, from, to] of [
          [vanishing, before, after],
          [appearing, after, before],
        ] as const) {
          const gone = from
            .filter((a) => !to.some((b) => a.offer === b.offer && a.bid === b.bid))
            .map((award) => ({
              ...award,
              lots: award.schedule.reduce((sum, { lots }) => sum + Number(lots), 0),
            }));
          const total = gone.reduce((sum, { lots }) => sum + lots, 0);
          const enough = (['offer', 'bid'] as const).every((side) => {
            const held = new Map<string, number>();
            for (const award of gone) {
              const group = groupOf.get(award[side])!;
              held.set(group, (held.get(group) ?? 0) + award.lots);
            }
            return held.size >= 3 && Math.max(...held.values()) <= 0.7 * total;
          });
          expect(told.withheld).toBe(!enough);
          if (!enough) {
            expect(told).toEqual({ contracts: null, quantity: null, withheld: true, origins: [] });
            withheld += 1;
            continue;
          }
          shown += 1;
          for (const [figure, exact] of [
            [told.contracts, gone.length],
            [Number(told.quantity?.amount), total],
          ] as const) {
            expect(String(figure)).toMatch(/^[125]0*$/);
            expect(exact).toBeGreaterThanOrEqual(figure ?? NaN);
            expect(exact).toBeLessThan((figure ?? NaN) * 2.5);
          }
        }
      }),
      { numRuns: dearRuns(200, 60) },
    );
    expect(shown).toBeGreaterThanOrEqual(seenIn(20, 1));
    expect(withheld).toBeGreaterThanOrEqual(seenIn(20, 1));
  });
});

/** Steps of the attacked range: 110.00 to 140.00 by 1.00. */
const step = 100;
const [lowest, highest] = [11_000, 14_000];

/** Enough cheap supply for all; the target is one bid among others whose limits the attacker knows. */
const attackedBook = (
  target: number,
  targetLots: number,
  others: readonly { limit: number; lots: number }[],
): Snapshot => {
  const market = aMarket().zone();
  for (const name of ['oA1', 'oA2', 'oA3', 'oA4']) market.offer(name, 'AU', '60.00', '5000');
  market.bid('target', 'DE', usdOf(target).amount, String(targetLots));
  for (const [index, { limit, lots }] of others.entries())
    market.bid(`b${index}x`, 'DE', usdOf(limit).amount, String(lots));
  return market.snapshot();
};

type Answer = (snapshot: Snapshot, floor: number) => string;
const forEveryone: Answer = (snapshot, floor) => {
  const { vanishing, appearing, steps } = previewOn(snapshot, { floors: [floorAt(floor)] }).difference;
  return JSON.stringify([vanishing, appearing, steps], (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
};
/** For administrators only: what the attack finds where nothing protects. */
const exact: Answer = (snapshot, floor) =>
  wireOf(previewOn(snapshot, { floors: [floorAt(floor)] })).proposed.volume.amount;

/**
 * Bisection on the floor: of the ticks between which the answer changes, one pair is found for every coarse interval
 * in which it changes. All that was answered on the way is what the attacker has seen.
 */
function attack(snapshot: Snapshot, answer: Answer): { seen: string[]; jumps: number[] } {
  const seen: string[] = [];
  const ask = (floor: number): string => {
    const text = answer(snapshot, floor);
    seen.push(`${floor} ${text}`);
    return text;
  };
  const jumps: number[] = [];
  for (let from = lowest; from < highest; from += 250) {
    let [low, high] = [from, Math.min(from + 250, highest)];
    const below = ask(low);
    if (below === ask(high)) continue;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ask(middle) === below) low = middle;
      else high = middle;
    }
    jumps.push(low);
  }
  return { seen, jumps };
}

describe('an attacker who asks for any previews, knows every other order and subtracts', () => {
  const scene = fc
    .record({
      cell: fc.integer({ min: lowest / step, max: highest / step - 1 }),
      offsets: fc.tuple(fc.integer({ min: 0, max: step - 1 }), fc.integer({ min: 0, max: step - 1 })),
      lots: fc.integer({ min: 1, max: 60 }),
      others: fc.array(
        fc.record({
          limit: fc.integer({ min: lowest, max: highest }),
          lots: fc.integer({ min: 1, max: 60 }),
        }),
        { minLength: 4, maxLength: 9, size: 'max' },
      ),
    })
    .filter(({ cell, others }) => others.every(({ limit }) => Math.floor(limit / step) !== cell));

  test('finds the limit of a bid to the tick in exact figures', () => {
    fc.assert(
      fc.property(scene, ({ cell, offsets: [offset], lots, others }) => {
        const target = cell * step + offset;
        const alone = others.filter(({ limit }) => Math.floor(limit / 250) !== Math.floor(target / 250));
        fc.pre(target % 250 !== 249);
        expect(attack(attackedBook(target, lots, alone), exact).jumps).toContain(target);
      }),
      { numRuns: dearRuns(5, 3) },
    );
  });

  test('sees the same in figures for everyone, wherever in its step the limit lies', () => {
    let jumps = 0;
    fc.assert(
      fc.property(scene, ({ cell, offsets: [one, other], lots, others }) => {
        const first = attack(attackedBook(cell * step + one, lots, others), forEveryone);
        const second = attack(attackedBook(cell * step + other, lots, others), forEveryone);
        expect(second.seen).toEqual(first.seen);
        jumps += first.jumps.length;
        for (const jump of first.jumps) expect(jump % step, 'only ever on a step').toBe(0);
      }),
      { numRuns: dearRuns(5, 3) },
    );
    expect(jumps, 'there was something to see').toBeGreaterThanOrEqual(seenIn(5, 1));
  });

  test('does not learn its quantity: over all steps together the figures move a few times only', () => {
    fc.assert(
      fc.property(scene, ({ cell, offsets: [offset], lots, others }) => {
        const snapshot = attackedBook(cell * step + offset, lots, others);
        const figures = new Set<string>();
        for (let floor = lowest; floor <= highest; floor += step) {
          const { vanishing } = wireOf(previewOn(snapshot, { floors: [floorAt(floor)] })).difference;
          figures.add(vanishing.quantity?.amount ?? 'withheld');
        }
        const most = lots + others.reduce((sum, each) => sum + each.lots, 0);
        // Withheld, and one for each of 1, 2, 5, 10, … that the whole demand reaches.
        expect(figures.size).toBeLessThanOrEqual(2 + Math.ceil(3 * Math.log10(most + 1)));
        for (const figure of figures) expect(figure).toMatch(/^(withheld|[125]0*)$/);
      }),
      { numRuns: dearRuns(8, 4) },
    );
  });
});
