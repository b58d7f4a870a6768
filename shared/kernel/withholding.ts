/**
 * When a figure would tell what one organisation does: drawn from fewer than three (those of one group count as one),
 * or more than 70 % of it held by one. The minimum-frequency and dominance rules of statistical disclosure control.
 */
export const fewestParties = 3;
const greatestShare = { numerator: 70n, denominator: 100n };

/** Too few organisations stand behind the lots, or one holds too much of them, to hide any. Nothing hides nobody. */
export const isRevealing = (
  lots: bigint,
  { parties, topLots }: { readonly parties: number; readonly topLots: bigint },
): boolean =>
  lots > 0n &&
  (parties < fewestParties || topLots * greatestShare.denominator > lots * greatestShare.numerator);

/** A figure by group of related parties, once for each side that must stay hidden (say, sellers and buyers). */
export type Vectors = readonly (readonly bigint[])[];

/** Amounts that cancel out hide no better than others: what each is apart from zero counts. */
export const reveals = (vectors: Vectors): boolean =>
  vectors.some((side) => {
    const parts = side.map((value) => (value < 0n ? -value : value)).filter((value) => value > 0n);
    return isRevealing(
      parts.reduce((sum, part) => sum + part, 0n),
      { parties: parts.length, topLots: parts.reduce((top, part) => (part > top ? part : top), 0n) },
    );
  });

/**
 * Whether a figure, or it plus or minus any of those that are seen already, tells what one organisation does: whoever
 * sees them all adds and subtracts. All vectors have the same sides and groups.
 */
export function combinationsReveal(vectors: Vectors, seen: readonly Vectors[], from = 0): boolean {
  const next = seen[from];
  if (next === undefined) return reveals(vectors);
  return [0n, -1n, 1n].some((factor) =>
    combinationsReveal(
      vectors.map((side, which) => side.map((value, group) => value + factor * next[which]![group]!)),
      seen,
      from + 1,
    ),
  );
}

/**
 * Whether a figure tells what one organisation does: it, or its sum with or difference to any that is known, or to any
 * two of `together`. All vectors have the same sides and groups.
 */
export const revealsBeside = (
  figure: Vectors,
  known: readonly Vectors[],
  together: readonly Vectors[] = [],
): boolean =>
  reveals(figure) ||
  known.some((other) => combinationsReveal(figure, [other])) ||
  together.some((one, index) =>
    together.slice(index + 1).some((other) => combinationsReveal(figure, [one, other])),
  );
