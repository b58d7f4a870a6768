import { problem } from '../../kernel/problem.ts';
import { collect, fail, ok } from '../../kernel/result.ts';
import { latestOf } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import { lotsOf, ownQuantity } from '../../pricing/product-terms.ts';
import type { Consumption, ConsumptionTerms } from '../../reference/zone.ts';
import { consumptionTermsSchema } from '../../reference/zone.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { consumptionId, readProduct, readReference, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

/**
 * Declares what a zone plans to consume of a product, by quarter; zero is a plan too.
 * Errors: not_found (zone or product), precondition_failed, unit_not_convertible, off_lot.
 */
export const putConsumption =
  (
    table: Table,
    act: Act,
    zone: string,
    productId: string,
    terms: ConsumptionTerms,
    expected?: ExpectedVersion,
  ): Plan<Put<Consumption>> =>
  async () => {
    const [product, known, present] = await Promise.all([
      readProduct(table, productId),
      readReference(table, 'zone', zone),
      readReference(table, 'consumption', consumptionId(zone, productId)),
    ]);
    if (product === undefined || known === undefined)
      return fail(problem('not_found', 'There is no such zone or product.'));
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    const quarters = collect(terms.quarters, ({ quarter, quantity }, index) => {
      if (quantity.amount.units === 0n) return ok({ quarter, quantity: ownQuantity(quantity, 0n, product) });
      const lots = lotsOf(quantity, product, `/quarters/${index}/quantity`);
      return lots.ok ? ok({ quarter, quantity: ownQuantity(quantity, lots.value, product) }) : lots;
    });
    if (!quarters.ok) return quarters;
    const normalised = { quarters: quarters.value.toSorted((a, b) => (a.quarter < b.quarter ? -1 : 1)) };
    if (
      present !== undefined &&
      saysTheSame(consumptionTermsSchema, { quarters: present.quarters }, normalised)
    )
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    const author = { subject: act.subject, at: latestOf(act.at, present?.recordedAt) };
    const record = { ...normalised, zone, product: productId, ...nextVersion(present, author) };
    return ok({
      actions: recordVersion(referenceSeries.consumption, record),
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };
