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
 * again. Where the others do not ask for so much, it gets its minimum instead and they share the rest. Where the lots
 * do not suffice for that either, it gets nothing, and what the others do not take is left over: nobody is made to take
 * less than its minimum. Of several that fall short the one whose minimum is the greatest part of what it asks for is
 * settled first (of equals, the last to appear): it is the hardest to serve, whatever there is to share.
 */
export function shareAmong(total: number, members: readonly Asking[]): Sharing {
  const shares = members.map(() => 0);
  let left = total;
  let sharing = [...members.keys()].filter((index) => members[index]!.lots > 0);
  for (;;) {
    const asked = sharing.map((index) => members[index]!.lots);
    const whole = asked.reduce((sum, lots) => sum + lots, 0);
    const parts = shareOut(Math.min(left, whole), asked);
    const short = sharing.filter((index, at) => parts[at]! < members[index]!.minimum);
    if (short.length === 0) {
      sharing.forEach((index, at) => (shares[index] = parts[at]!));
      return { shares, left: left - Math.min(left, whole) };
    }
    const hardest = short.reduce((worst, index) =>
      isHarder(members[worst]!, members[index]!) ? worst : index,
    );
    const { lots, minimum } = members[hardest]!;
    sharing = sharing.filter((index) => index !== hardest);
    if (whole - lots < left && minimum <= left) {
      shares[hardest] = minimum;
      left -= minimum;
    }
  }
}

/** Whether `a`'s minimum is a greater part of what it asks for than `b`'s. */
const isHarder = (a: Asking, b: Asking): boolean =>
  BigInt(a.minimum) * BigInt(b.lots) > BigInt(b.minimum) * BigInt(a.lots);
