import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';
import type { Product } from '../../../shared/reference/product.ts';
import { addMonths } from '../../../shared/stockpiles/day-count.ts';
import type { StockLoanRecord } from '../../../shared/stockpiles/loan.ts';
import type { Approved } from '../../../shared/stockpiles/loan-rules.ts';
import { loanState } from '../../../shared/stockpiles/loan-rules.ts';
import { reserveFloor } from '../../../shared/stockpiles/release-rules-applied.ts';
import { wholeSteps } from '../../../shared/stockpiles/steps.ts';
import type { Stockpile } from '../../../shared/stockpiles/stockpile.ts';
import { productRules, rulesOn } from '../../../shared/stockpiles/stockpile.ts';
import { defaultValue } from '../../../shared/stockpiles/value.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import { levelProblem, plain } from './found-level.ts';

/** A loan was decided as the rules then published say, went out and came back on its days, and cost what it must. */
export function* checkLoan(evidence: Evidence, loan: StockLoanRecord, product: Product): Generator<Finding> {
  const wrong = (detail: string) => finding('stock_loan', `STOCK#${loan.id}`, detail);
  const { approved, due } = loanState(loan, product);
  if (approved !== undefined)
    for (const detail of approvalProblems(evidence, loan, approved, product)) yield wrong(detail);
  for (const event of loan.events) {
    if (event.type === 'handed-over') {
      const day = dateOf(event.at);
      if (
        approved === undefined ||
        day > approved.handOverBy ||
        event.due !== addMonths(day, approved.months)
      )
        yield wrong('not handed over as it was approved');
    }
    if (event.type !== 'paid' && event.type !== 'not-returned') continue;
    const penaltyShare = event.type === 'paid' ? decimal('0') : loan.penaltyShare;
    const terms = approved && { inventoryPrice: approved.inventoryPrice, penaltyShare };
    const amount = terms && defaultValue(wholeSteps(event.quantity, product), terms, event.market, product);
    if (amount === undefined || canonicalJson(plain(amount)) !== canonicalJson(plain(event.amount)))
      yield finding('stock_amounts', `STOCK#${loan.id}`, 'what was paid for does not cost what it says');
    if (due === undefined || dateOf(event.at) < due) yield wrong('paid for before it was due');
  }
}

function* approvalProblems(
  evidence: Evidence,
  loan: StockLoanRecord,
  approved: Approved,
  product: Product,
): Generator<string> {
  const { grounds } = approved;
  if (grounds === undefined) {
    yield 'approved on no grounds';
    return;
  }
  const level = levelProblem(evidence, loan, 1, { ...grounds, at: approved.at });
  if (level !== undefined) yield level;
  if (grounds.level < 2) yield 'below level 2';
  if (approved.by === loan.requestedBy) yield 'approved by whoever asked for it';
  const stockpile = evidence.references.get(`stockpile ${loan.stockpile}`)?.head as Stockpile | undefined;
  const day = dateOf(approved.at);
  const rules = stockpile && productRules(stockpile, product.id, day);
  const floor = rules && reserveFloor(rules, product);
  const steps = wholeSteps(loan.quantity, product);
  if (floor?.ok !== true || floor.value !== wholeSteps(grounds.reserveFloor, product))
    yield 'another reserve floor than the rules then published';
  else if (wholeSteps(grounds.free, product) < steps + floor.value) yield 'the reserve floor was not kept';
  if (stockpile === undefined || rulesOn(stockpile, day)?.releaseRules.loanMonths !== approved.months)
    yield 'for other months than the rules then published';
  if (steps + wholeSteps(approved.beside, product) > wholeSteps(approved.cap, product))
    yield 'more than its borrower may have out';
  if (approved.lots.reduce((sum, { quantity }) => sum + wholeSteps(quantity, product), 0n) !== steps)
    yield 'its lots do not come to what was lent';
}

/** What is set aside of a lot, and lent of it, is what loans say: no more, and by no others. */
export function* checkLentLots(evidence: Evidence): Generator<Finding> {
  const wanted = new Map<string, bigint>();
  const add = (key: string, steps: bigint) => wanted.set(key, (wanted.get(key) ?? 0n) + steps);
  for (const loan of evidence.stockLoans.values()) {
    const product = evidence.product(loan.product);
    if (product === undefined) continue;
    const { status, approved, out } = loanState(loan, product);
    for (const { lot, steps } of out) add(`lent of ${lot}`, steps);
    if (status === 'approved')
      for (const { lot, quantity } of approved?.lots ?? [])
        add(`set aside of ${lot} for ${loan.id}`, wholeSteps(quantity, product));
  }
  for (const lot of evidence.stockLots.values()) {
    const product = evidence.product(lot.product);
    if (product === undefined) continue;
    const stated = [
      [`lent of ${lot.id}`, lot.lent] as const,
      ...lot.encumbrances
        .filter(({ kind }) => kind === 'loan')
        .map(({ by, quantity }) => [`set aside of ${lot.id} for ${by}`, quantity] as const),
    ];
    for (const [what, quantity] of stated) {
      const steps = wholeSteps(quantity, product);
      if ((wanted.get(what) ?? 0n) !== steps)
        yield finding(
          'stock_loan',
          `LOT#${lot.id}`,
          `${what}: ${steps} stated, ${wanted.get(what) ?? 0n} by loans`,
        );
      wanted.delete(what);
    }
  }
  for (const [what, steps] of wanted)
    if (steps !== 0n) yield finding('stock_loan', what, `${steps} by loans, none stated`);
}
