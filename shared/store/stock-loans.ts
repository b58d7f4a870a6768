import type { Problem } from '../kernel/problem.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { addDays, dateOf, latestOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import type { Caller } from '../reference/caller.ts';
import { seesAll } from '../reference/caller.ts';
import type { Product } from '../reference/product.ts';
import { entryOfLoan, movementOfLoan } from '../stockpiles/account-effects.ts';
import { issueFrom, issuedSteps } from '../stockpiles/issue.ts';
import type { LoanEvent, LoanTerms, StockLoanRecord } from '../stockpiles/loan.ts';
import { loanConditions } from '../stockpiles/loan.ts';
import {
  approvable,
  handedOver,
  loanState,
  meanPrice,
  nextLoanDay,
  paidFor,
  rejected,
  returned,
  splitOff,
  takenUp,
  whatIsDueOnLoan,
  withdrawn,
} from '../stockpiles/loan-rules.ts';
import { encumbered, lentOut, resized } from '../stockpiles/lots.ts';
import { needsOf, reserveFloor } from '../stockpiles/release-rules-applied.ts';
import type { StockNeed } from '../stockpiles/release.ts';
import { massOfSteps, stepsOf, wholeSteps } from '../stockpiles/steps.ts';
import type { StockLot } from '../stockpiles/stock-lot.ts';
import type { Stockpile } from '../stockpiles/stockpile.ts';
import { productRules, rulesOn } from '../stockpiles/stockpile.ts';
import type { Act } from './act.ts';
import type { Action } from './action.ts';
import type { Effect, Plan } from './effect.ts';
import { perform } from './effect.ts';
import { keys } from './keys.ts';
import { postEntry } from './ledger.ts';
import { productOf } from './orders.ts';
import { readProduct } from './reference.ts';
import { findLevel, keptAssessment } from './release-level.ts';
import { nextRevision, readRevision } from './revision.ts';
import { marketPrice } from './stock-accounts.ts';
import { gradeOfLots, gradeStandards } from './stock-grade.ts';
import { changeLots, heldLots, mostLotsIssued, partsOf } from './stock-issue.ts';
import { putLot, readStockLot } from './stock-lots.ts';
import { moveAboveFloor, moveStock, readBalances } from './stock-movements.ts';
import { needUnchanged, readNeed } from './stock-needs.ts';
import { loanRecords, putStockRecord, readStockRecord, recordsOfStockpile } from './stock-records.ts';
import type { ReturnTerms } from './stock-returns.ts';
import { returnedLot } from './stock-returns.ts';
import { noSuchStockpile, readStockpile } from './stockpiles.ts';
import type { Table } from './table.ts';

export const noSuchLoan = problem('not_found', 'There is no such loan.');

/** The level from which on material is lent. */
const tight = 2;

/** A loan with its product: what its state is read by. */
export interface HeldLoan {
  readonly loan: StockLoanRecord;
  readonly product: Product;
}

export const readStockLoan = (table: Table, id: string): Promise<StockLoanRecord | undefined> =>
  readStockRecord(table, loanRecords, id);

/** For its borrower, the stockpile's operator, administrators and auditors. Errors: not_found. */
export async function visibleLoan(table: Table, caller: Caller, id: string): Promise<Result<HeldLoan>> {
  const loan = await readStockLoan(table, id);
  const visible =
    loan !== undefined && (seesAll(caller) || [loan.borrower, loan.operator].includes(caller.organisation));
  return visible ? ok({ loan, product: await productOf(table, loan.product) }) : fail(noSuchLoan);
}

interface Allowance {
  readonly need: StockNeed;
  readonly essential: boolean;
  /** Days of verified use that it may have out, in steps. */
  readonly cap: bigint;
}

/** What a borrower may have out, by its verified need and the rules of the day. Errors: need_not_verified. */
async function allowanceOf(
  table: Table,
  stockpile: Stockpile,
  product: Product,
  borrower: string,
  at: Instant,
): Promise<Result<Allowance>> {
  const need = await readNeed(table, stockpile.id, product.id, borrower);
  const rules = rulesOn(stockpile, dateOf(at));
  const [found] =
    need === undefined || rules === undefined ? [] : needsOf([need], rules.releaseRules, product);
  return need === undefined || found === undefined
    ? fail(problem('need_not_verified', 'What is lent goes by a need that an administrator has verified.'))
    : ok({ need, essential: need.verified?.essential ?? false, cap: found.cap });
}

