import { splitByLargestRemainder } from '../kernel/split.ts';
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
