import type { Quarter } from '../kernel/quarter.ts';
import { quarterNumber } from '../kernel/quarter.ts';
import { least } from './exact.ts';

/** What an agreement is owed for a quarter, in minor units. */
export interface Claim {
  readonly agreement: string;
  readonly quarter: Quarter;
  readonly amount: bigint;
}

/** A claim, what of it is paid now, and what is carried over. */
export interface FundedClaim extends Claim {
  readonly paid: bigint;
  readonly carried: bigint;
  /** Quarters since the one that it is for. */
  readonly age: number;
}

/**
 * Splits `total` in proportion to `parts`, which it does not exceed in sum, by largest remainder: what rounding down
 * leaves goes one by one to the largest remainders, equal ones in order of appearance. Nothing is lost.
 */
export function splitByLargestRemainder(total: bigint, parts: readonly bigint[]): bigint[] {
  const whole = parts.reduce((sum, part) => sum + part, 0n);
  if (total < 0n || total > whole) throw new RangeError('splitByLargestRemainder: more than there is');
  if (whole === 0n) return parts.slice();
  const shares = parts.map((part) => (part * total) / whole);
  const remainder = (index: number): bigint => (parts[index]! * total) % whole;
  const left = Number(total - shares.reduce((sum, share) => sum + share, 0n));
  const order = [...parts.keys()].sort((a, b) => {
    const difference = remainder(b) - remainder(a);
    return difference === 0n ? a - b : difference > 0n ? 1 : -1;
  });
  for (const index of order.slice(0, left)) shares[index]! += 1n;
  return shares;
}

/**
 * Pays claims from what a programme has: those of the oldest quarter first, and where it does not suffice for all of
 * one quarter, each in proportion, by largest remainder in minor units. The rest is carried over with its age.
 *
 * Sums that are not funded are not payable (Contracts for Difference (Electricity Supplier Obligations) Regulations
 * 2014): nothing is paid that is not there. Equal remainders go by agreement.
 */
export function fundClaims(available: bigint, claims: readonly Claim[], now: Quarter): FundedClaim[] {
  let left = available > 0n ? available : 0n;
  const byQuarter = Map.groupBy(
    claims.toSorted((a, b) => (a.agreement < b.agreement ? -1 : 1)),
    ({ quarter }) => quarter,
  );
  return [...byQuarter]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([quarter, ofQuarter]) => {
      const total = ofQuarter.reduce((sum, { amount }) => sum + amount, 0n);
      const paid = splitByLargestRemainder(
        least(left, total),
        ofQuarter.map(({ amount }) => amount),
      );
      left -= least(left, total);
      const age = quarterNumber(now) - quarterNumber(quarter);
      return ofQuarter.map((claim, index) => ({
        ...claim,
        paid: paid[index]!,
        carried: claim.amount - paid[index]!,
        age,
      }));
    });
}
