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
import type { Product } from '../reference/product.ts';
import type { MarketPrice } from './account.ts';
import { sameOrBetter } from './account-rules.ts';
import type { LoanEvent, LoanStatus, StockLoanRecord, StockLoanView } from './loan.ts';
import { massOfSteps, wholeSteps } from './steps.ts';
import { defaultValue } from './value.ts';

type Measured = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;
type Granted = Extract<LoanEvent, { type: 'granted' }>;

/** What a loan's events come to, in steps. */
export interface LoanState {
  readonly status: LoanStatus;
  readonly granted: Granted | undefined;
  readonly outstanding: bigint;
}

/** Throws where more came back than was out: no rule lets that come about. */
export function loanState(loan: StockLoanRecord, product: Measured): LoanState {
  return loan.events.reduce<LoanState>(
    (state, event) => {
      if (event.type === 'refused' || event.type === 'withdrawn') return { ...state, status: event.type };
      if (event.type === 'granted')
        return { status: 'granted', granted: event, outstanding: wholeSteps(loan.quantity, product) };
      const outstanding = state.outstanding - wholeSteps(event.quantity, product);
      if (outstanding < 0n) throw new Error(`more came back of ${loan.id} than went out`);
      return { ...state, outstanding, status: outstanding === 0n ? 'repaid' : state.status };
    },
    { status: 'requested', granted: undefined, outstanding: 0n },
  );
}

export function loanView(loan: StockLoanRecord, product: Measured): StockLoanView {
  const { status, granted, outstanding } = loanState(loan, product);
  return {
    ...loan,
    ...{ status, outstanding: massOfSteps(outstanding, product) },
    ...(granted === undefined ? {} : { due: granted.due }),
    version: loan.events.length + 1,
  };
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
function mayComeBack(loan: StockLoanRecord, steps: bigint, product: Product): Result<Granted> {
  const { status, granted, outstanding } = loanState(loan, product);
  if (status !== 'granted' || granted === undefined)
    return fail(problem('invalid_state', `The loan is ${status}: nothing of it is out.`));
  return steps > outstanding
    ? fail(fieldProblem('entitlement_exceeded', '/quantity', 'More than is outstanding of the loan.'))
    : ok(granted);
}

/** Material of the same or a better grade comes back. Errors: invalid_state, entitlement_exceeded, grade_too_low. */
export function returned(
  loan: StockLoanRecord,
  {
    steps,
    purity,
    lot,
  }: { readonly steps: bigint; readonly purity: Decimal | undefined; readonly lot: string },
  product: Product,
  author: Author,
): Result<LoanEvent> {
  const granted = mayComeBack(loan, steps, product);
  if (!granted.ok) return granted;
  const grade = sameOrBetter(granted.value.purity, purity, '/kind/purity');
  return grade.ok
    ? ok({ type: 'returned', at: author.at, by: author.subject, quantity: massOfSteps(steps, product), lot })
    : grade;
}

/**
 * It is paid for instead: the higher of the inventory price and the market's; in time without a penalty, else with it.
 * Errors: invalid_state, entitlement_exceeded.
 */
export function paidFor(
  type: 'paid' | 'not-returned',
  loan: StockLoanRecord,
  steps: bigint,
  market: MarketPrice | null,
  product: Product,
  author: Author,
): Result<LoanEvent> {
  const granted = mayComeBack(loan, steps, product);
  if (!granted.ok) return granted;
  const { inventoryPrice } = granted.value;
  const penaltyShare = type === 'paid' ? decimal('0') : loan.penaltyShare;
  return ok({
    ...{ type, at: author.at, by: author.subject, quantity: massOfSteps(steps, product), market },
    amount: defaultValue(steps, { inventoryPrice, penaltyShare }, market, product),
  });
}

/** The first day on which it has not come back in time. */
export function loanLate(loan: StockLoanRecord, product: Product): CalendarDate | undefined {
  const { status, granted } = loanState(loan, product);
  return status === 'granted' && granted !== undefined ? addDays(granted.due, 1) : undefined;
}

export const isLate = (loan: StockLoanRecord, product: Product, { at }: Author): boolean => {
  const day = loanLate(loan, product);
  return day !== undefined && day <= dateOf(at);
};
