import { compareDecimal } from '../kernel/decimal.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterFromNumber, quarterNumber, quarterOf } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays, dateOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import type { Product } from '../reference/product.ts';
import type { AccountEvent, LotPart, MarketPrice, StockAccountRecord } from './account.ts';
import { maximumEvents } from './account.ts';
import type { AccountState, OpenDraw } from './account-state.ts';
import { accountState, entitlementOf, roomOf } from './account-state.ts';
import { carryOf } from './carry.ts';
import { dayAfter } from './day-count.ts';
import type { Grade, GradeStandards, Incoming } from './grade.ts';
import { sameOrBetter } from './grade.ts';
import { massOfSteps } from './steps.ts';
import { defaultValue, valueOf } from './value.ts';

/*
 * What may be done with a member's account, and what becomes of it by itself on its days. A rule answers the event that is
 * appended, or why not; masses are steps. What moves and what is owed follows from the event alone.
 */

type Ruled = Result<AccountEvent>;
const acted = ({ at, subject }: Author) => ({ at, by: subject });

const invalid = (detail: string) => fail(problem('invalid_state', detail));

/** Why a member or an operator may not act on the account now. */
function closedTo(account: StockAccountRecord, state: AccountState): Ruled | undefined {
  if (state.status !== 'active') return invalid(`The account is ${state.status}.`);
  return account.events.length >= maximumEvents
    ? invalid(`The account has seen ${maximumEvents} events, the most that one may.`)
    : undefined;
}

export type Offered = 'accepted' | 'declined';

/** Errors: invalid_state. */
export const decided = (account: StockAccountRecord, decision: Offered, author: Author): Ruled =>
  account.events.length > 0
    ? invalid('The account has been accepted or declined already.')
    : decision === 'accepted' && dateOf(author.at) >= account.term
      ? invalid('The account is at its term.')
      : ok({ type: decision, ...acted(author) });

/** Material of the stockpile becomes the member's to draw, up to its commitment. Errors: invalid_state, entitlement_exceeded. */
export function allocated(
  account: StockAccountRecord,
  steps: bigint,
  product: Product,
  author: Author,
): Ruled {
  const closed = closedTo(account, accountState(account, product)) ?? pastTerm(account, author);
  if (closed !== undefined) return closed;
  return steps > roomOf(account, product)
    ? fail(fieldProblem('entitlement_exceeded', '/quantity', 'More than the member has committed to.'))
    : ok({ type: 'allocated', ...acted(author), quantity: massOfSteps(steps, product) });
}

const pastTerm = ({ term }: StockAccountRecord, { at }: Author): Ruled | undefined =>
  dateOf(at) >= term ? invalid('The account is at its term.') : undefined;

/** The first draw whose day to replenish has passed. */
const overdue = ({ draws }: AccountState, today: CalendarDate): OpenDraw | undefined =>
  draws.find(({ due }) => due < today);

/**
 * May the member take so much now? Errors: invalid_state, replenishment_overdue, entitlement_exceeded.
 */
export function mayTake(
  account: StockAccountRecord,
  steps: bigint,
  product: Product,
  author: Author,
): Result<AccountState> {
  const state = accountState(account, product);
  const closed = closedTo(account, state);
  if (closed?.ok === false) return closed;
  if (overdue(state, dateOf(author.at)) !== undefined)
    return fail(
      problem('replenishment_overdue', 'What was drawn is not replenished in time: nothing more is drawn.'),
    );
  return steps > entitlementOf(state)
    ? fail(fieldProblem('entitlement_exceeded', '/quantity', 'More than the account is entitled to.'))
    : ok(state);
}

/** What goes out of the warehouse. */
export interface Out {
  readonly lots: readonly LotPart[];
  readonly grade: Grade;
}

/** The event of a draw that `mayTake` allows, of these lots, which are of that grade. Errors: invalid_state. */
export function drawn(
  account: StockAccountRecord,
  steps: bigint,
  { lots, grade: { purity, requires, lasts } }: Out,
  product: Product,
  author: Author,
): Ruled {
  const late = pastTerm(account, author);
  if (late !== undefined) return late;
  const due = addDays(dateOf(author.at), account.replenishDays);
  return ok({
    ...{ type: 'drawn', ...acted(author), quantity: massOfSteps(steps, product), lots: [...lots] },
    ...(purity === undefined ? {} : { purity }),
    ...(requires === undefined ? {} : { requires: [...requires] }),
    ...(lasts === undefined ? {} : { lasts }),
    due: due < account.term ? due : account.term,
  });
}

/** Errors: invalid_state, not_found, entitlement_exceeded, grade_too_low. */
export function replenished(
  account: StockAccountRecord,
  terms: {
    readonly draw: number;
    readonly steps: bigint;
    readonly lot: string;
    readonly came: Incoming;
  },
  standards: GradeStandards,
  product: Product,
  author: Author,
): Ruled {
  const state = accountState(account, product);
  if (state.status !== 'active') return invalid(`The account is ${state.status}.`);
  const draw = state.draws.find((each) => each.draw === terms.draw);
  if (draw === undefined)
    return fail(fieldProblem('invalid_state', '/draw', 'Nothing of such a draw is outstanding.'));
  if (terms.steps > draw.outstanding)
    return fail(fieldProblem('entitlement_exceeded', '/quantity', 'More than is outstanding of the draw.'));
  const grade = sameOrBetter(draw.grade, terms.came, standards, '');
  if (!grade.ok) return grade;
  return ok({
    ...{ type: 'replenished', ...acted(author), draw: draw.draw, lot: terms.lot },
    quantity: massOfSteps(terms.steps, product),
  });
}

