import { sumOf, times } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { decimal, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays, dateOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import type { Caller } from '../reference/caller.ts';
import type { Product } from '../reference/product.ts';
import type { MarketPrice } from './account.ts';
import { addMonths } from './day-count.ts';
import type { GradeStandards, Incoming } from './grade.ts';
import { sameOrBetter } from './grade.ts';
import type { LoanEvent, LoanStatus, StockLoanRecord, StockLoanView } from './loan.ts';
import { maximumLoanEvents } from './loan.ts';
import { massOfSteps, wholeSteps } from './steps.ts';
import { isInsider } from './stockpile-view.ts';
import { defaultValue } from './value.ts';

/*
 * What may be done with a loan, and what becomes of it by itself on its days. A rule answers the event that is appended, or
 * why not; masses are steps. What moves and what is owed follows from the event alone.
 */

type Measured = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;
export type Approved = Extract<LoanEvent, { type: 'approved' }>;
type Ruled = Result<LoanEvent>;

/** What a loan's events come to, in steps. */
export interface LoanState {
  readonly status: LoanStatus;
  readonly approved: Approved | undefined;
  /** The last day on which it may be returned in time, once it has been handed over. */
  readonly due: CalendarDate | undefined;
  /** Out of the warehouse, and neither returned nor paid for. */
  readonly outstanding: bigint;
  /** What was lent, by its lots: the first are given back first. */
  readonly out: readonly { readonly lot: string; readonly steps: bigint }[];
}

/** Throws where more came back than was out: no rule lets that come about. */
export function loanState(loan: StockLoanRecord, product: Measured): LoanState {
  return loan.events.reduce<LoanState>(
    (state, event) => {
      switch (event.type) {
        case 'approved':
          return { ...state, status: 'approved', approved: event };
        case 'rejected':
        case 'withdrawn':
        case 'lapsed':
        case 'overdue':
          return { ...state, status: event.type };
        case 'handed-over': {
          const lots = state.approved?.lots ?? [];
          const out = lots.map(({ lot, quantity }) => ({ lot, steps: wholeSteps(quantity, product) }));
          const outstanding = out.reduce((sum, { steps }) => sum + steps, 0n);
          return { ...state, status: 'lent', due: event.due, out, outstanding };
        }
        default: {
          const steps = wholeSteps(event.quantity, product);
          if (steps > state.outstanding) throw new Error(`more came back of ${loan.id} than went out`);
          const outstanding = state.outstanding - steps;
          const over = event.type === 'not-returned' ? ('defaulted' as const) : ('repaid' as const);
          const status = outstanding === 0n ? over : state.status;
          return { ...state, outstanding, status, out: splitOff(state.out, steps).left };
        }
      }
    },
    { status: 'requested', approved: undefined, due: undefined, outstanding: 0n, out: [] },
  );
}

interface Cut {
  readonly taken: { readonly lot: string; readonly steps: bigint }[];
  readonly left: { readonly lot: string; readonly steps: bigint }[];
}

/** So many steps off the first lots. */
export function splitOff(out: LoanState['out'], steps: bigint): Cut {
  let open = steps;
  const cut: Cut = { taken: [], left: [] };
  for (const each of out) {
    const taken = each.steps < open ? each.steps : open;
    open -= taken;
    if (taken > 0n) cut.taken.push({ lot: each.lot, steps: taken });
    if (taken < each.steps) cut.left.push({ lot: each.lot, steps: each.steps - taken });
  }
  return cut;
}

/** The loan as its reader sees it: who is not of the stockpile sees nothing of what else lies there. */
export function loanView(loan: StockLoanRecord, product: Measured, caller: Caller): StockLoanView {
  const { status, due, outstanding } = loanState(loan, product);
  const events = isInsider(loan, caller)
    ? loan.events
    : loan.events.map((event) => (event.type === 'approved' ? { ...event, grounds: undefined } : event));
  return {
    ...loan,
    ...{ events, status, outstanding: massOfSteps(outstanding, product) },
    ...(due === undefined ? {} : { due }),
    version: loan.events.length + 1,
  };
}

/** What of its borrower's cap a loan takes up. */
export function takenUp(loan: StockLoanRecord, product: Measured): bigint {
  const { status, outstanding } = loanState(loan, product);
  return status === 'requested' || status === 'approved' ? wholeSteps(loan.quantity, product) : outstanding;
}

/** Nothing comes of it any more, and nothing is out. */
export const isOver = (loan: StockLoanRecord, product: Measured): boolean => takenUp(loan, product) === 0n;

const acted = ({ at, subject }: Author) => ({ at, by: subject });
const invalid = (detail: string) => fail(problem('invalid_state', detail));

/** An administrator lends what was asked for, of these lots. Errors: invalid_state, second_approval_required. */
export function approvable(loan: StockLoanRecord, product: Product, author: Author): Result<undefined> {
  const { status } = loanState(loan, product);
  if (status !== 'requested') return invalid(`The loan is ${status}.`);
  return loan.requestedBy === author.subject
    ? fail(problem('second_approval_required', 'Whoever asked for the loan cannot decide on it.'))
    : ok(undefined);
}

/** Errors: invalid_state, second_approval_required. */
export function rejected(loan: StockLoanRecord, reason: string, product: Product, author: Author): Ruled {
  const decidable = approvable(loan, product, author);
  return decidable.ok ? ok({ type: 'rejected', ...acted(author), reason }) : decidable;
}

/** By the borrower, as long as nothing has been handed over. Errors: invalid_state. */
export function withdrawn(loan: StockLoanRecord, product: Product, author: Author): Ruled {
  const { status } = loanState(loan, product);
  return status === 'requested' || status === 'approved'
    ? ok({ type: 'withdrawn', ...acted(author) })
    : invalid(`The loan is ${status}.`);
}

/** By the operator: from then on the months run. Errors: invalid_state. */
export function handedOver(loan: StockLoanRecord, product: Product, author: Author): Ruled {
  const { status, approved } = loanState(loan, product);
  if (status !== 'approved' || approved === undefined)
    return invalid(`The loan is ${status}: nothing is set aside for it.`);
  const today = dateOf(author.at);
  return today > approved.handOverBy
    ? invalid(`It was to be handed over by ${approved.handOverBy}.`)
    : ok({ type: 'handed-over', ...acted(author), due: addMonths(today, approved.months) });
}

const priceDigits = 6;

/** The mean price of masses by mass, half to even to the millionth; as it is where all are bought at one. */
export function meanPrice(parts: readonly { readonly mass: Decimal; readonly price: Price }[]): Price {
  const [first] = parts;
  if (first === undefined) throw new RangeError('meanPrice: of nothing');
  const value = sumOf(parts.map(({ mass, price }) => times(mass, price.amount)));
  const mass = sumOf(parts.map((part) => part.mass));
  const units = divide(
    value.units * tenTo(mass.scale + priceDigits),
    mass.units * tenTo(value.scale),
    'half-even',
  );
  return { ...first.price, amount: trimDecimal({ units, scale: priceDigits }, 2) };
}

/** Errors: invalid_state, entitlement_exceeded. */
function mayComeBack(loan: StockLoanRecord, steps: bigint, product: Product): Result<Approved> {
  const { status, approved, outstanding } = loanState(loan, product);
  if ((status !== 'lent' && status !== 'overdue') || approved === undefined)
    return invalid(`The loan is ${status}: nothing of it is out.`);
  if (steps > outstanding)
    return fail(fieldProblem('entitlement_exceeded', '/quantity', 'More than is outstanding of the loan.'));
  return loan.events.length >= maximumLoanEvents && steps < outstanding
    ? invalid(`The loan has seen ${maximumLoanEvents} events: settle all that is left of it at once.`)
    : ok(approved);
}

/** Material of the same or a better grade comes back. Errors: invalid_state, entitlement_exceeded, grade_too_low. */
export function returned(
  loan: StockLoanRecord,
  { steps, came, lot }: { readonly steps: bigint; readonly came: Incoming; readonly lot: string },
  standards: GradeStandards,
  product: Product,
  author: Author,
): Ruled {
  const approved = mayComeBack(loan, steps, product);
  if (!approved.ok) return approved;
  const grade = sameOrBetter(approved.value, came, standards, '');
  return grade.ok
    ? ok({ type: 'returned', ...acted(author), quantity: massOfSteps(steps, product), lot })
    : grade;
}

const priced = (
  type: 'paid' | 'not-returned',
  loan: StockLoanRecord,
  { inventoryPrice }: Approved,
  { steps, market }: { readonly steps: bigint; readonly market: MarketPrice | null },
  product: Product,
  author: Author,
): LoanEvent => ({
  ...{ type, ...acted(author), quantity: massOfSteps(steps, product), market },
  amount: defaultValue(
    steps,
    { inventoryPrice, penaltyShare: type === 'paid' ? decimal('0') : loan.penaltyShare },
    market,
    product,
  ),
});

/**
 * The borrower keeps it and pays for it: the higher of the inventory price and the market's. From the day on which it is due,
 * not before: a loan is no way to buy from a reserve that releases nothing. Errors: invalid_state, entitlement_exceeded.
 */
export function paidFor(
  loan: StockLoanRecord,
  steps: bigint,
  market: MarketPrice | null,
  product: Product,
  author: Author,
): Ruled {
  const approved = mayComeBack(loan, steps, product);
  if (!approved.ok) return approved;
  const { due } = loanState(loan, product);
  return due !== undefined && dateOf(author.at) < due
    ? invalid(`It is due on ${due}: before that day it is returned in kind.`)
    : ok(priced('paid', loan, approved.value, { steps, market }, product, author));
}

/** The first day after a day. */
const after = (day: CalendarDate, days = 0): CalendarDate => addDays(day, days + 1);

/** The next day on which something comes about by itself; none while it is only asked for, or once it is over. */
export function nextLoanDay(loan: StockLoanRecord, product: Measured): CalendarDate | undefined {
  const { status, approved, due } = loanState(loan, product);
  if (status === 'approved' && approved !== undefined) return after(approved.handOverBy);
  if (due === undefined) return undefined;
  if (status === 'lent') return after(due);
  return status === 'overdue' ? after(due, loan.graceDays) : undefined;
}

/** What is due on a loan by itself: what was set aside is free again, its day has passed, its days of grace are over. */
export function whatIsDueOnLoan(
  loan: StockLoanRecord,
  market: MarketPrice | null,
  product: Product,
  author: Author,
): LoanEvent | undefined {
  const day = nextLoanDay(loan, product);
  if (day === undefined || dateOf(author.at) < day) return undefined;
  const { status, approved, outstanding } = loanState(loan, product);
  if (status === 'approved') return { type: 'lapsed', ...acted(author) };
  if (status === 'lent') return { type: 'overdue', ...acted(author) };
  return priced('not-returned', loan, approved!, { steps: outstanding, market }, product, author);
}
