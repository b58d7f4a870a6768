import type { Quarter } from '../kernel/quarter.ts';
import { quarterOf } from '../kernel/quarter.ts';
import { dateOf } from '../kernel/time.ts';
import type { Money } from '../kernel/money.ts';
import { accounts } from '../ledger/account.ts';
import type { Cause, Entry } from '../ledger/entry.ts';
import { entryOf, minorUnits } from '../ledger/posting.ts';
import type { Product } from '../reference/product.ts';
import type { AccountEvent, StockAccountRecord } from './account.ts';
import type { LoanEvent, StockLoanRecord } from './loan.ts';
import type { MovementTerms } from './movement.ts';
import type { Allocation, StockRelease } from './release.ts';
import { wholeSteps } from './steps.ts';

/*
 * What moves and what is owed because of an event: computed from it alone, so that whoever reads the record can say what the
 * ledgers of mass and money must hold.
 */

type Moved = Pick<MovementTerms, 'kind' | 'changes'> & { readonly lot?: string };

function movedBy(event: AccountEvent | LoanEvent, steps: bigint): Moved | undefined {
  switch (event.type) {
    case 'allocated':
      return { kind: 'ALLOCATE', changes: { free: -steps, entitled: steps } };
    case 'drawn':
      return { kind: 'DRAW', changes: { entitled: -steps, delivered: steps } };
    case 'replenished':
      return { kind: 'REPLENISH', lot: event.lot, changes: { supplied: -steps, entitled: steps } };
    case 'repurchased':
      return { kind: 'SALE', changes: { entitled: -steps, delivered: steps } };
    case 'approved':
      return { kind: 'ENCUMBER', changes: { free: -steps, encumbered: steps } };
    case 'handed-over':
      return { kind: 'LEND', changes: { encumbered: -steps, lent: steps } };
    case 'lapsed':
      return { kind: 'RELEASE_ENCUMBRANCE', changes: { encumbered: -steps, free: steps } };
    case 'returned':
      return { kind: 'RETURN', lot: event.lot, changes: { lent: -steps, free: steps } };
    case 'paid':
    case 'not-returned':
      return { kind: 'SALE', changes: { lent: -steps, delivered: steps } };
    default:
      return undefined;
  }
}

/** The movement of the `number`th event of an account; none where nothing moves. */
export function movementOfAccount(
  account: StockAccountRecord,
  event: AccountEvent,
  number: number,
  product: Product,
): MovementTerms | undefined {
  const steps = 'quantity' in event ? wholeSteps(event.quantity, product) : 0n;
  const moved = movedBy(event, steps);
  return (
    moved && {
      ...{ stockpile: account.stockpile, product, at: event.at, ...moved },
      cause: { of: 'account', id: account.id, sequence: number },
    }
  );
}

/** The movement of the `number`th event of a loan; none where nothing moves. */
export function movementOfLoan(
  loan: StockLoanRecord,
  event: LoanEvent,
  number: number,
  product: Product,
): MovementTerms | undefined {
  const isSetAside = loan.events.slice(0, number - 1).some(({ type }) => type === 'approved');
  const steps = wholeSteps('quantity' in event ? event.quantity : loan.quantity, product);
  // What was only asked for lay untouched.
  const moved =
    event.type === 'withdrawn' && isSetAside
      ? movedBy({ ...event, type: 'lapsed' }, steps)
      : movedBy(event, steps);
  return (
    moved && {
      ...{ stockpile: loan.stockpile, product, at: event.at, ...moved },
      cause: { of: 'loan', id: loan.id, sequence: number },
    }
  );
}

interface Owed {
  readonly cause: Cause;
  readonly organisation: string;
  readonly stockpile: string;
  readonly amount: Money;
  readonly product: string;
  readonly at: string;
  readonly quarter?: Quarter;
  readonly description: string;
}

/** What an organisation owes a stockpile, as one entry; none where it is nothing. */
function owed({
  cause,
  organisation,
  stockpile,
  amount,
  product,
  at,
  quarter,
  description,
}: Owed): Entry | undefined {
  const units = minorUnits(amount);
  return entryOf({
    ...{ cause, product, postedAt: at, currency: amount.currency, description },
    quarter: quarter ?? quarterOf(dateOf(at)),
    movements: [
      { account: accounts.organisation(organisation), amount: -units },
      { account: accounts.stockpile(stockpile), amount: units },
    ],
  });
}

/** What the member owes by the `number`th event of its account. */
export function entryOfAccount(
  account: StockAccountRecord,
  event: AccountEvent,
  number: number,
): Entry | undefined {
  const { id, member, stockpile, product } = account;
  const of = (
    kind: 'entry-fee' | 'carry' | 'repurchase' | 'not-replenished',
    amount: Money,
    description: string,
    quarter?: Quarter,
  ) =>
    owed({
      cause: { kind, account: id, event: number, sequence: 1 },
      ...{ organisation: member, stockpile, product, amount, at: event.at, description },
      ...(quarter === undefined ? {} : { quarter }),
    });
  switch (event.type) {
    case 'accepted':
      return of('entry-fee', account.entryFee, 'Fee for entering a stockpile');
    case 'carried':
      return of('carry', event.amount, `Carry of ${event.quarter}`, event.quarter);
    case 'repurchased':
      return of('repurchase', event.amount, 'Bought back at the inventory price');
    case 'not-replenished':
      return of('not-replenished', event.amount, 'Drawn, and not replenished in time');
    default:
      return undefined;
  }
}

/** What the borrower owes by the `number`th event of its loan. */
export function entryOfLoan(loan: StockLoanRecord, event: LoanEvent, number: number): Entry | undefined {
  if (event.type !== 'paid' && event.type !== 'not-returned') return undefined;
  const late = event.type === 'not-returned';
  return owed({
    cause: { kind: late ? 'not-returned' : 'loan-paid', loan: loan.id, event: number, sequence: 1 },
    ...{ organisation: loan.borrower, stockpile: loan.stockpile, product: loan.product, at: event.at },
    ...{ amount: event.amount, description: late ? 'Lent, and not returned in time' : 'Lent, and paid for' },
  });
}

/** What is moved into claims when a release is decided, and what it is called by. */
export const reservationOf = (
  release: StockRelease,
  { total, at }: { readonly total: bigint; readonly at: string },
  product: Product,
): MovementTerms => ({
  ...{ kind: 'ENCUMBER', stockpile: release.stockpile, product, at },
  cause: { of: 'release', id: release.id, sequence: 0 },
  changes: { free: -total, encumbered: total },
});

/** What leaves the warehouse for the `place`th organisation of a release. */
export const releasedTo = (
  release: StockRelease,
  allocation: Allocation,
  place: number,
  product: Product,
): MovementTerms => {
  const steps = wholeSteps(allocation.quantity, product);
  return {
    ...{ kind: 'RELEASE', stockpile: release.stockpile, product, at: allocation.deliveredAt! },
    cause: { of: 'release', id: release.id, sequence: place + 1 },
    changes: { encumbered: -steps, delivered: steps },
  };
};

/** What an organisation owes for what was released to it. */
export const entryOfRelease = (release: StockRelease, allocation: Allocation): Entry | undefined =>
  owed({
    cause: { kind: 'release', release: release.id, organisation: allocation.organisation, sequence: 1 },
    ...{ organisation: allocation.organisation, stockpile: release.stockpile, product: release.product },
    ...{
      amount: allocation.amount,
      at: allocation.deliveredAt!,
      description: 'Released at the inventory price',
    },
  });
