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
