import type { Decimal } from '../../kernel/decimal.ts';
import { tenTo } from '../../kernel/decimal.ts';
import type { Vectors } from '../../kernel/withholding.ts';
import { combinationsReveal, reveals } from '../../kernel/withholding.ts';
import type { Contribution, FigureName } from './figures.ts';
import { massFigures, moneyFigures } from './figures.ts';

/**
 * Which figures hide everybody. A figure is shown only if neither it nor any sum or difference of it with those shown
 * before it tells what fewer than three groups do, or is for more than 70 % one group's. What the market's public view
 * tells of each clearing counts as shown. A quarter's money is shown only with what was accepted: at a known price it
 * would tell the mass.
 *
 * @param groups of related parties, by organisation
 */
export function shownFigures(
  contributions: readonly Contribution[],
  groups: ReadonlyMap<string, string>,
): FigureName[] {
  const sides = (['seller', 'buyer'] as const).map((side) => {
    const of = contributions.map((each) => groups.get(each[side]) ?? `organisation:${each[side]}`);
    const places = new Map([...new Set(of)].map((group, index) => [group, index]));
    return of.map((group) => places.get(group)!);
  });
  const vectorsOf = (values: readonly Decimal[], scale: number): Vectors =>
    sides.map((places) => {
      const sums = Array.from({ length: new Set(places).size }, () => 0n);
      for (const [index, { units, scale: own }] of values.entries())
        sums[places[index]!] = sums[places[index]!]! + units * tenTo(scale - own);
      return sums;
    });
  const choose = (names: readonly FigureName[], before: readonly Vectors[], scale: number) => {
    const seen = [...before];
    return names.filter((name) => {
      const vectors = vectorsOf(
        contributions.map(({ figures }) => figures[name]),
        scale,
      );
      const hides = !combinationsReveal(vectors, seen);
      if (hides) seen.push(vectors);
      return hides;
    });
  };
  const scaleOf = (names: readonly FigureName[]): number =>
    Math.max(
      0,
      ...contributions.flatMap(({ figures }) =>
        [...names, 'matched' as const].map((name) => figures[name].scale),
      ),
    );

  const massScale = scaleOf(massFigures);
  const open = openParts(contributions, (values) => vectorsOf(values, massScale));
  const masses = choose(massFigures, [vectorsOf(open, massScale)], massScale);
  const money = masses.includes('accepted') ? choose(moneyFigures, [], scaleOf(moneyFigures)) : [];
  return [...masses, ...money];
}

/** What was matched by clearings whose figure of the quarter is shown; nothing of the others. */
function openParts(
  contributions: readonly Contribution[],
  vectorsOf: (values: readonly Decimal[]) => Vectors,
): Decimal[] {
  const nothing: Decimal = { units: 0n, scale: 0 };
  const part = (clearing: string): Decimal[] =>
    contributions.map((each) => (each.clearing === clearing ? each.figures.matched : nothing));
  const open = new Set(
    [...new Set(contributions.map(({ clearing }) => clearing))].filter(
      (clearing) => !reveals(vectorsOf(part(clearing))),
    ),
  );
  return contributions.map((each) => (open.has(each.clearing) ? each.figures.matched : nothing));
}
