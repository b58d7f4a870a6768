import { most, plus, times } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { decimal, divide, tenTo } from '../kernel/decimal.ts';
import type { Money, Price } from '../kernel/money.ts';
import { digitsOf, moneyOf } from '../kernel/money.ts';
import type { Product } from '../reference/product.ts';
import type { MarketPrice } from './account.ts';
import { massOfSteps } from './steps.ts';

type Measured = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;

/** Minor units of a mass in the price's unit, `factor` times; half to even. */
export function minorValue(
  mass: Decimal,
  { amount, currency }: Price,
  factor: Decimal = decimal('1'),
): bigint {
  const { units, scale } = times(times(mass, amount), factor);
  return divide(units * tenTo(digitsOf(currency)), tenTo(scale), 'half-even');
}

/** What so many steps are worth at a price per the product's own unit; half to even to the minor unit. */
export const valueOf = (steps: bigint, price: Price, product: Measured): Money =>
  moneyOf(minorValue(massOfSteps(steps, product).amount, price), price.currency);

/** The higher of the inventory price and the market's, where one in the same currency and unit is known. */
function defaultPrice(inventoryPrice: Price, market: MarketPrice | null): Price {
  if (market?.price.currency !== inventoryPrice.currency || market.price.per !== inventoryPrice.per)
    return inventoryPrice;
  return { ...inventoryPrice, amount: most(inventoryPrice.amount, market.price.amount) };
}

/** Who does not give back in kind pays max(inventory price, market price) × mass, and a penalty as a share of that. */
export const defaultValue = (
  steps: bigint,
  terms: { readonly inventoryPrice: Price; readonly penaltyShare: Decimal },
  market: MarketPrice | null,
  product: Measured,
): Money => {
  const price = defaultPrice(terms.inventoryPrice, market);
  const factor = plus(decimal('1'), terms.penaltyShare);
  return moneyOf(minorValue(massOfSteps(steps, product).amount, price, factor), price.currency);
};
