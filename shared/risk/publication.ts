import * as z from 'zod';
import { sumOf } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { decimalCodec, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Vectors } from '../kernel/withholding.ts';
import { combinationsReveal, revealsBeside } from '../kernel/withholding.ts';

/**
 * What a zone tells its partners of its stock of a product, in the order in which figures are judged: what counts as
 * cover, what lies in warehouses, what is bought and not received, what open bids still ask for (the plan).
 */
export const publishedFigures = ['available', 'physical', 'inTransit', 'planned'] as const;
export type PublishedFigure = (typeof publishedFigures)[number];

/** A calendar month: a zone publishes a product once in each. */
export const periodSchema = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'expected a month such as "2027-03"');

const part = z.strictObject({
  operator: nameIdSchema,
  available: decimalCodec,
  physical: decimalCodec,
  inTransit: decimalCodec,
  planned: decimalCodec,
});
/** One operator's stockpiles together, in the product's own unit. */
export type OperatorPart = z.output<typeof part>;

/** Once published it never changes. Kept inside: what of it a reader sees is decided where it is shown. */
export const publicationSchema = z.strictObject({
  id: generatedIdSchema('publication'),
  zone: nameIdSchema,
  product: nameIdSchema,
  period: periodSchema,
  asOf: instantSchema,
  publishedBy: z.string(),
  /** By operator: never shown, and what later publications are judged against. */
  parts: z.array(part),
  /** The zone's planned consumption of the four quarters then; null where it was not declared. */
  consumption: decimalCodec.nullable(),
  shown: z.array(z.enum(publishedFigures)),
});
export type Publication = z.output<typeof publicationSchema>;

export const totalIn = ({ parts }: Pick<Publication, 'parts'>, figure: PublishedFigure): Decimal =>
  trimDecimal(sumOf(parts.map((each) => each[figure])));

/** Months of which any three figures are put together; of all that were ever published, those of any two months are. */
const monthsTogether = 24;

/**
 * Which figures of a publication hide every operator. A figure is shown only if neither it, nor any sum or difference of
 * it with figures shown beside it and with those shown in any one earlier publication (so: what changed since, alone or
 * together with other changes), nor with any two figures of the last 24 publications (so: what changed in one stretch of
 * months less what did in another), tells what fewer than three groups of operators hold or did, or is for more than
 * 70 % one group's.
 *
 * @param earlier all that the zone has published of the product before
 * @param groupOf the group of related parties of an operator
 */
export function figuresShown(
  parts: readonly OperatorPart[],
  earlier: readonly Pick<Publication, 'parts' | 'shown'>[],
  groupOf: (operator: string) => string,
): PublishedFigure[] {
  const all = [parts, ...earlier.map((publication) => publication.parts)].flat();
  const scale = Math.max(0, ...all.flatMap((each) => publishedFigures.map((figure) => each[figure].scale)));
  const groups = [...new Set(all.map(({ operator }) => groupOf(operator)))];
  const vectorOf = (of: readonly OperatorPart[], figure: PublishedFigure): Vectors => {
    const sums = groups.map(() => 0n);
    for (const each of of) {
      const { units, scale: own } = each[figure];
      sums[groups.indexOf(groupOf(each.operator))]! += units * tenTo(scale - own);
    }
    return [sums];
  };
  const before = earlier.map((publication) =>
    publication.shown.map((figure) => vectorOf(publication.parts, figure)),
  );
  const seen: Vectors[] = [];
  return publishedFigures.filter((figure) => {
    const vector = vectorOf(parts, figure);
    if ([[], ...before].some((known) => combinationsReveal(vector, [...seen, ...known]))) return false;
    const together = [...before.slice(-monthsTogether).flat(), ...seen];
    if (revealsBeside(vector, [], together)) return false;
    seen.push(vector);
    return true;
  });
}
