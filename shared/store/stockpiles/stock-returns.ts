import * as z from 'zod';
import { countrySchema, generatedIdSchema } from '../../kernel/ids.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import { quantitySchema } from '../../kernel/quantity.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateSchema } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Price } from '../../kernel/money.ts';
import { puritySchema } from '../../orders/order.ts';
import type { Product } from '../../reference/product.ts';
import { massOfSteps, stepsOf } from '../../stockpiles/steps.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import { locationSchema } from '../../stockpiles/stock-lot.ts';
import type { Incoming } from '../../stockpiles/grade.ts';
import type { Act } from '../table/act.ts';
import { readSiteWithCertificates } from '../sites/certificates.ts';
import { shownBy } from './stock-grade.ts';
import type { Table } from '../table/table.ts';

/** What came back in kind, as the operator received and weighed it: it becomes a lot of its own. */
export const returnTermsSchema = z.strictObject({
  quantity: quantitySchema,
  purity: puritySchema.optional(),
  origin: countrySchema,
  site: generatedIdSchema('site').optional(),
  certificates: z.array(generatedIdSchema('certificate')).max(100).default([]),
  location: locationSchema,
  shelfLifeEnds: dateSchema.optional(),
});
export type ReturnTerms = z.output<typeof returnTermsSchema>;

interface Return {
  readonly stockpile: string;
  readonly operator: string;
  readonly inventoryPrice: Price;
  readonly source: { readonly account: string } | { readonly loan: string };
  /** Where the terms lie in the body. */
  readonly pointer: string;
}

/** The lot of what came back. Errors: unknown_reference, site_mismatch, unit_not_convertible, off_lot. */
export async function returnedLot(
  table: Table,
  act: Act,
  terms: ReturnTerms,
  of: Return,
  product: Product,
  author: Author,
): Promise<Result<{ readonly lot: StockLot; readonly steps: bigint; readonly came: Incoming }>> {
  const { quantity, ...material } = terms;
  const steps = stepsOf(quantity, product, `${of.pointer}/quantity`);
  if (!steps.ok) return steps;
  const found = terms.site === undefined ? undefined : await readSiteWithCertificates(table, terms.site);
  const wrong = materialProblem(terms, found, product, { day: author.at.slice(0, 10), pointer: of.pointer });
  if (wrong !== undefined) return fail(wrong);
  const lot: StockLot = {
    ...material,
    ...{ id: act.newId('stockLot'), stockpile: of.stockpile, product: product.id },
    ...{ quantity: massOfSteps(steps.value, product), lent: massOfSteps(0n, product) },
    ...{ owner: of.operator, inventoryPrice: of.inventoryPrice, encumbrances: [], status: 'held' },
    ...{ receivedAt: author.at, verified: found?.site.verified ?? false },
    source: { kind: 'returned', ...of.source },
    ...nextVersion(undefined, author),
  };
  const { purity, origin, shelfLifeEnds } = terms;
  const shows = (found?.certificates ?? []).filter(({ id }) => terms.certificates.includes(id)).map(shownBy);
  return ok({ lot, steps: steps.value, came: { purity, origin, shelfLifeEnds, shows } });
}

function materialProblem(
  { site: id, origin, certificates }: ReturnTerms,
  found: Awaited<ReturnType<typeof readSiteWithCertificates>>,
  product: Product,
  { day, pointer }: { readonly day: string; readonly pointer: string },
): Problem | undefined {
  if (id === undefined)
    return certificates.length === 0
      ? undefined
      : fieldProblem('unknown_reference', `${pointer}/certificates`, 'Certificates are of a site: name it.');
  if (found === undefined)
    return fieldProblem('unknown_reference', `${pointer}/site`, 'There is no such site.');
  const { site } = found;
  if (site.country !== origin || site.stage !== product.stage || !site.minerals.includes(product.mineral))
    return fieldProblem('site_mismatch', `${pointer}/site`, 'The site does not make this product there.');
  const counts = (certificate: string): boolean =>
    found.certificates.some(
      (each) =>
        each.id === certificate && each.status === 'active' && each.validFrom <= day && day <= each.validTo,
    );
  const missing = certificates.findIndex((certificate) => !counts(certificate));
  return missing < 0
    ? undefined
    : fieldProblem(
        'unknown_reference',
        `${pointer}/certificates/${missing}`,
        'The site has no such certificate that counts today.',
      );
}