/** The member takes over what it takes out, for good, at the inventory price. Half to even to the minor unit. */
export const repurchased = (
  account: StockAccountRecord,
  steps: bigint,
  { lots }: Pick<Out, 'lots'>,
  product: Product,
  author: Author,
): Ruled =>
  ok({
    ...{ type: 'repurchased', ...acted(author), quantity: massOfSteps(steps, product), lots: [...lots] },
    amount: valueOf(steps, account.inventoryPrice, product),
  });

/** What two accounts must have alike for entitlement to pass between them: its duties go with it. */
const duties = (account: StockAccountRecord): string =>
  JSON.stringify([
    ...[account.stockpile, account.product, account.term, account.dayCount, account.replenishDays],
    ...[account.inventoryPrice.currency, account.inventoryPrice.per],
  ]);
const sameRates = (a: StockAccountRecord, b: StockAccountRecord): boolean =>
  duties(a) === duties(b) &&
  compareDecimal(a.inventoryPrice.amount, b.inventoryPrice.amount) === 0 &&
  compareDecimal(a.interestRate, b.interestRate) === 0 &&
  compareDecimal(a.storageRate, b.storageRate) === 0 &&
  compareDecimal(a.penaltyShare, b.penaltyShare) === 0;

/**
 * Entitlement passes to another member's account on the same terms, up to what that one is committed to: it has agreed to
 * carry and to buy back so much. Errors: invalid_state, replenishment_overdue, entitlement_exceeded.
 */
export function transferred(
  from: StockAccountRecord,
  to: StockAccountRecord,
  steps: bigint,
  product: Product,
  author: Author,
): Result<{ readonly out: AccountEvent; readonly in: AccountEvent }> {
  const may = mayTake(from, steps, product, author);
  if (!may.ok) return may;
  const late = pastTerm(from, author);
  if (late?.ok === false) return late;
  if (from.id === to.id || !sameRates(from, to))
    return fail(
      fieldProblem(
        'invalid_state',
        '/to',
        'Only another account of the stockpile on the same terms can take it.',
      ),
    );
  if (accountState(to, product).status !== 'active' || to.events.length >= maximumEvents)
    return fail(fieldProblem('invalid_state', '/to', 'That account takes nothing.'));
  if (steps > roomOf(to, product))
    return fail(fieldProblem('entitlement_exceeded', '/quantity', 'More than that member has committed to.'));
  const quantity = massOfSteps(steps, product);
  return ok({
    out: { type: 'transferred-out', ...acted(author), quantity, to: to.id },
    in: { type: 'transferred-in', ...acted(author), quantity, from: from.id },
  });
}

/** What is due on an account by itself. */
export type Due =
  | { readonly kind: 'event'; readonly event: AccountEvent }
  /** At term: so many steps go to the member, from lots still to be chosen. */
  | { readonly kind: 'repurchase'; readonly steps: bigint };

/**
 * What is due by now, one at a time, in this order: carry of quarters that have ended, draws not replenished in time, the
 * repurchase at term; at last the account closes. `undefined` where nothing is.
 */
export function whatIsDue(
  account: StockAccountRecord,
  market: MarketPrice | null,
  product: Product,
  author: Author,
): Due | undefined {
  const state = accountState(account, product);
  if (state.status !== 'active') return undefined;
  const today = dateOf(author.at);
  const quarter = nextCarry(account, state);
  if (dayAfter(quarter) <= today)
    return {
      kind: 'event',
      event: { type: 'carried', ...acted(author), quarter, amount: carryOf(account, quarter, product) },
    };
  const late = overdue(state, today);
  if (late !== undefined)
    return {
      kind: 'event',
      event: {
        ...{ type: 'not-replenished', ...acted(author), draw: late.draw, market },
        quantity: massOfSteps(late.outstanding, product),
        amount: defaultValue(late.outstanding, account, market, product),
      },
    };
  if (today < account.term) return undefined;
  const left = entitlementOf(state);
  if (left > 0n) return { kind: 'repurchase', steps: left };
  return isSpent(account, state) ? { kind: 'event', event: { type: 'closed', ...acted(author) } } : undefined;
}

/** The first quarter whose carry is not settled. */
function nextCarry(account: StockAccountRecord, { carried }: AccountState): Quarter {
  const accepted = account.events[0];
  return carried === undefined
    ? quarterOf(dateOf(accepted?.at ?? account.offeredAt))
    : quarterFromNumber(quarterNumber(carried) + 1);
}

/** Nothing is outstanding, and the carry of the quarter in which something last happened is settled. */
function isSpent(account: StockAccountRecord, state: AccountState): boolean {
  const last = account.events.findLast(({ type }) => type !== 'carried');
  return (
    state.draws.length === 0 && last !== undefined && quarterOf(dateOf(last.at)) < nextCarry(account, state)
  );
}

/** The next day on which something comes about by itself; none once the account is over, or before it began. */
export function nextDay(account: StockAccountRecord, product: Product): CalendarDate | undefined {
  const state = accountState(account, product);
  if (state.status !== 'active') return undefined;
  const days = [
    dayAfter(nextCarry(account, state)),
    ...state.draws.map(({ due }) => addDays(due, 1)),
    account.term,
  ];
  const entitled = entitlementOf(state) > 0n;
  return days.slice(0, entitled ? undefined : -1).sort()[0];
}
