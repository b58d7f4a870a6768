import { shareOut } from './sharing.ts';

/** What one member of a pool asks for in one quarter, in lots; `minimum` is the least it takes, if anything. */
export interface Asking {
  readonly lots: number;
  readonly minimum: number;
}

/** How a pool's lots of one quarter come to its members, and what none of them takes. */
export interface Sharing {
  readonly shares: readonly number[];
  readonly left: number;
}

/**
 * Shares `total` lots among a pool's members in proportion to what each asks for, by largest remainder, equal
 * remainders in order of appearance.
 *
 * A member whose share would be below its minimum gets nothing, and its part goes to the others, by largest remainder
 * again. Of several that fall short the one whose minimum is the greatest part of what it asks for goes first (of
 * equals, the last to appear): it is the hardest to serve whatever there is to share. Lots beyond what all others ask
 * for are left over; nobody is made to take less than its minimum.
 */
export function shareAmong(total: number, members: readonly Asking[]): Sharing {
  const shares = members.map(() => 0);
  let taking = [...members.keys()].filter((index) => members[index]!.lots > 0);
  while (taking.length > 0) {
    const asked = taking.map((index) => members[index]!.lots);
    const whole = asked.reduce((sum, lots) => sum + lots, 0);
    const parts = shareOut(Math.min(total, whole), asked);
    const short = taking.filter((index, at) => parts[at]! < members[index]!.minimum);
    if (short.length === 0) {
      taking.forEach((index, at) => (shares[index] = parts[at]!));
      return { shares, left: total - Math.min(total, whole) };
    }
    const hardest = short.reduce((worst, index) =>
      isHarder(members[worst]!, members[index]!) ? worst : index,
    );
    taking = taking.filter((index) => index !== hardest);
  }
  return { shares, left: total };
}

/** Whether `a`'s minimum is a greater part of what it asks for than `b`'s. */
const isHarder = (a: Asking, b: Asking): boolean =>
  BigInt(a.minimum) * BigInt(b.lots) > BigInt(b.minimum) * BigInt(a.lots);
