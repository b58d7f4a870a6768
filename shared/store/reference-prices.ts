import { fieldProblem, problem } from '../kernel/problem.ts';
import { fail, ok } from '../kernel/result.ts';
import type { ExpectedVersion } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import type { ReferenceSeries, ReferenceSeriesTerms } from '../pricing/reference-price.ts';
import { referenceSeriesTermsSchema } from '../pricing/reference-price.ts';
import type { Act } from './act.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from './effect.ts';
import type { Put } from './put.ts';
import { checkExpected, saysTheSame } from './put.ts';
import { readProduct, readReference, referenceSeries } from './reference.ts';
import type { Table } from './table.ts';
import { recordVersion, termsOf } from './versioned.ts';

export const readSeries = (table: Table, id: string): Promise<ReferenceSeries | undefined> =>
  readReference(table, 'reference-price', id);

const fixedFields = ['product', 'currency', 'per'] as const;

/**
 * Describes a reference price series. What its points are prices of never changes. Errors: precondition_failed,
 * unknown_reference, invalid_request, series_fixed.
 */
export const putSeries =
  (
    table: Table,
    act: Act,
    id: string,
    terms: ReferenceSeriesTerms,
    expected?: ExpectedVersion,
  ): Plan<Put<ReferenceSeries>> =>
  async () => {
    const guard = await readGuard(table);
    const fallbackIds = terms.fallbacks ?? [];
    const [present, product, ...fallbacks] = await Promise.all([
      readSeries(table, id),
      readProduct(table, terms.product),
      ...fallbackIds.map((fallback) => readSeries(table, fallback)),
    ]);
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    if (present !== undefined && saysTheSame(referenceSeriesTermsSchema, termsOf(present), terms))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    if (product === undefined)
      return fail(fieldProblem('unknown_reference', '/product', `There is no product ${terms.product}.`));
    for (const field of fixedFields)
      if (present !== undefined && present[field] !== terms[field])
        return fail(
          fieldProblem('series_fixed', `/${field}`, `It is ${present[field]}: begin another series instead.`),
        );
    for (const [place, fallback] of fallbacks.entries()) {
      const pointer = `/fallbacks/${place}`;
      if (fallbackIds[place] === id)
        return fail(fieldProblem('invalid_request', pointer, 'A series cannot stand in for itself.'));
      if (fallback === undefined)
        return fail(fieldProblem('unknown_reference', pointer, 'There is no such series.'));
      if (fallback.product !== terms.product || fallback.currency !== terms.currency)
        return fail(
          fieldProblem('invalid_request', pointer, 'It is of another product or in another currency.'),
        );
    }
    const author = authorUnder(guard, act, present);
    const record = { ...terms, id, ...nextVersion(present, author) };
    return ok({
      actions: [
        configurationMoves(guard, author),
        ...recordVersion(referenceSeries['reference-price'], record),
      ],
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };

export const noSuchSeries = fail(problem('not_found', 'There is no such reference price series.'));
