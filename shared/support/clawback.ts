import type { SupportAccount } from './account.ts';
import { yearOf, type Quarter } from '../kernel/quarter.ts';
import { atLeastZero, least } from './exact.ts';

/** What a producer owes a programme back, in minor units. */
export type ClawbackAccount = SupportAccount['clawback'];

export const noClawback: ClawbackAccount = { open: 0n, year: 0, inYear: 0n, inAll: 0n };

/** The most that is charged in a calendar year and in all; undefined for no limit. */
export interface ClawbackCaps {
  readonly annual: bigint | undefined;
  readonly lifetime: bigint | undefined;
}

/** One quarter's top-up and clawback, netted. */
export interface Netted {
  /** Charged to the producer, within the caps. */
  readonly charged: bigint;
  /** Of the top-up, set off against what was charged before. */
  readonly netted: bigint;
  /** Of the top-up, left to be paid. */
  readonly claim: bigint;
  /** What falls due from the producer now: the open amount at the end of a calendar year, or of the agreement. */
  readonly invoiced: bigint;
  readonly account: ClawbackAccount;
}

/**
 * A clawback is charged within its annual and lifetime caps, set off against top-ups that follow, and what is still
 * open with the settlement of a calendar year's last quarter, or of the agreement's last, is invoiced.
 *
 * Source of the annual cap: upside sharing in the Lynas–JARE offtake (2026).
 */
export function netClawback(
  account: ClawbackAccount,
  { topUp, clawback }: { readonly topUp: bigint; readonly clawback: bigint },
  caps: ClawbackCaps,
  { quarter, isLast }: { readonly quarter: Quarter; readonly isLast: boolean },
): Netted {
  const year = yearOf(quarter);
  const inYear = account.year === year ? account.inYear : 0n;
  const charged = least(
    clawback,
    ...(caps.annual === undefined ? [] : [atLeastZero(caps.annual - inYear)]),
    ...(caps.lifetime === undefined ? [] : [atLeastZero(caps.lifetime - account.inAll)]),
  );
  const netted = least(topUp, account.open);
  const open = account.open - netted + charged;
  const invoiced = isLast || quarter.endsWith('Q4') ? open : 0n;
  return {
    charged,
    netted,
    claim: topUp - netted,
    invoiced,
    account: { open: open - invoiced, year, inYear: inYear + charged, inAll: account.inAll + charged },
  };
}
