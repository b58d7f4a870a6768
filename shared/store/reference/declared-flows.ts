import { problem } from '../../kernel/problem.ts';
import { collect, fail, ok } from '../../kernel/result.ts';
import { latestOf } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import { massOf } from '../../pricing/mass.ts';
import type { DeclaredFlowsTerms, ZoneFlows } from '../../reference/declared-flows.ts';
import { declaredFlowsTermsSchema } from '../../reference/declared-flows.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { consumptionId, readProduct, readReference, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

/**
 * Declares where a zone's supply of a product came from in a year, in the product's own unit; statistics know no lots.
 * Errors: not_found (zone or product), precondition_failed, unit_not_convertible, invalid_request.
 */
export const putDeclaredFlows =
  (
    table: Table,
    act: Act,
    zone: string,
    productId: string,
    terms: DeclaredFlowsTerms,
    expected?: ExpectedVersion,
  ): Plan<Put<ZoneFlows>> =>
  async () => {
    const [product, known, present] = await Promise.all([
      readProduct(table, productId),
      readReference(table, 'zone', zone),
      readReference(table, 'flows', consumptionId(zone, productId)),
    ]);
    if (product === undefined || known === undefined)
      return fail(problem('not_found', 'There is no such zone or product.'));
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    const flows = collect(terms.flows, ({ origin, quantity }, index) => {
      if (quantity.amount.units === 0n) return ok({ origin, quantity: { ...quantity, unit: product.unit } });
      const mass = massOf(quantity, product, `/flows/${index}/quantity`);
      return mass.ok ? ok({ origin, quantity: mass.value }) : mass;
    });
    if (!flows.ok) return flows;
    const own = { ...terms, flows: flows.value.toSorted((a, b) => (a.origin < b.origin ? -1 : 1)) };
    const termsOf = ({ year, source, flows: of, withheld }: DeclaredFlowsTerms): DeclaredFlowsTerms => ({
      ...{ year, source, flows: of },
      ...(withheld === undefined ? {} : { withheld }),
    });
    if (present !== undefined && saysTheSame(declaredFlowsTermsSchema, termsOf(present), own))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    const author = { subject: act.subject, at: latestOf(act.at, present?.recordedAt) };
    const record = { ...own, zone, product: productId, ...nextVersion(present, author) };
    return ok({
      actions: recordVersion(referenceSeries.flows, record),
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };
