import * as z from 'zod';
import { isZero, plus, sumOf } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import { decimalCodec, divide, tenTo, trimDecimal } from '../../kernel/decimal.ts';
import { nameIdSchema } from '../../kernel/ids.ts';
import { moneySchema } from '../../kernel/money.ts';
import { zeroableQuantitySchema } from '../../kernel/quantity.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import type { CalendarDate, Instant } from '../../kernel/time.ts';
import { addDays, instantSchema } from '../../kernel/time.ts';
import { endOf } from '../../contracts/settlement/settle-quarter.ts';
import type { Product } from '../../reference/product.ts';
import type { Contribution, FigureName } from './figures.ts';
import { figureNames, figuresSchema, totalsOf } from './figures.ts';
import { shownFigures } from './shown.ts';

/** From the end of a quarter: quarters are settled within 45 days, and something is left for corrections. */
const publishedAfterDays = 60;
/** So long publication waits for what was accepted and is not settled, such as for a reference price. */
const waitingDays = 30;

export const publishedFrom = (quarter: Quarter): CalendarDate => addDays(endOf(quarter), publishedAfterDays);
export const publishedAtLatest = (quarter: Quarter): CalendarDate =>
  addDays(publishedFrom(quarter), waitingDays);

/** What became of a quarter, once and for all. Kept inside: `shown` says what of it may be seen. */
export const outcomeSchema = z.strictObject({
  quarter: quarterSchema,
  /** Whatever happened later is not in it. */
  asOf: instantSchema,
  figures: figuresSchema,
  lateDeliveries: z.int().nonnegative(),
  shown: z.array(z.enum(figureNames)),
});
export type Outcome = z.output<typeof outcomeSchema>;

export const outcomeOf = (
  quarter: Quarter,
  asOf: Instant,
  contributions: readonly Contribution[],
  groups: ReadonlyMap<string, string>,
): Outcome => ({
  ...{ quarter, asOf, figures: totalsOf(contributions) },
  lateDeliveries: contributions.reduce((sum, each) => sum + each.lateDeliveries, 0),
  shown: shownFigures(contributions, groups),
});

const withheld = z.boolean();
const mass = z.strictObject({ quantity: zeroableQuantitySchema.nullable(), withheld });
const money = z.strictObject({ amount: moneySchema.nullable(), withheld });
const perUnit = decimalCodec;

export const outcomesViewSchema = z
  .strictObject({
    product: nameIdSchema,
    /** Oldest first. */
    quarters: z.array(
      z.strictObject({
        quarter: quarterSchema,
        asOf: instantSchema,
        matched: mass,
        contracted: mass,
        noticed: mass,
        delivered: mass,
        accepted: mass,
        rejected: mass,
        short: mass,
        late: mass.extend({ deliveries: z.int().nonnegative().nullable() }),
        /** accepted ÷ contracted, rounded down to four digits. */
        conversionRate: decimalCodec.nullable(),
        paid: money,
        duties: money,
        levy: money,
        support: money,
        /** Means over what was accepted, per the product's own unit: price + duties + levy = landed. */
        waterfall: z
          .strictObject({
            price: perUnit,
            duties: perUnit,
            levy: perUnit,
            landed: perUnit,
            support: perUnit,
          })
          .nullable(),
      }),
    ),
  })
  .meta({ id: 'MarketOutcomes' });
export type OutcomesView = z.output<typeof outcomesViewSchema>;

export const outcomesView = (product: Product, outcomes: readonly Outcome[]): OutcomesView => ({
  product: product.id,
  quarters: outcomes.map((outcome) => quarterView(product, outcome)),
});

/** No sum over quarters is shown: those withheld would follow from it. */
function quarterView(
  { unit, currency }: Pick<Product, 'unit' | 'currency'>,
  { quarter, asOf, figures, lateDeliveries, shown }: Outcome,
): OutcomesView['quarters'][number] {
  const isShown = (...names: readonly FigureName[]) => names.every((name) => shown.includes(name));
  const massOf = (name: FigureName) => ({
    quantity: isShown(name) ? { amount: figures[name], unit } : null,
    withheld: !isShown(name),
  });
  const moneyOf = (name: FigureName) => ({
    amount: isShown(name) ? { amount: figures[name], currency } : null,
    withheld: !isShown(name),
  });
  const mean = (name: FigureName) => ratio(figures[name], figures.accepted, 'half-even');
  const parts = { price: mean('paid'), duties: mean('duties'), levy: mean('levy') };
  return {
    ...{ quarter, asOf },
    matched: massOf('matched'),
    contracted: massOf('contracted'),
    noticed: massOf('noticed'),
    delivered: massOf('delivered'),
    accepted: massOf('accepted'),
    rejected: massOf('rejected'),
    short: massOf('short'),
    late: { ...massOf('late'), deliveries: isShown('late') ? lateDeliveries : null },
    conversionRate:
      isShown('accepted', 'contracted') && !isZero(figures.contracted)
        ? ratio(figures.accepted, figures.contracted, 'down')
        : null,
    paid: moneyOf('paid'),
    duties: moneyOf('duties'),
    levy: moneyOf('levy'),
    support: moneyOf('support'),
    waterfall:
      isShown('accepted', 'paid', 'duties', 'levy', 'support') && !isZero(figures.accepted)
        ? { ...parts, landed: sumOf([parts.price, plus(parts.duties, parts.levy)]), support: mean('support') }
        : null,
  };
}

/** To four digits; zero where nothing is divided by. */
function ratio(part: Decimal, whole: Decimal, rounding: 'down' | 'half-even'): Decimal {
  if (isZero(whole)) return { units: 0n, scale: 0 };
  const scale = Math.max(part.scale, whole.scale);
  const numerator = part.units * tenTo(scale - part.scale + 4);
  return trimDecimal({
    units: divide(numerator, whole.units * tenTo(scale - whole.scale), rounding),
    scale: 4,
  });
}
