import { compareDecimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import type { Problem } from '../kernel/problem.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { conversion } from '../kernel/unit.ts';
import { priceOf, ticksOf } from '../pricing/product-terms.ts';
import type { ReferenceSeries } from '../pricing/reference-price.ts';
import type { Product } from '../reference/product.ts';
import type { Side } from './acceptance.ts';
import type { PriceTerms } from './order.ts';

/**
 * Price terms as an order keeps them, of a price on the product's tick. An offer's cap is the most that its seller will
 * be paid, so it rounds up and is at least the ask; a bid's is the most that its buyer would have a seller paid, and
 * rounds down. Errors: unknown_reference, currency_mismatch, unit_not_convertible, off_tick, invalid_request.
 */
export function acceptPriceTerms(
  terms: PriceTerms | undefined,
  series: ReferenceSeries | undefined,
  { price, product, side }: { readonly price: Price; readonly product: Product; readonly side: Side },
): Result<PriceTerms | undefined> {
  if (terms?.kind !== 'indexed') return ok(terms);
  const wrong = referenceProblem(series, product);
  if (wrong !== undefined) return fail(wrong);
  if (terms.cap === undefined) return ok(terms);
  const ticks = ticksOf(terms.cap, product, side === 'ask' ? 'up' : 'down', '/priceTerms/cap');
  if (!ticks.ok) return ticks;
  const cap = terms.cap.per === product.unit ? terms.cap : priceOf(ticks.value, product);
  const below = side === 'ask' ? capBelowAsk(cap, price, '/priceTerms/cap') : undefined;
  return below === undefined ? ok({ ...terms, cap }) : fail(below);
}

/** Both on the product's tick. Error: invalid_request. */
export const capBelowAsk = (cap: Price | undefined, ask: Price, pointer: string): Problem | undefined =>
  cap !== undefined && compareDecimal(cap.amount, ask.amount) < 0
    ? fieldProblem('invalid_request', pointer, 'The cap on the settled price would be below the ask.')
    : undefined;

export const capOf = (terms: PriceTerms | undefined): Price | undefined =>
  terms?.kind === 'indexed' ? terms.cap : undefined;

function referenceProblem(series: ReferenceSeries | undefined, product: Product): Problem | undefined {
  const at = '/priceTerms/reference';
  if (series === undefined) return fieldProblem('unknown_reference', at, 'There is no such reference price.');
  if (series.product !== product.id)
    return fieldProblem('unknown_reference', at, `It is a reference price of ${series.product}.`);
  if (series.currency !== product.currency)
    return fieldProblem('currency_mismatch', at, `This product trades in ${product.currency}.`);
  return conversion(product.unit, series.per, product.containedFactor) === undefined
    ? fieldProblem('unit_not_convertible', at, `It is stated per ${series.per}, which cannot be converted.`)
    : undefined;
}
