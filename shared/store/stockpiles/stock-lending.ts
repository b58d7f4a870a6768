import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import type { Product } from '../../reference/product.ts';
import { issuedSteps, issueFrom } from '../../stockpiles/issue.ts';
import { approvable, loanState, meanPrice, takenUp } from '../../stockpiles/loan-rules.ts';
import type { LoanEvent, LoanTerms, StockLoanRecord } from '../../stockpiles/loan.ts';
import { loanConditions } from '../../stockpiles/loan.ts';
import { encumbered } from '../../stockpiles/lots.ts';
import { needsOf, reserveFloor } from '../../stockpiles/release-rules-applied.ts';
import type { StockNeed } from '../../stockpiles/release.ts';
import { massOfSteps, stepsOf, wholeSteps } from '../../stockpiles/steps.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import { productRules, rulesOn } from '../../stockpiles/stockpile.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { productOf } from '../reference/reference.ts';
import { findLevel, keptAssessment } from './release-level.ts';
import { nextRevision, readRevision } from '../table/revision.ts';
import { gradeOfLots } from './stock-grade.ts';
import { changeLots, heldLots, mostLotsIssued, partsOf } from './stock-issue.ts';
import type { HeldLoan } from './stock-loans.ts';
import { appendToLoan, loanAuthor, noSuchLoan, readStockLoan } from './stock-loans.ts';
import { readBalances } from './stock-movements.ts';
import { needUnchanged, readNeed } from './stock-needs.ts';
import { loanRecords, putStockRecord, recordsOfStockpile } from './stock-records.ts';
import { noSuchStockpile, productHeld, readStockpile } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

/** The level from which on material is lent. */
const tight = 2;

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
    const held = await productHeld(table, stockpile, terms.product, act.at);
    if (!held.ok) return held;
    const product = held.value;
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
    const author = loanAuthor(act, loan);
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
    return appendToLoan(
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
