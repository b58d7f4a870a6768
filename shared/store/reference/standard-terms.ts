import type { StandardTerms, StandardTermsTerms } from '../../contracts/standard-terms.ts';
import { plainTerms, standardTermsShape, termsProblem } from '../../contracts/standard-terms.ts';
import { problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import { without } from '../../kernel/without.ts';
import type { Act } from '../table/act.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from '../table/effect.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { proposeChange } from './changes.ts';
import { standingFloorsOfProduct } from './products.ts';
import { readAll, readProduct, readReference, readVersion, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

/**
 * Sets the standard terms of a product. Contracts of clearings whose gate closes from then on keep them; no earlier
 * contract changes. Under a floor it awaits a second administrator. Errors: not_found, precondition_failed, currency_mismatch, unit_not_convertible.
 */
export const putStandardTerms =
  (
    table: Table,
    act: Act,
    productId: string,
    terms: StandardTermsTerms,
    expected?: ExpectedVersion,
  ): Plan<Put<StandardTerms>> =>
  async () => {
    const guard = await readGuard(table);
    const [product, present, floors] = await Promise.all([
      readProduct(table, productId),
      readReference(table, 'terms', productId),
      readAll(table, 'floor'),
    ]);
    if (product === undefined) return fail(problem('not_found', 'There is no such product.'));
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    const wrong = termsProblem(terms, product);
    if (wrong !== undefined) return fail(wrong);
    if (present !== undefined && saysTheSame(standardTermsShape, clausesOf(present), terms))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    const author = authorUnder(guard, act, present);
    if (standingFloorsOfProduct(floors, productId, author).length > 0)
      return ok(
        proposeChange(guard, author, {
          kind: 'terms',
          id: act.newId('change'),
          target: productId,
          basedOn: present?.version ?? 0,
          proposed: terms,
        }),
      );
    const record: StandardTerms = { ...terms, product: productId, ...nextVersion(present, author) };
    return ok({
      actions: [configurationMoves(guard, author), ...recordVersion(referenceSeries.terms, record)],
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };

/** The clauses alone, without whose they are and when they were recorded. */
export const clausesOf = (record: StandardTerms): StandardTermsTerms =>
  without(record, 'product', 'version', 'recordedAt', 'recordedBy');

/** What a contract keeps of its product's standard terms: the version in force at its gate closure. */
export async function readStandardTerms(
  table: Table,
  contract: { readonly product: string; readonly standardTerms?: number | null | undefined },
): Promise<StandardTermsTerms> {
  const version = contract.standardTerms ?? undefined;
  if (version === undefined) return plainTerms;
  const record = await readVersion(table, 'terms', contract.product, version);
  if (record === undefined) throw new Error(`there are no standard terms ${version} of ${contract.product}`);
  return clausesOf(record);
}
