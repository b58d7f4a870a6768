import { problem } from '../../kernel/problem.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Author } from '../../kernel/version.ts';
import {
  handedOver,
  loanState,
  paidFor,
  rejected,
  returned,
  withdrawn,
} from '../../stockpiles/loan-rules.ts';
import type { LoanEvent } from '../../stockpiles/loan.ts';
import { stepsOf } from '../../stockpiles/steps.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { marketPrice } from '../prices/recent-prices.ts';
import { productOf } from '../reference/reference.ts';
import { gradeStandards } from './stock-grade.ts';
import type { Beside } from './stock-loan-lots.ts';
import { lotsFreed, lotsGone, lotsHandedOver } from './stock-loan-lots.ts';
import type { HeldLoan } from './stock-loans.ts';
import { appendToLoan, isAsRead, loanAuthor, noSuchLoan, readStockLoan } from './stock-loans.ts';
import { putLot } from './stock-lots.ts';
import type { ReturnTerms } from './stock-returns.ts';
import { returnedLot } from './stock-returns.ts';
import type { Table } from '../table/table.ts';

/** Of whom a rule lets act on a loan. */
type Whose = 'borrower' | 'operator' | 'anybody';

type Rule = (
  held: HeldLoan,
  author: Author,
) => Promise<Result<{ readonly event: LoanEvent; readonly beside: Beside }>>;

const onLoan =
  (table: Table, act: Act, id: string, whose: Whose, rule: Rule): Plan<HeldLoan> =>
  async () => {
    const loan = await readStockLoan(table, id);
    if (loan === undefined || (whose !== 'anybody' && loan[whose] !== act.organisation))
      return fail(noSuchLoan);
    const held = { loan, product: await productOf(table, loan.product) };
    const ruled = await rule(held, loanAuthor(act, loan));
    if (!(await isAsRead(table, loan))) return onLoan(table, act, id, whose, rule)();
    return ruled.ok ? appendToLoan(held, ruled.value.event, ruled.value.beside()) : ruled;
  };

/** Errors: not_found, invalid_state, second_approval_required. */
export const rejectLoan = (table: Table, act: Act, id: string, reason: string): Plan<HeldLoan> =>
  onLoan(table, act, id, 'anybody', ({ loan, product }, author) => {
    const event = rejected(loan, reason, product, author);
    return Promise.resolve(event.ok ? ok({ event: event.value, beside: () => [] }) : event);
  });

/** What was set aside is free again. Errors: not_found, invalid_state. */
export const withdrawLoan = (table: Table, act: Act, id: string): Plan<HeldLoan> =>
  onLoan(table, act, id, 'borrower', async (held, author) => {
    const event = withdrawn(held.loan, held.product, author);
    return event.ok ? ok({ event: event.value, beside: await lotsFreed(table, held, author) }) : event;
  });

/** The operator hands over what was set aside. Errors: not_found, invalid_state. */
export const handOverLoan = (table: Table, act: Act, id: string): Plan<HeldLoan> =>
  onLoan(table, act, id, 'operator', async (held, author) => {
    const event = handedOver(held.loan, held.product, author);
    return event.ok ? ok({ event: event.value, beside: await lotsHandedOver(table, held, author) }) : event;
  });

/**
 * The operator has received what replaces what was lent. Errors: not_found, invalid_state, entitlement_exceeded,
 * grade_too_low, and those of `returnedLot`.
 */
export const returnLoan = (table: Table, act: Act, id: string, terms: ReturnTerms): Plan<HeldLoan> =>
  onLoan(table, act, id, 'operator', async (held, author) => {
    const { loan, product } = held;
    const { approved } = loanState(loan, product);
    if (approved === undefined) return fail(problem('invalid_state', 'Nothing of the loan is out.'));
    const { stockpile, operator } = loan;
    const of = {
      stockpile,
      operator,
      inventoryPrice: approved.inventoryPrice,
      source: { loan: id },
      pointer: '',
    };
    const back = await returnedLot(table, act, terms, of, product, author);
    if (!back.ok) return back;
    const { lot, steps, came } = back.value;
    const event = returned(
      loan,
      { steps, came, lot: lot.id },
      await gradeStandards(table, stockpile),
      product,
      author,
    );
    if (!event.ok) return event;
    const out = await lotsGone(table, held, steps, author);
    return ok({ event: event.value, beside: () => [...putLot(lot), ...out()] });
  });

/** The borrower keeps so much of it, and owes its price. Errors: not_found, invalid_state, entitlement_exceeded, unit_not_convertible, off_lot. */
export const payForLoan = (table: Table, act: Act, id: string, quantity: Quantity): Plan<HeldLoan> =>
  onLoan(table, act, id, 'borrower', async (held, author) => {
    const { loan, product } = held;
    const steps = stepsOf(quantity, product);
    if (!steps.ok) return steps;
    const event = paidFor(
      loan,
      steps.value,
      await marketPrice(table, product.id, author.at),
      product,
      author,
    );
    return event.ok
      ? ok({ event: event.value, beside: await lotsGone(table, held, steps.value, author) })
      : event;
  });
