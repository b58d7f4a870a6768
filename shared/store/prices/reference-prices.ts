import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { ReferenceSeries, ReferenceSeriesTerms } from '../../pricing/reference-price.ts';
import { referenceSeriesTermsSchema } from '../../pricing/reference-price.ts';
import type { Act } from '../table/act.ts';
import { proposeChange } from '../reference/changes.ts';
import { authorUnder, configurationMoves, readGuard } from '../reference/configuration.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { readProduct, readReference, referenceSeries } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion, termsOf } from '../table/versioned.ts';

export const readSeries = (table: Table, id: string): Promise<ReferenceSeries | undefined> =>
  readReference(table, 'reference-price', id);

/**
 * Describes a reference price series. What its points are prices of never changes; once it has points, a change awaits
 * a second administrator. Errors: precondition_failed, and those of `seriesProblem`.
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
    const present = await readSeries(table, id);
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    if (present !== undefined && saysTheSame(referenceSeriesTermsSchema, termsOf(present), terms))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    const wrong = await seriesProblem(table, id, present, terms);
    if (wrong !== undefined) return fail(wrong);
    const author = authorUnder(guard, act, present);
    if (present !== undefined && (await hasPoints(table, id)))
      return ok(
        proposeChange(guard, author, {
          ...{ kind: 'reference-price', id: act.newId('change'), target: id },
          ...{ basedOn: present.version, proposed: terms },
        }),
      );
    const record = { ...terms, id, ...nextVersion(present, author) };
    return ok({
      actions: [
        configurationMoves(guard, author),
        ...recordVersion(referenceSeries['reference-price'], record),
      ],
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };

const hasPoints = async (table: Table, id: string): Promise<boolean> =>
  (await table.query(keys.pricePoint(id, '').pk, { limit: 1 })).length > 0;

const fixedFields = ['product', 'currency', 'per'] as const;

/** Whether a series may take these terms. Errors: unknown_reference, invalid_request, series_fixed. */
export async function seriesProblem(
  table: Table,
  id: string,
  present: ReferenceSeries | undefined,
  terms: ReferenceSeriesTerms,
): Promise<Problem | undefined> {
  const fallbackIds = terms.fallbacks ?? [];
  const [product, ...fallbacks] = await Promise.all([
    readProduct(table, terms.product),
    ...fallbackIds.map((fallback) => readSeries(table, fallback)),
  ]);
  if (product === undefined)
    return fieldProblem('unknown_reference', '/product', `There is no product ${terms.product}.`);
  for (const field of fixedFields)
    if (present !== undefined && present[field] !== terms[field])
      return fieldProblem(
        'series_fixed',
        `/${field}`,
        `It is ${present[field]}: begin another series instead.`,
      );
  for (const [place, fallback] of fallbacks.entries()) {
    const pointer = `/fallbacks/${place}`;
    if (fallbackIds[place] === id)
      return fieldProblem('invalid_request', pointer, 'A series cannot stand in for itself.');
    if (fallback === undefined) return fieldProblem('unknown_reference', pointer, 'There is no such series.');
    if (fallback.product !== terms.product || fallback.currency !== terms.currency)
      return fieldProblem('invalid_request', pointer, 'It is of another product or in another currency.');
  }
  return undefined;
}

export const noSuchSeries = fail(problem('not_found', 'There is no such reference price series.'));
