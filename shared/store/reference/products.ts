import type { Problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf, isStanding } from '../../kernel/time.ts';
import type { Author, ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Floor } from '../../pricing/floor.ts';
import { fixedFieldsChanged, productChangeProblem } from '../../pricing/product-changes.ts';
import type { Product, ProductTerms } from '../../reference/product.ts';
import { productTermsSchema } from '../../reference/product.ts';
import type { Act } from '../table/act.ts';
import { proposeChange } from './changes.ts';
import type { Clause } from '../table/condition.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { readAll, referenceSeries } from './reference.ts';
import type { Action } from '../table/action.ts';
import type { Table } from '../table/table.ts';
import { readRecord, recordVersion, termsOf } from '../table/versioned.ts';

/** A product, and whether an order for it exists (an attribute of its head item, set by the first order). */
export interface ProductInUse {
  readonly product: Product;
  readonly traded: boolean;
}

export async function readProductInUse(table: Table, id: string): Promise<ProductInUse | undefined> {
  const item = await table.get(keys.reference('product', id));
  return item && { product: readRecord(referenceSeries.product, item), traded: item['traded'] === true };
}

/**
 * To be part of the transaction that posts an order: from the first one on, the terms that orders are counted in
 * are fixed. Refused if the product has changed since it was read; nothing to do once it has been traded.
 */
export const productIsTraded = ({ product, traded }: ProductInUse): Action[] =>
  traded
    ? []
    : [
        {
          name: 'productIsTraded',
          update: keys.reference('product', product.id),
          set: {
            expression: 'SET #traded = :traded',
            names: { '#traded': 'traded' },
            values: { ':traded': true },
          },
          conditions: [
            {
              name: 'termsAsRead',
              expression: '#version = :readVersion',
              names: { '#version': 'version' },
              values: { ':readVersion': product.version },
            },
          ],
        },
      ];

const notTraded: Clause = { name: 'notTraded', expression: 'attribute_not_exists(traded)' };

/** The product's approved floors that have not ended: in force, or to come. */
export const standingFloorsOfProduct = (floors: readonly Floor[], product: string, author: Author): Floor[] =>
  floors.filter(
    (floor) =>
      floor.product === product && floor.status === 'approved' && isStanding(floor, dateOf(author.at)),
  );

/** Whether the product may take these terms. Error: product_fixed. */
export const productProblem = (
  { product, traded }: ProductInUse,
  terms: ProductTerms,
  floors: readonly Floor[],
): Problem | undefined => productChangeProblem(product, terms, traded, floors);

/** The writes of a product's next version; an order that comes in between refuses a change of fixed fields. */
export const productActions = (present: Product | undefined, next: Product): Action[] =>
  recordVersion(
    referenceSeries.product,
    next,
    present !== undefined && fixedFieldsChanged(present, next).length > 0 ? [notTraded] : [],
  );

/**
 * Describes a product. Under a floor the change awaits a second administrator.
 * Errors: precondition_failed, product_fixed.
 */
export const putProduct =
  (table: Table, act: Act, id: string, terms: ProductTerms, expected?: ExpectedVersion): Plan<Put<Product>> =>
  async () => {
    const guard = await readGuard(table);
    const [present, allFloors] = await Promise.all([readProductInUse(table, id), readAll(table, 'floor')]);
    const holds = checkExpected(present?.product, expected);
    if (!holds.ok) return holds;
    const author = authorUnder(guard, act, present?.product);
    if (present !== undefined) {
      if (saysTheSame(productTermsSchema, termsOf(present.product), terms))
        return ok({ actions: [], value: { outcome: 'unchanged', record: present.product } });
      const floors = standingFloorsOfProduct(allFloors, id, author);
      const wrong = productProblem(present, terms, floors);
      if (wrong !== undefined) return fail(wrong);
      if (floors.length > 0)
        return ok(
          proposeChange(guard, author, {
            kind: 'product',
            id: act.newId('change'),
            target: id,
            basedOn: present.product.version,
            proposed: terms,
          }),
        );
    }
    const record = { ...terms, id, ...nextVersion(present?.product, author) };
    return ok({
      actions: [configurationMoves(guard, author), ...productActions(present?.product, record)],
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };
