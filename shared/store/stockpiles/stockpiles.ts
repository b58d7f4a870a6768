import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { CalendarDate, Instant } from '../../kernel/time.ts';
import { dateOf, latestOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import type { Caller } from '../../reference/caller.ts';
import type { Product } from '../../reference/product.ts';
import type { RulesTerms, Stockpile, StockpileProduct, StockpileTerms } from '../../stockpiles/stockpile.ts';
import { productRules, rulesOn } from '../../stockpiles/stockpile.ts';
import { proposedRules, proposedStockpile, unknownProducts } from '../../stockpiles/stockpile-lifecycle.ts';
import type { CoveredPosition } from '../../stockpiles/stockpile-view.ts';
import { coveredPosition, isInsider } from '../../stockpiles/stockpile-view.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { productOf, readAll, readProduct, readReference, referenceSeries } from '../reference/reference.ts';
import { readPositions } from './stock-movements.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

export const noSuchStockpile = problem('not_found', 'There is no such stockpile.');

export const readStockpile = (table: Table, id: string): Promise<Stockpile | undefined> =>
  readReference(table, 'stockpile', id);

/** Stockpiles that an administrator has approved, of a zone or holding a product on a day. */
export async function activeStockpiles(
  table: Table,
  { zone, product, on }: { readonly zone?: string; readonly product?: string; readonly on: CalendarDate },
): Promise<Stockpile[]> {
  const all = await readAll(table, 'stockpile');
  return all.filter(
    (stockpile) =>
      stockpile.status === 'active' &&
      (zone === undefined || stockpile.zone === zone) &&
      (product === undefined ||
        rulesOn(stockpile, on)?.products.some((each) => each.product === product) === true),
  );
}

/** The caller's own stockpile, active. Errors: not_found, invalid_state. */
export async function ownStockpile(
  table: Table,
  organisation: string,
  id: string,
): Promise<Result<Stockpile>> {
  const stockpile = await readStockpile(table, id);
  if (stockpile?.operator !== organisation) return fail(noSuchStockpile);
  return stockpile.status === 'active'
    ? ok(stockpile)
    : fail(problem('invalid_state', `The stockpile is ${stockpile.status}: it is not active.`));
}

/** A product that the stockpile's rules of the day hold. Errors: unknown_reference. */
export async function productHeld(
  table: Table,
  stockpile: Stockpile,
  id: string,
  at: Instant,
  pointer = '/product',
): Promise<Result<Product>> {
  const product = await readProduct(table, id);
  return product === undefined || productRules(stockpile, id, dateOf(at)) === undefined
    ? fail(fieldProblem('unknown_reference', pointer, 'The stockpile holds no such product.'))
    : ok(product);
}

/** Proposes a stockpile of the caller's organisation. Errors: unknown_reference, unit_not_convertible, off_lot. */
export const proposeStockpile =
  (table: Table, act: Act, terms: StockpileTerms): Plan<Stockpile> =>
  async () => {
    const zone = await readReference(table, 'zone', terms.zone);
    if (zone === undefined)
      return fail(fieldProblem('unknown_reference', '/zone', `There is no zone ${terms.zone}.`));
    const wrong = await productsProblem(table, terms.products);
    if (wrong !== undefined) return fail(wrong);
    const stockpile = proposedStockpile(act.newId('stockpile'), terms, act.organisation, act);
    return ok({ actions: recordVersion(referenceSeries.stockpile, stockpile), value: stockpile });
  };

async function productsProblem(
  table: Table,
  products: readonly StockpileProduct[],
): Promise<Problem | undefined> {
  const known = new Map((await readAll(table, 'product')).map((product) => [product.id, product]));
  return unknownProducts(products, known);
}

/**
 * Proposes other rules for the caller's stockpile. Errors: not_found, invalid_state, invalid_request, unknown_reference,
 * unit_not_convertible, off_lot.
 */
export const proposeRules =
  (table: Table, act: Act, id: string, terms: RulesTerms): Plan<Stockpile> =>
  async () => {
    const present = await readStockpile(table, id);
    if (present?.operator !== act.organisation) return fail(noSuchStockpile);
    const wrong = await productsProblem(table, terms.products);
    if (wrong !== undefined) return fail(wrong);
    return recordedStockpile(proposedRules(present, terms, authorOfStockpile(act, present)));
  };

export const authorOfStockpile = (act: Act, present: Stockpile): Author => ({
  subject: act.subject,
  at: latestOf(act.at, present.recordedAt),
});

export const recordedStockpile = (next: Result<Stockpile>) =>
  next.ok ? ok({ actions: recordVersion(referenceSeries.stockpile, next.value), value: next.value }) : next;

/** What a stockpile has, against its rules of the day. Errors: not_found, also where the caller may not see it. */
export async function positionsFor(
  table: Table,
  caller: Caller,
  id: string,
  at: string,
): Promise<Result<CoveredPosition[]>> {
  const stockpile = await readStockpile(table, id);
  if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
  const stock = await readPositions(table, id);
  return ok(
    await Promise.all(
      stock.map(async ({ product, balances }) =>
        coveredPosition(stockpile, balances, await productOf(table, product), at),
      ),
    ),
  );
}
