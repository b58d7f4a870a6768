import type { Quarter } from '../../kernel/quarter.ts';
import type { Result } from '../../kernel/result.ts';
import { ok } from '../../kernel/result.ts';
import { settledPrice } from '../../pricing/indexed-price.ts';
import { quotationalWindow } from '../../pricing/quotational-period.ts';
import type { Fixing, Window } from '../../pricing/reference-price.ts';
import type { Product } from '../../reference/product.ts';
import type { Contract } from '../contract.ts';
import type { StandardTermsTerms } from '../standard-terms.ts';
import { clearedPrices, entryFor } from './cleared-prices.ts';
import type { UnitPrices } from './settlement.ts';

/** The window whose reference price a quarter settles by. */
export const settlementWindow = (quarter: Quarter, { quotationalPeriod }: StandardTermsTerms): Window =>
  quotationalWindow(quarter, quotationalPeriod);

/**
 * What a quarter of a contract settles at by the reference price fixed for it; as it was cleared, where the contract is
 * not indexed. Errors: currency_mismatch, unit_not_convertible.
 */
export function indexedPrices(
  contract: Contract,
  quarter: Quarter,
  fixing: Fixing,
  product: Product,
): Result<UnitPrices> {
  const { priceTerms, floor } = contract;
  if (priceTerms === undefined) return ok(clearedPrices(contract, quarter));
  const entry = entryFor(contract, quarter);
  const settled = settledPrice(entry, { priceTerms, floor }, fixing.price, product);
  if (!settled.ok) return settled;
  const { price, duties, levy, landed, bound } = settled.value;
  return ok({ price, duties, levy, support: entry.waterfall.support, landed, fixing, bound });
}
