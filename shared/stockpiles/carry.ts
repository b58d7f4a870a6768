import { sumOf, times } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { divide, tenTo } from '../kernel/decimal.ts';
import type { Money, Price } from '../kernel/money.ts';
import { digitsOf, moneyOf } from '../kernel/money.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { dateOf } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import type { StockAccountRecord } from './account.ts';
import { accountState, entitlementOf, financedOf } from './account-state.ts';
import type { DayCount } from './day-count.ts';
import { dayAfter, daysBetween, daysOfYear } from './day-count.ts';
import { massOfSteps } from './steps.ts';

/** What is carried over some days: financed mass bears interest, stored mass storage, both on the inventory price. */
export interface CarriedSpan {
  readonly days: bigint;
  readonly financed: Decimal;
  readonly stored: Decimal;
}

export interface CarryRates {
  readonly inventoryPrice: Price;
  readonly interestRate: Decimal;
  readonly storageRate: Decimal;
  readonly dayCount: DayCount;
}

/**
 * Carry = Σ mass × inventory price × rate × days ÷ days of the year, exact over all spans and rounded once, half to even,
 * to the minor unit. Masses are in the price's unit.
 */
export function carryOver(spans: readonly CarriedSpan[], terms: CarryRates): Money {
  const { inventoryPrice, interestRate, storageRate, dayCount } = terms;
  const massYears = sumOf(
    spans.map(({ days, financed, stored }) =>
      times(sumOf([times(financed, interestRate), times(stored, storageRate)]), { units: days, scale: 0 }),
    ),
  );
  const { units, scale } = times(massYears, inventoryPrice.amount);
  const { currency } = inventoryPrice;
  return moneyOf(
    divide(units * tenTo(digitsOf(currency)), tenTo(scale) * daysOfYear(dayCount), 'half-even'),
    currency,
  );
}

/** The spans of a quarter over which an account's balances stood still: a day counts with what stood at its end. */
export function spansOf(
  account: StockAccountRecord,
  quarter: Quarter,
  product: Pick<Product, 'unit' | 'lot' | 'containedFactor'>,
): CarriedSpan[] {
  const [from, to] = [firstDayOf(quarter), dayAfter(quarter)];
  const changes = account.events.map(({ at }) => dateOf(at)).filter((day) => day > from && day < to);
  const days: CalendarDate[] = [from, ...[...new Set(changes)].sort(), to];
  return days.slice(0, -1).map((day, index) => {
    const state = accountState(account, product, day);
    return {
      days: daysBetween(day, days[index + 1]!, account.dayCount),
      financed: massOfSteps(financedOf(state), product).amount,
      stored: massOfSteps(entitlementOf(state), product).amount,
    };
  });
}

/** What a member owes for a quarter that has ended. */
export const carryOf = (
  account: StockAccountRecord,
  quarter: Quarter,
  product: Pick<Product, 'unit' | 'lot' | 'containedFactor'>,
): Money => carryOver(spansOf(account, quarter, product), account);
