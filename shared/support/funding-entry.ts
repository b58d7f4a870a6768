import type { Currency } from '../kernel/money.ts';
import { quarterOf } from '../kernel/quarter.ts';
import type { Instant } from '../kernel/time.ts';
import { dateOf } from '../kernel/time.ts';
import { accounts } from '../ledger/account.ts';
import type { Entry } from '../ledger/entry.ts';
import { entryOf } from '../ledger/posting.ts';

/**
 * What the treasury puts into a programme, or (negative) takes back: minor units by which its budget has changed. Nothing
 * where it has not.
 */
export const fundingEntry = (
  { id: programme, product }: { readonly id: string; readonly product: string },
  sequence: number,
  { by, currency, at }: { readonly by: bigint; readonly currency: Currency; readonly at: Instant },
): Entry | undefined =>
  entryOf({
    cause: { kind: 'funding', programme, sequence },
    ...{ quarter: quarterOf(dateOf(at)), product, postedAt: at, currency },
    movements: [
      { account: accounts.treasury(programme), amount: -by },
      { account: accounts.programme(programme), amount: by },
    ],
    description: sequence === 1 ? 'Budget' : by < 0n ? 'Budget cut' : 'Budget increased',
  });
