import { ratio } from '../../risk/concentration.ts';
import { plus } from '../../kernel/arithmetic.ts';
import type { Instant } from '../../kernel/time.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import { windowOfDay } from '../../pricing/fixing.ts';
import type { AssessmentInputs } from '../../risk/assessment-inputs.ts';
import type { MarketPrice } from '../../stockpiles/account.ts';
import { landedInto } from '../../clearing/documents/landed.ts';
import { tradeReveals } from '../../clearing/documents/market-view.ts';
import { latestRuns } from '../clearing/clearings.ts';
import { readFigure } from './fixings.ts';
import { readAll } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

const clearingsRead = 50;
const moveDays = 90;
const two = { units: 2n, scale: 0 };

/**
 * Prices of a product to measure its move by: each reference price series' figure of the day and of the day 90 days
 * before, by the points that are known now; and the clearings' own landed prices, midway between the lowest and the
 * highest of the first quarter that traded; in public only of those that hide everybody. Newest first.
 *
 * @param into of what clearings traded, only what was delivered there, where the caller may see all.
 */
export async function recentPrices(
  table: Table,
  product: string,
  at: Instant,
  isPublic: boolean,
  into?: (destination: string) => boolean,
): Promise<AssessmentInputs['prices']> {
  const [series, runs] = await Promise.all([
    readAll(table, 'reference-price'),
    latestRuns(table, product, clearingsRead),
  ]);
  const days = [dateOf(at), addDays(dateOf(at), -moveDays)];
  const figures = await Promise.all(
    series
      .filter((each) => each.product === product)
      .flatMap((each) =>
        days.map(async (date) => {
          const figure = await readFigure(table, each.id, windowOfDay(each, date), at);
          return figure?.ok === true ? [{ date, price: figure.value.price, source: each.id }] : [];
        }),
      ),
  );
  const cleared = runs.flatMap(({ gateClosure, quarters: [first], landed }) => {
    if (first === undefined || (isPublic && tradeReveals(first))) return [];
    const range = isPublic || into === undefined ? first.landedPrice : landedInto(landed, into);
    if (range === undefined) return [];
    const { low, high } = range;
    const amount = ratio(plus(low.amount, high.amount), two, 9, 'half-even')!;
    return [{ date: dateOf(gateClosure), price: { ...low, amount }, source: 'clearings' }];
  });
  return [...figures.flat(), ...cleared].sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
}

/** The newest price that is known of a product, for what is not given back in kind. */
export async function marketPrice(table: Table, product: string, now: Instant): Promise<MarketPrice | null> {
  const [newest] = await recentPrices(table, product, now, false);
  return newest ?? null;
}
