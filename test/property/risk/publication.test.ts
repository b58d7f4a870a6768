import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDecimal } from '../../../shared/kernel/decimal.ts';
import { downToSeries } from '../../../shared/risk/publication-view.ts';
import type { OperatorPart, PublishedFigure } from '../../../shared/risk/publication.ts';
import { figuresShown, publishedFigures, totalIn } from '../../../shared/risk/publication.ts';
import { runs } from '../../support/runs.ts';

const operators = ['a', 'b', 'c', 'd', 'e'];
const groupOf = (operator: string) => (operator === 'e' ? 'group-d' : `group-${operator}`);
const amount = fc.integer({ min: 0, max: 40 });
const month = fc.array(
  fc.record({ available: amount, physical: amount, inTransit: amount, planned: amount }),
  { minLength: operators.length, maxLength: operators.length },
);
type Month = { readonly parts: OperatorPart[]; readonly shown: PublishedFigure[] };

/** Months in which now and then an operator stands still. */
const histories: fc.Arbitrary<OperatorPart[][]> = fc
  .array(fc.tuple(month, fc.subarray(operators, { minLength: 0 })), { minLength: 1, maxLength: 4 })
  .map((months) => {
    let last: OperatorPart[] = [];
    return months.map(([figures, moving]) => {
      last = operators.map((operator, index) => {
        const before = last.find((each) => each.operator === operator);
        if (before !== undefined && !moving.includes(operator)) return before;
        const of = figures[index]!;
        const exact = (units: number) => ({ units: BigInt(units + 20), scale: 0 });
        return {
          operator,
          ...{ available: exact(of.available), physical: exact(of.physical) },
          ...{ inTransit: exact(of.inTransit), planned: exact(of.planned) },
        };
      });
      return last;
    });
  });

const publish = (history: readonly OperatorPart[][]): Month[] => {
  const months: Month[] = [];
  for (const parts of history) months.push({ parts, shown: figuresShown(parts, months, groupOf) });
  return months;
};

/** What an attacker reads off a weighted sum of figures: each group's part of it, though it only sees the sum. */
const partsOf = (terms: readonly (readonly [Month, PublishedFigure, bigint])[]): bigint[] => {
  const groups = new Map<string, bigint>();
  for (const [{ parts }, figure, weight] of terms)
    for (const each of parts)
      groups.set(
        groupOf(each.operator),
        (groups.get(groupOf(each.operator)) ?? 0n) + weight * each[figure].units,
      );
  return [...groups.values()].map((part) => (part < 0n ? -part : part)).filter((part) => part > 0n);
};

describe('publications of a zone', () => {
  test('no sum or difference of figures of a month, or of two months, tells what one of few operators holds or did', () => {
    let shown = 0;
    let changes = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const months = publish(history);
        for (const [index, one] of months.entries())
          for (const other of months.slice(0, index + 1)) {
            const figures = [...new Set([one, other])].flatMap((of) =>
              of.shown.map((figure) => [of, figure] as const),
            );
            for (let code = 1; code < 3 ** figures.length; code += 1) {
              const terms = figures
                .map(
                  ([of, figure], at) => [of, figure, BigInt((Math.floor(code / 3 ** at) % 3) - 1)] as const,
                )
                .filter(([, , weight]) => weight !== 0n);
              const parts = partsOf(terms);
              const sum = parts.reduce((all, part) => all + part, 0n);
              if (sum === 0n) continue;
              shown += 1;
              if (one !== other) changes += 1;
              expect(parts.length).toBeGreaterThanOrEqual(3);
              for (const part of parts) expect(part * 10n <= sum * 7n).toBe(true);
            }
          }
      }),
      { numRuns: runs(60), seed: 20_270_101 },
    );
    expect(shown, 'sums that an attacker could make').toBeGreaterThan(50);
    expect(changes, 'of them over two months').toBeGreaterThan(20);
  });

  test('nor any three figures, of whatever months: so much the less what changed in one month less what did in another', () => {
    let tried = 0;
    let withheld = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const months = publish(history);
        const figures = months.flatMap((of) => of.shown.map((figure) => [of, figure] as const));
        withheld += months.length * publishedFigures.length - figures.length;
        for (const [index, one] of figures.entries())
          for (const [next, two] of figures.slice(0, index).entries())
            for (const three of figures.slice(0, next))
              for (const [second, third] of [
                [1n, 1n],
                [1n, -1n],
                [-1n, 1n],
                [-1n, -1n],
              ] as const) {
                const parts = partsOf([
                  [...one, 1n],
                  [...two, second],
                  [...three, third],
                ]);
                const sum = parts.reduce((all, part) => all + part, 0n);
                if (sum === 0n) continue;
                tried += 1;
                expect(parts.length).toBeGreaterThanOrEqual(3);
                for (const part of parts) expect(part * 10n <= sum * 7n).toBe(true);
              }
      }),
      { numRuns: runs(60), seed: 20_270_102 },
    );
    expect(tried).toBeGreaterThan(50);
    expect(withheld).toBeGreaterThan(0);
  });

  test('three months of which any two hide everybody, and all three do not', () => {
    const month = (a: bigint, b: bigint, c: bigint, d: bigint): OperatorPart[] =>
      [a, b, c, d].map((units, index) => {
        const nothing = { units: 0n, scale: 0 };
        const of = { units, scale: 0 };
        return {
          operator: operators[index]!,
          ...{ available: of, physical: nothing, inTransit: nothing, planned: nothing },
        };
      });
    const history = [month(100n, 100n, 100n, 100n), month(220n, 230n, 240n, 210n)];
    const third = (d: bigint) =>
      publish([...history, month(320n, 330n, 340n, d)]).map(({ shown }) => shown.includes('available'));
    // In the third month stood what stood in the first two together, but for one operator.
    expect(third(350n)).toEqual([true, true, false]);
    expect(publish([history[0]!, month(320n, 330n, 340n, 350n)])[1]?.shown).toContain('available');
    expect(publish([history[1]!, month(320n, 330n, 340n, 350n)])[1]?.shown).toContain('available');
    expect(third(310n)).toEqual([true, true, true]);
  });

  test('related operators count as one, and what is shown is exactly the sum', () => {
    const part = (operator: string, units: bigint): OperatorPart => {
      const of = { units, scale: 0 };
      return { operator, available: of, physical: of, inTransit: of, planned: of };
    };
    expect(figuresShown([part('a', 5n), part('d', 5n), part('e', 5n)], [], groupOf)).toEqual([]);
    const three = [part('a', 5n), part('b', 5n), part('c', 5n)];
    expect(figuresShown(three, [], groupOf)).toEqual([...publishedFigures]);
    expect(totalIn({ parts: three }, 'physical')).toEqual({ units: 15n, scale: 0 });
    expect(figuresShown([part('a', 15n), part('b', 5n), part('c', 1n)], [], groupOf)).toEqual([]);
  });

  test('rounding down keeps the order and never shows more than there is', () => {
    fc.assert(
      fc.property(
        fc.record({ units: fc.bigInt({ min: 0n, max: 10n ** 12n }), scale: fc.nat(6) }),
        fc.record({ units: fc.bigInt({ min: 0n, max: 10n ** 12n }), scale: fc.nat(6) }),
        (a, b) => {
          expect(compareDecimal(downToSeries(a), a)).toBeLessThanOrEqual(0);
          if (compareDecimal(a, b) <= 0)
            expect(compareDecimal(downToSeries(a), downToSeries(b))).toBeLessThanOrEqual(0);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