/** What of it else the borrower has, or has asked for. */
const takenBeside = (
  loans: readonly StockLoanRecord[],
  { id, product: of, borrower }: Pick<StockLoanRecord, 'id' | 'product' | 'borrower'>,
  product: Product,
): bigint =>
  loans
    .filter((each) => each.id !== id && each.product === of && each.borrower === borrower)
    .reduce((sum, each) => sum + takenUp(each, product), 0n);

const beyondCap = fieldProblem(
  'quantity_exceeded',
  '/quantity',
  'With what you have borrowed or asked for, more than the days of verified use that may be out.',
);

/**
 * A buyer asks a stockpile to lend it material. Errors: not_found, unknown_reference, invalid_request, need_not_verified,
 * quantity_exceeded, unit_not_convertible, off_lot.
 */
export const requestLoan =
  (table: Table, act: Act, stockpileId: string, terms: LoanTerms): Plan<HeldLoan> =>
  async () => {
    const stockpile = await readStockpile(table, stockpileId);
    if (stockpile?.status !== 'active') return fail(noSuchStockpile);
    const product = await readProduct(table, terms.product);
    if (product === undefined || productRules(stockpile, product.id, dateOf(act.at)) === undefined)
      return fail(fieldProblem('unknown_reference', '/product', 'The stockpile holds no such product.'));
    if (stockpile.operator === act.organisation)
      return fail(problem('invalid_request', 'An operator does not borrow from its own stockpile.'));
    const steps = stepsOf(terms.quantity, product);
    if (!steps.ok) return steps;
    const guard = keys.stockLoans(stockpileId, product.id);
    const revision = await readRevision(table, guard);
    const [loans, allowance] = await Promise.all([
      recordsOfStockpile(table, loanRecords, stockpileId),
      allowanceOf(table, stockpile, product, act.organisation, act.at),
    ]);
    if (!allowance.ok) return allowance;
    const { need, essential, cap } = allowance.value;
    const loan: StockLoanRecord = {
      ...terms,
      ...loanConditions,
      quantity: massOfSteps(steps.value, product),
      ...{ id: act.newId('loan'), stockpile: stockpileId, operator: stockpile.operator },
      ...{ borrower: act.organisation, essential, requestedAt: act.at, requestedBy: act.subject, events: [] },
    };
    if (takenBeside(loans, loan, product) + steps.value > cap) return fail(beyondCap);
    return ok({
      actions: [
        ...putStockRecord(loanRecords, loan),
        needUnchanged(need),
        nextRevision('stockLoans', guard, revision),
      ],
      value: { loan, product },
    });
  };

const authorOf = (
  act: { readonly subject: string; readonly at: Instant },
  loan: StockLoanRecord,
): Author => ({
  subject: act.subject,
  at: latestOf(act.at, loan.requestedAt, loan.events.at(-1)?.at),
});

/** The loan with one event more, what moves by it (unless it is told), and what is owed. */
function appended(
  { loan, product }: HeldLoan,
  event: LoanEvent,
  beside: readonly Action[],
  least?: bigint,
): Result<Effect<HeldLoan>> {
  const next = { ...loan, events: [...loan.events, event] };
  const movement = movementOfLoan(next, event, next.events.length, product);
  const moved =
    movement === undefined ? [] : least === undefined ? moveStock(movement) : moveAboveFloor(movement, least);
  const entry = entryOfLoan(next, event, next.events.length);
  return ok({
    actions: [
      ...putStockRecord(loanRecords, next, nextLoanDay(next, product)),
      ...moved,
      ...(entry === undefined ? [] : postEntry(entry)),
      ...beside,
    ],
    value: { loan: next, product },
  });
}

/**
 * An administrator approves: so much is set aside for the borrower, above the reserve floor, while supply is tight, and no
 * essential user waits. Errors: not_found, invalid_state, second_approval_required, level_not_reached, need_not_verified,
 * quantity_exceeded, essential_first, stock_insufficient.
 */
