import type { AwardTerms } from '../../shared/clearing/documents/conclude.ts';
import { totalOf } from '../../shared/clearing/documents/conclude.ts';
import { tradeReveals, volumeHidden } from '../../shared/clearing/documents/market-view.ts';
import type { MarketFigures } from '../../shared/clearing/documents/record.ts';
import type { Decided } from '../../shared/clearing/documents/summary.ts';
import { quarterTrades } from '../../shared/clearing/documents/summary.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { tenTo } from '../../shared/kernel/decimal.ts';
import { digitsOf } from '../../shared/kernel/money.ts';
import { conversion } from '../../shared/kernel/unit.ts';
import { minorUnitsOf, quantityOf } from '../../shared/pricing/product-terms.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Metrics } from '../lambda/metrics.ts';

/**
 * Records what a run has decided. Operators read metrics who may read nothing of the market, so they learn no more than
 * its public view would show: what traded is recorded where every quarter's volume may be told, and what only some of
 * it is due to (a floor, a levy) where that part and the rest may be, too.
 */
export function measureDecision(
  metrics: Metrics,
  snapshot: Snapshot,
  { awards, quarters }: Pick<Decided, 'awards' | 'quarters'>,
  figures: MarketFigures,
): void {
  const { product } = snapshot;
  metrics.record('ContractsConcluded', awards.length);
  if (figures.total === null) return;
  if (figures.quarters.some(volumeHidden)) {
    metrics.record('FiguresWithheld', 1);
    return;
  }
  const money = moneyIn(product);
  const { currency } = product;
  const sumOf = (part: 'landed' | 'levy'): bigint =>
    awards.reduce((sum, { schedule }) => sum + totalOf(schedule, part, product), 0n);
  const gains = quarters.reduce((sum, { optimality }) => sum + optimality.primal, 0n);
  metrics.record('Volume', tonnesOf(figures.total.lots, product));
  metrics.record('Value', money(sumOf('landed')), { currency });
  metrics.record('Gains', money(minorUnitsOf(gains, 1n, product)), { currency });

  const bound = partOf(awards, ({ waterfall }) => waterfall.floorUplift > 0n || waterfall.levy > 0n);
  const levied = partOf(awards, ({ waterfall }) => waterfall.levy > 0n);
  const mayTell = (part: Part): boolean =>
    [part.inside, part.outside].every((side) => !quarterTrades(snapshot, side).some(tradeReveals));
  if (mayTell(bound)) {
    const lots = bound.inside.reduce(
      (sum, { schedule }) => schedule.reduce((all, entry) => all + entry.lots, sum),
      0n,
    );
    // Hundredths of a percent, rounded down.
    metrics.record('FloorBoundShare', Number((lots * 10_000n) / figures.total.lots) / 100);
  }
  if (mayTell(levied)) metrics.record('Levy', money(sumOf('levy')), { currency });
}

/** Awards with those of their quarters that something holds for, and with the others. */
interface Part {
  readonly inside: readonly AwardTerms[];
  readonly outside: readonly AwardTerms[];
}

function partOf(
  awards: readonly AwardTerms[],
  holds: (entry: AwardTerms['schedule'][number]) => boolean,
): Part {
  const where = (wanted: boolean) =>
    awards.map((award) => ({
      ...award,
      schedule: award.schedule.filter((entry) => holds(entry) === wanted),
    }));
  return { inside: where(true), outside: where(false) };
}

/** Units of the currency, from exact minor units: for a graph, not for a book. */
const moneyIn =
  ({ currency }: Product) =>
  (minorUnits: bigint): number =>
    Number(minorUnits) / 10 ** digitsOf(currency);

/** Tonnes of the product, or of what it contains where it is counted by that. */
function tonnesOf(lots: bigint, product: Product): number {
  const { amount, unit } = quantityOf(lots, product);
  const inTonnes = conversion(unit, 't');
  const ratio = inTonnes ?? conversion(unit, 'kg contained');
  if (ratio === undefined) throw new Error(`${unit} is no unit of mass`);
  const mass = Number(amount.units * ratio.numerator) / Number(ratio.denominator * tenTo(amount.scale));
  return inTonnes === undefined ? mass / 1000 : mass;
}
