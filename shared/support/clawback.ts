import type { Quarter } from '../kernel/quarter.ts';
import { quarterNumber, yearOf } from '../kernel/quarter.ts';
import type { SupportAccount } from './account.ts';
import { atLeastZero, least } from './exact.ts';

/** What a producer owes a programme back, in minor units. */
export type ClawbackAccount = SupportAccount['clawback'];

export const noClawback: ClawbackAccount = { open: [], year: 0, inYear: 0n, inAll: 0n };

export interface ClawbackRules {
  /** The most that is charged in a calendar year and in all; undefined for no limit. */
  readonly annual: bigint | undefined;
  readonly lifetime: bigint | undefined;
  /** Quarters after which what is still open is invoiced. */
  readonly invoicedAfter: number;
}

/** One quarter's top-up and clawback, netted. */
export interface Netted {
  /** Charged to the producer, within the caps. */
  readonly charged: bigint;
  /** Of the top-up, set off against what was charged before, the oldest first. */
  readonly netted: bigint;
  /** Of the top-up, left to be paid. */
  readonly claim: bigint;
  /** What falls due from the producer now. */
  readonly invoiced: bigint;
  readonly account: ClawbackAccount;
}

/**
 * A clawback is charged within its annual and lifetime caps and set off against top-ups that follow. What is still open
 * `invoicedAfter` quarters after the one it was charged for, or with the agreement's last quarter, is invoiced.
 *
 * Source of the annual cap: upside sharing in the Lynas–JARE offtake (2026).
 */
export function netClawback(
  account: ClawbackAccount,
  { topUp, clawback }: { readonly topUp: bigint; readonly clawback: bigint },
  { annual, lifetime, invoicedAfter }: ClawbackRules,
  { quarter, isLast }: { readonly quarter: Quarter; readonly isLast: boolean },
): Netted {
  const year = yearOf(quarter);
  const inYear = account.year === year ? account.inYear : 0n;
  const charged = least(
    clawback,
    ...(annual === undefined ? [] : [atLeastZero(annual - inYear)]),
    ...(lifetime === undefined ? [] : [atLeastZero(lifetime - account.inAll)]),
  );
  let left = topUp;
  const open = account.open.map((lot) => {
    const setOff = least(left, lot.amount);
    left -= setOff;
    return { ...lot, amount: lot.amount - setOff };
  });
  open.push({ quarter, amount: charged });
  const isDue = (lot: (typeof open)[number]): boolean =>
    isLast || quarterNumber(quarter) - quarterNumber(lot.quarter) >= invoicedAfter;
  return {
    charged,
    netted: topUp - left,
    claim: left,
    invoiced: openOf(open.filter(isDue)),
    account: {
      open: open.filter((lot) => lot.amount > 0n && !isDue(lot)),
      ...{ year, inYear: inYear + charged, inAll: account.inAll + charged },
    },
  };
}

/** Minor units charged, and neither set off nor invoiced. */
export const openOf = (lots: ClawbackAccount['open']): bigint =>
  lots.reduce((sum, { amount }) => sum + amount, 0n);
