import * as z from 'zod';
import { plus } from '../../kernel/arithmetic.ts';
import { trimDecimal } from '../../kernel/decimal.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import { quarterOf } from '../../kernel/quarter.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import { groupOf } from '../../reference/organisation.ts';
import { plannedIn, windowFrom } from '../../risk/assessment.ts';
import type { AssessedStockpile } from '../../risk/cover-status.ts';
import type { OperatorPart, Publication } from '../../risk/publication.ts';
import { figuresShown, publicationSchema } from '../../risk/publication.ts';
import type { Act } from '../table/act.ts';
import { readAssessedStockpiles } from '../stockpiles/assessed-stockpiles.ts';
import { plannedTogether } from './assessment-inputs.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Plan } from '../table/effect.ts';
import { zonesOf } from './exchange.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { readBody } from '../table/item-body.ts';
import { readAll } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

export const publicationOf = (item: Item): Publication => readBody(publicationSchema, item);

/** All that a zone has published of a product, oldest first. */
export async function readPublications(table: Table, zone: string, product: string): Promise<Publication[]> {
  const { pk, sk } = keys.publication(zone, product, '');
  return (await table.query(pk, { prefix: sk })).map(publicationOf);
}

const lastIs = (period: string): Clause => ({
  name: 'lastIs',
  expression: '#period = :lastPeriod',
  names: { '#period': 'period' },
  values: { ':lastPeriod': period },
});

/**
 * Publishes a zone's stock of a product for the present month, once: judged against all that was published before, so
 * that months follow one another. Errors: unknown_reference, forbidden, invalid_state.
 */
export const publishStock =
  (table: Table, act: Act, terms: { readonly zone: string; readonly product: string }): Plan<Publication> =>
  async () => {
    const { zone: zoneId, product: productId } = terms;
    const [zones, products, plans, organisations, earlier] = await Promise.all([
      readAll(table, 'zone'),
      readAll(table, 'product'),
      readAll(table, 'consumption'),
      readAll(table, 'organisation'),
      readPublications(table, zoneId, productId),
    ]);
    const zone = zones.find(({ id }) => id === zoneId);
    const product = products.find(({ id }) => id === productId);
    if (zone === undefined) return fail(fieldProblem('unknown_reference', '/zone', 'There is no such zone.'));
    if (product === undefined)
      return fail(fieldProblem('unknown_reference', '/product', 'There is no such product.'));
    if (!zonesOf(zones, act.organisation).includes(zoneId))
      return fail(problem('forbidden', 'Only administrators of its authority publish for a zone.'));
    const [on, period] = [dateOf(act.at), act.at.slice(0, 7)];
    const last = earlier.at(-1);
    if (last !== undefined && last.period >= period)
      return fail(problem('invalid_state', 'It has been published for this month already.'));
    const stockpiles = await readAssessedStockpiles(table, product, { zone: zoneId, on, at: act.at });
    const groups = new Map(organisations.map((each) => [each.id, groupOf(each.id, each)]));
    const parts = partsOf(stockpiles);
    const own = plans.filter((plan) => plan.zone === zoneId && plan.product === productId);
    const publication: Publication = {
      ...{ id: act.newId('publication'), zone: zoneId, product: productId, period },
      ...{ asOf: act.at, publishedBy: act.subject, parts },
      consumption: plannedIn(plannedTogether(own, [zone]), windowFrom(quarterOf(on))),
      shown: figuresShown(parts, earlier, (operator) => groups.get(operator) ?? groupOf(operator, undefined)),
    };
    return ok({
      value: publication,
      actions: [
        {
          name: 'publication',
          put: {
            ...keys.publication(zoneId, productId, period),
            type: 'publication',
            body: z.encode(publicationSchema, publication),
          },
          conditions: [doesNotExist],
        },
        {
          name: 'lastPublication',
          put: { ...keys.lastPublication(zoneId, productId), type: 'last publication', period },
          conditions: [last === undefined ? doesNotExist : lastIs(last.period)],
        },
      ],
    });
  };

/** By operator, in order of name. */
function partsOf(stockpiles: readonly AssessedStockpile[]): OperatorPart[] {
  const parts = new Map<string, OperatorPart>();
  const nothing = { units: 0n, scale: 0 };
  for (const { operator, position, openBids } of stockpiles) {
    const before = parts.get(operator) ?? {
      ...{ operator, available: nothing, physical: nothing, inTransit: nothing, planned: nothing },
    };
    const add = (name: 'available' | 'physical' | 'inTransit') =>
      trimDecimal(plus(before[name], position[name].amount));
    parts.set(operator, {
      operator,
      ...{ available: add('available'), physical: add('physical'), inTransit: add('inTransit') },
      planned: trimDecimal(plus(before.planned, openBids)),
    });
  }
  return [...parts.values()].sort((a, b) => (a.operator < b.operator ? -1 : 1));
}
