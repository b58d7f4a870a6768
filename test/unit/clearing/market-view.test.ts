import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marketView } from '../../../shared/clearing/documents/market-view.ts';
import type { MarketRun } from '../../../shared/clearing/documents/record.ts';
import { aProduct } from '../../support/products.ts';

/** Lots by organisation make a figure. */
const concentration = (held: readonly number[]) => ({
  parties: held.length,
  topLots: BigInt(Math.max(0, ...held)),
});
const sum = (held: readonly number[]): bigint => BigInt(held.reduce((total, lots) => total + lots, 0));
const trade = (sellers: readonly number[], buyers: readonly number[] = sellers) => ({
  lots: sum(sellers),
  sellers: concentration(sellers),
  buyers: concentration(buyers),
});
const side = (held: readonly number[], unfilled: readonly number[] = []) => ({
  lots: sum(held),
  ...concentration(held),
  unfilled: { lots: sum(unfilled), ...concentration(unfilled) },
});
const price = { amount: { units: 11000n, scale: 2 }, currency: 'USD', per: 'kg' } as const;
const landedPrice = { low: price, high: price };

const run = (changes: Partial<MarketRun>): MarketRun => ({
  run: 1,
  clearing: 'clr_01JD0000000000000000000000',
  status: 'completed',
  gateClosure: '2026-11-22T12:00:00.000Z',
  endedAt: '2026-11-22T12:00:01.000Z',
  contracts: 3,
  depth: [],
  quarters: [],
  total: null,
  origins: [],
  floors: [],
  levyTotal: null,
  supportTotal: null,
  ...changes,
});
const viewOf = (changes: Partial<MarketRun>) => marketView(aProduct(), [], [run(changes)]).clearings[0]!;

describe('what the public view of a market withholds', () => {
  it.each([
    ['two organisations', [50, 50], true],
    ['three', [40, 30, 30], false],
    ['three, one of which holds exactly 70 %', [70, 15, 15], false],
    ['three, one of which holds more', [71, 15, 14], true],
  ])('a figure of %s', (_, held, hidden) => {
    const enough = [10, 10, 10];
    const oneSided = { ...trade(enough), lots: sum(held), sellers: concentration(held) };
    const view = viewOf({ total: oneSided, quarters: [{ ...oneSided, quarter: '2027-Q1', landedPrice }] });
    expect(view.withheld).toBe(hidden);
    expect(view.volume === null).toBe(hidden);
    expect(view.quarters[0]?.landedPrice === null).toBe(hidden);
  });

  it('the total, where a quarter is withheld: the rest would give it away', () => {
    const view = viewOf({
      total: trade([50, 50, 50]),
      quarters: [
        { quarter: '2027-Q1', landedPrice, ...trade([40, 40, 40]) },
        { quarter: '2027-Q2', landedPrice, ...trade([30]) },
      ],
    });
    expect(view.quarters.map((quarter) => quarter.withheld)).toEqual([false, true]);
    expect(view).toMatchObject({ volume: null, withheld: true });
  });

  it('every origin, where one is withheld', () => {
    const view = viewOf({
      total: trade([50, 50, 50]),
      quarters: [{ quarter: '2027-Q1', landedPrice, ...trade([50, 50, 50]) }],
      origins: [
        { origin: 'AU', ...trade([40, 40, 40]) },
        { origin: 'CL', ...trade([30]) },
      ],
    });
    expect(view).toMatchObject({ withheld: false, concentration: { origins: null, withheld: true } });
  });

  it('the book, where what stayed unfilled is one organisation’s', () => {
    const [first, second] = viewOf({
      depth: [
        { quarter: '2027-Q1', supply: side([50, 50, 50], [20]), demand: side([50, 50, 50]) },
        { quarter: '2027-Q2', supply: side([50, 50, 50], [9, 9, 9]), demand: side([80, 10, 10]) },
      ],
    }).depth;
    expect([first?.supply.withheld, first?.demand.withheld]).toEqual([true, false]);
    expect([second?.supply.withheld, second?.demand.withheld]).toEqual([false, true]);
  });

  it('a volume that earlier runs would tell of, and with it the total and the origins, but not the price', () => {
    const enough = trade([50, 50, 50]);
    const of = (told: boolean) =>
      viewOf({
        total: enough,
        quarters: [{ quarter: '2027-Q1', landedPrice, ...enough, told }],
        origins: [{ origin: 'AU', ...enough }],
      });
    expect(of(true)).toMatchObject({ withheld: false, concentration: { withheld: false } });
    expect(of(false)).toMatchObject({
      ...{ volume: null, withheld: true, concentration: { origins: null, withheld: true } },
      quarters: [{ volume: null, landedPrice, withheld: true }],
    });
  });

  it('a book that earlier runs would tell of; what was shown before that was judged stays shown', () => {
    const book = side([50, 50, 50]);
    const of = (told: boolean | undefined) =>
      viewOf({ depth: [{ quarter: '2027-Q1', supply: { ...book, told }, demand: book }] }).depth[0]?.supply;
    expect(of(false)).toEqual({ quantity: null, withheld: true });
    expect(of(true)?.withheld).toBe(false);
    expect(of(undefined)?.withheld).toBe(false);
  });

  it('nothing, where nothing was traded', () => {
    expect(viewOf({})).toMatchObject({
      volume: { amount: { units: 0n } },
      withheld: false,
      concentration: { origins: null, withheld: false },
    });
  });

  it('never leaves a withheld quarter or origin the only unknown beside a known total', () => {
    const held = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(held, { minLength: 1, maxLength: 4 }), (cells) => {
        const total = trade(cells.flat());
        const view = viewOf({
          total,
          quarters: cells.map((cell, index) => ({
            quarter: `2027-Q${index + 1}`,
            landedPrice,
            ...trade(cell),
          })),
          origins: cells.map((cell, index) => ({ origin: `A${index}`, ...trade(cell) })),
        });
        const totalKnown = view.volume !== null || view.quarters.every((quarter) => quarter.volume !== null);
        if (totalKnown) expect(view.quarters.some((quarter) => quarter.volume === null)).toBe(false);
        if (view.concentration.origins !== null)
          for (const cell of cells) {
            expect(cell.length).toBeGreaterThanOrEqual(3);
            expect(Math.max(...cell) * 100).toBeLessThanOrEqual(Number(sum(cell)) * 70);
          }
      }),
    );
  });
});
