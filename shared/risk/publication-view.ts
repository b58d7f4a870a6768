import * as z from 'zod';
import type { Decimal } from '../kernel/decimal.ts';
import { decimalCodec, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Unit } from '../kernel/unit.ts';
import { unitSchema } from '../kernel/unit.ts';
import { daysOf } from './cover-status.ts';
import type { Granularity } from './exchange.ts';
import type { Publication, PublishedFigure } from './publication.ts';
import { periodSchema, publishedFigures, totalIn } from './publication.ts';

const figure = z.strictObject({ quantity: decimalCodec.nullable(), withheld: z.boolean() });

/** What a partner reads: totals of a zone, as finely as was agreed. Never an operator's. */
export const publicationViewSchema = z
  .strictObject({
    id: generatedIdSchema('publication'),
    zone: nameIdSchema,
    product: nameIdSchema,
    period: periodSchema,
    asOf: instantSchema,
    unit: unitSchema,
    figures: z.partialRecord(z.enum(publishedFigures), figure),
    /** Days of use that what is available covers, `from` at least and less than `to`; null where withheld or not declared. */
    cover: z.strictObject({ from: z.int(), to: z.int().nullable() }).nullable(),
  })
  .meta({ id: 'StockPublication' });
export type PublicationView = z.output<typeof publicationViewSchema>;

/** What is shown of a publication: whatever is withheld there stays so however finely one may look. */
export function publicationView(
  publication: Publication,
  unit: Unit,
  { figures, quantities, coverBands }: Granularity,
): PublicationView {
  const { id, zone, product, period, asOf, shown, consumption } = publication;
  const viewOf = (name: PublishedFigure) =>
    shown.includes(name)
      ? { quantity: rounded(totalIn(publication, name), quantities), withheld: false }
      : { quantity: null, withheld: true };
  const days =
    shown.includes('available') && consumption !== null
      ? daysOf(totalIn(publication, 'available'), consumption)
      : null;
  return {
    ...{ id, zone, product, period, asOf, unit },
    figures: Object.fromEntries(
      publishedFigures.filter((name) => figures.includes(name)).map((name) => [name, viewOf(name)]),
    ),
    cover: days && bandOf(days, coverBands),
  };
}

const rounded = (quantity: Decimal, how: Granularity['quantities']): Decimal =>
  how === 'exact' ? quantity : downToSeries(quantity);

/** The greatest of …, 0.5, 1, 2, 5, 10, … not above; nothing for nothing. */
export function downToSeries({ units, scale }: Decimal): Decimal {
  if (units === 0n) return { units, scale: 0 };
  const decade = tenTo(units.toString().length - 1);
  const lead = units / decade;
  return trimDecimal({ units: (lead < 2n ? 1n : lead < 5n ? 2n : 5n) * decade, scale });
}

function bandOf({ units, scale }: Decimal, bands: readonly number[]): { from: number; to: number | null } {
  const isReached = (days: number): boolean => units >= BigInt(days) * tenTo(scale);
  return {
    from: bands.findLast(isReached) ?? 0,
    to: bands.find((days) => !isReached(days)) ?? null,
  };
}