export const approveLoan =
  (table: Table, act: Act, id: string): Plan<HeldLoan> =>
  async () => {
    const loan = await readStockLoan(table, id);
    if (loan === undefined) return fail(noSuchLoan);
    const product = await productOf(table, loan.product);
    const author = authorOf(act, loan);
    const may = approvable(loan, product, author);
    if (!may.ok) return may;
    const guard = keys.stockLoans(loan.stockpile, product.id);
    const revision = await readRevision(table, guard);
    const stockpile = await readStockpile(table, loan.stockpile);
    const today = dateOf(author.at);
    const terms = stockpile && rulesOn(stockpile, today);
    const rules = stockpile && productRules(stockpile, product.id, today);
    if (stockpile === undefined || terms === undefined || rules === undefined)
      return fail(problem('invalid_state', 'No rules for this product are in force any more.'));
    const level = await findLevel(table, stockpile, product, author.at);
    if (level.found.level < tight) return fail(notTight(level.found.level));
    const [loans, allowance, { free }, lots] = await Promise.all([
      recordsOfStockpile(table, loanRecords, stockpile.id),
      allowanceOf(table, stockpile, product, loan.borrower, author.at),
      readBalances(table, stockpile.id, product),
      heldLots(table, stockpile, product.id),
    ]);
    if (!allowance.ok) return allowance;
    const { need, essential, cap } = allowance.value;
    const steps = wholeSteps(loan.quantity, product);
    const beside = takenBeside(loans, loan, product);
    if (beside + steps > cap) return fail(beyondCap);
    if (!essential && loans.some((each) => waitsAsEssential(each, loan, product)))
      return fail(essentialFirst);
    const floor = reserveFloor(rules, product);
    if (!floor.ok) return floor;
    if (free < steps + floor.value) return fail(insufficient);
    const issued = issueFrom(lots, steps, product, { mostLots: mostLotsIssued });
    if (issuedSteps(issued) !== steps)
      return fail(problem('stock_insufficient', `Not so much lies in ${mostLotsIssued} lots: merge lots.`));
    const { purity, requires, lasts } = await gradeOfLots(
      table,
      issued.map(({ lot }) => lot),
    );
    const mass = (of: bigint) => massOfSteps(of, product);
    const event: LoanEvent = {
      ...{ type: 'approved', at: author.at, by: author.subject, lots: partsOf(issued, product) },
      ...(purity === undefined ? {} : { purity }),
      ...(requires === undefined ? {} : { requires: [...requires] }),
      ...(lasts === undefined ? {} : { lasts }),
      inventoryPrice: meanPrice(
        issued.map(({ lot, steps: part }) => ({ mass: mass(part).amount, price: lot.inventoryPrice })),
      ),
      ...{ cap: mass(cap), beside: mass(beside), essential, months: terms.releaseRules.loanMonths },
      handOverBy: addDays(today, terms.releaseRules.deliveryDays),
      grounds: {
        ...{ level: level.found.level, conditions: level.found.conditions },
        ...{ assessmentDigest: level.found.assessmentDigest, free: mass(free) },
        reserveFloor: mass(floor.value),
      },
    };
    return appended(
      { loan, product },
      event,
      [
        ...changeLots(issued, author, (lot, part) =>
          encumbered(lot, { kind: 'loan', by: id }, part, product),
        ),
        keptAssessment(id, 1, level),
        needUnchanged(need),
        nextRevision('stockLoans', guard, revision),
      ],
      steps + floor.value,
    );
  };

const notTight = (level: number): Problem =>
  problem(
    'level_not_reached',
    `Material is lent from level 2 on; by the published rules the level is ${level}.`,
  );
const insufficient = problem('stock_insufficient', 'Not so much lies free above the reserve floor.');
const essentialFirst = problem(
  'essential_first',
  'An essential user has asked, too: decide on that loan first.',
);

const waitsAsEssential = (
  each: StockLoanRecord,
  { id, product: of }: StockLoanRecord,
  product: Product,
): boolean =>
  each.id !== id && each.product === of && each.essential && loanState(each, product).status === 'requested';

/** Of whom a rule lets act on a loan. */
type Whose = 'borrower' | 'operator' | 'anybody';

