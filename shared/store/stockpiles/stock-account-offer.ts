import { digitsOf } from '../../kernel/money.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import { ownPrice } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { AccountTerms, StockAccountRecord } from '../../stockpiles/account.ts';
import { massOfSteps, stepsOf } from '../../stockpiles/steps.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import type { HeldAccount } from './stock-accounts.ts';
import { accountRecords, putStockRecord } from './stock-records.ts';
import { ownStockpile, productHeld } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

/**
 * Offers a member an account in the caller's stockpile. Errors: not_found, invalid_state, unknown_reference, invalid_request,
 * currency_mismatch, unit_not_convertible, off_lot, off_tick.
 */
export const offerAccount =
  (table: Table, act: Act, stockpileId: string, terms: AccountTerms): Plan<HeldAccount> =>
  async () => {
    const stockpile = await ownStockpile(table, act.organisation, stockpileId);
    if (!stockpile.ok) return stockpile;
    const held = await productHeld(table, stockpile.value, terms.product, act.at);
    if (!held.ok) return held;
    const product = held.value;
    const wrong = termsProblem(terms, act, product);
    if (wrong !== undefined) return fail(wrong);
    const committed = stepsOf(terms.committed, product, '/committed');
    if (!committed.ok) return committed;
    const price = ownPrice(terms.inventoryPrice, product, 'half-even');
    if (!price.ok) return fail(at(price.problem, '/price', '/inventoryPrice'));
    const account: StockAccountRecord = {
      ...terms,
      ...{ committed: massOfSteps(committed.value, product), inventoryPrice: price.value },
      ...{ id: act.newId('account'), stockpile: stockpileId, operator: act.organisation },
      ...{ offeredAt: act.at, offeredBy: act.subject, events: [] },
    };
    return ok({ actions: putStockRecord(accountRecords, account), value: { account, product } });
  };

const at = ({ code, detail, errors }: Problem, from: string, to: string): Problem =>
  fieldProblem(code, (errors?.[0]?.pointer ?? from).replace(from, to), detail);

function termsProblem(
  { member, entryFee, term }: AccountTerms,
  act: Act,
  product: Product,
): Problem | undefined {
  if (member === act.organisation)
    return fieldProblem('invalid_request', '/member', 'An operator is no member of its own stockpile.');
  if (entryFee.currency !== product.currency)
    return fieldProblem(
      'currency_mismatch',
      '/entryFee/currency',
      `This product trades in ${product.currency}.`,
    );
  if (entryFee.amount.scale > digitsOf(entryFee.currency))
    return fieldProblem('invalid_request', '/entryFee/amount', 'Below the minor unit of the currency.');
  if (term <= dateOf(act.at)) return fieldProblem('invalid_request', '/term', 'Must be a day to come.');
  return undefined;
}
