import { splitByLargestRemainder } from '../kernel/split.ts';

/** What one organisation is known to need, in steps. */
export interface Need {
  readonly organisation: string;
  /** Verified use of a year: what shares are in proportion to. */
  readonly annualUse: bigint;
  /** The most that it gets. */
  readonly cap: bigint;
}

/** So many days of a verified annual use, rounded down; a year has 365 days. */
export const needOfDays = (annualUse: bigint, days: number): bigint => (annualUse * BigInt(days)) / 365n;

/**
 * What a release has to give: at most what is asked for, what is free, and what lies above the reserve floor. Members'
 * entitlements are not part of it, on either side: they may be drawn at any time, so that they reserve nothing.
 */
export function releasable(
  wanted: bigint,
  { free, floor }: { readonly free: bigint; readonly floor: bigint },
): bigint {
  const above = free > floor ? free - floor : 0n;
  return wanted < above ? wanted : above;
}

/**
 * Shares an amount in proportion to verified use, nobody above its cap: what the capped leave goes to the others in the same
 * proportion, by largest remainder, until all is given or all are at their caps. Answers steps in order of the needs.
 */
export function proRata(total: bigint, needs: readonly Need[]): bigint[] {
  const shares = needs.map(() => 0n);
  let open = needs.map((need, index) => ({ need, index })).filter(({ need }) => need.annualUse > 0n);
  let left = total;
  for (;;) {
    const weight = open.reduce((sum, { need }) => sum + need.annualUse, 0n);
    // At the present proportion these would get their cap or more.
    const full = open.filter(({ need }) => left * need.annualUse >= need.cap * weight);
    if (full.length === 0) break;
    for (const { need, index } of full) {
      shares[index] = need.cap;
      left -= need.cap;
    }
    open = open.filter((each) => !full.includes(each));
  }
  const given = splitByLargestRemainder(
    open.length === 0 ? 0n : left,
    open.map(({ need }) => need.annualUse),
  );
  for (const [place, { index }] of open.entries()) shares[index] = given[place]!;
  return shares;
}