/** What else is written: computed once it is known that what was read belongs together. */
type Beside = () => readonly Action[];

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
    const ruled = await rule(held, authorOf(act, loan));
    // Lots that another act has changed meanwhile do not fit the loan that was read before them.
    if ((await readStockLoan(table, id))?.events.length !== loan.events.length)
      return onLoan(table, act, id, whose, rule)();
    return ruled.ok ? appended(held, ruled.value.event, ruled.value.beside()) : ruled;
  };

type Change = (lot: StockLot, steps: bigint) => StockLot;

/** What becomes of lots that the loan has a part in. */
async function changed(
  table: Table,
  parts: readonly { readonly lot: string; readonly steps: bigint }[],
  author: Author,
  change: Change,
): Promise<Beside> {
  const issued = await Promise.all(
    parts.map(async ({ lot: id, steps }) => {
      const lot = await readStockLot(table, id);
      if (lot === undefined) throw new Error(`${id} has gone`);
      return { lot, steps };
    }),
  );
  return () => changeLots(issued, author, change);
}

/** What is set aside for a loan, or out by it. */
const partsSetAside = ({ loan, product }: HeldLoan) =>
  (loanState(loan, product).approved?.lots ?? []).map(({ lot, quantity }) => ({
    ...{ lot, steps: wholeSteps(quantity, product) },
  }));

const unheld =
  (id: string, product: Product): Change =>
  (lot, steps) =>
    encumbered(lot, { kind: 'loan', by: id }, -steps, product);

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
    if (!event.ok) return event;
    const beside = await changed(table, partsSetAside(held), author, unheld(id, held.product));
    return ok({ event: event.value, beside });
  });

/** The operator hands over what was set aside. Errors: not_found, invalid_state. */
export const handOverLoan = (table: Table, act: Act, id: string): Plan<HeldLoan> =>
  onLoan(table, act, id, 'operator', async (held, author) => {
    const event = handedOver(held.loan, held.product, author);
    if (!event.ok) return event;
    const out: Change = (lot, steps) => lentOut(unheld(id, held.product)(lot, steps), steps, held.product);
    return ok({
      event: event.value,
      beside: await changed(table, partsSetAside(held), author, out),
    });
  });

/** What is no longer lent of lots is gone from them: it came back as another lot, or was paid for. */
async function gone(
  table: Table,
  { loan, product }: HeldLoan,
  steps: bigint,
  author: Author,
): Promise<Beside> {
  const { taken } = splitOff(loanState(loan, product).out, steps);
  return changed(table, taken, author, (lot, part) => resized(lentOut(lot, -part, product), -part, product));
}

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
    const out = await gone(table, held, steps, author);
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
      ? ok({ event: event.value, beside: await gone(table, held, steps.value, author) })
      : event;
  });

/** More than a loan can have due at once. */
const maximumSteps = 10;

/** Does what is due on a loan, each event once whoever else does it at the same time; answers what was done. */
export async function settleLoan(table: Table, clock: () => Instant, id: string): Promise<LoanEvent[]> {
  const done: LoanEvent[] = [];
  for (let turn = 1; turn <= maximumSteps; turn += 1) {
    const settled = await perform(table, duePlan(table, clock(), id));
    if (!settled.ok) throw new Error(settled.problem.detail);
    if (settled.value === undefined) return done;
    done.push(settled.value);
  }
  throw new Error(`${id} does not come to rest`);
}

const duePlan =
  (table: Table, now: Instant, id: string): Plan<LoanEvent | undefined> =>
  async () => {
    const loan = await readStockLoan(table, id);
    if (loan === undefined) throw new Error(`${id} is due, and not there`);
    const product = await productOf(table, loan.product);
    const held = { loan, product };
    const author = authorOf({ subject: 'settlement', at: now }, loan);
    const event = whatIsDueOnLoan(loan, await marketPrice(table, product.id, now), product, author);
    if (event === undefined) return ok({ actions: [], value: undefined });
    const beside =
      event.type === 'lapsed'
        ? await changed(table, partsSetAside(held), author, unheld(id, product))
        : event.type === 'not-returned'
          ? await gone(table, held, loanState(loan, product).outstanding, author)
          : () => [];
    if ((await readStockLoan(table, id))?.events.length !== loan.events.length)
      return duePlan(table, now, id)();
    const effect = appended(held, event, beside());
    return effect.ok ? ok({ ...effect.value, value: event }) : effect;
  };
