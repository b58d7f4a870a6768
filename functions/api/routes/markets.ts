import * as z from 'zod';
import { marketView, marketViewSchema } from '../../../shared/clearing/documents/market-view.ts';
import { originCaps } from '../../../shared/clearing/documents/headroom.ts';
import { outcomesView, outcomesViewSchema } from '../../../shared/clearing/outcome/outcome.ts';
import { nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { isInForce } from '../../../shared/pricing/floor.ts';
import type { Floor } from '../../../shared/pricing/floor.ts';
import type { Product } from '../../../shared/reference/product.ts';
import { roles } from '../../../shared/reference/role.ts';
import { latestRuns } from '../../../shared/store/clearing/clearings.ts';
import { readShownUse } from '../../../shared/store/clearing/origin-use.ts';
import { readOutcomes } from '../../../shared/store/contracts/outcomes.ts';
import { listReference, readAll, readProduct } from '../../../shared/store/reference/reference.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

const clearingsShown = 10;

const withholding =
  'A figure drawn from fewer than three organisations (those of one group count as one), or of which one holds more than 70 %, is `null` with `withheld: true`, and so is every figure from which it would follow, by itself or together with those of earlier clearings.';

export const marketRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'listMarkets',
    method: 'get',
    path: '/v1/markets',
    tag: 'Markets',
    summary: 'Every market: floors and the last clearing',
    description: withholding,
    roles,
    paged: true,
    responses: { 200: { description: 'A page of markets', schema: listOf(marketViewSchema) } },
    read: async ({ page, at }, { table }) => {
      const [products, floors] = await Promise.all([
        listReference(table, 'product', page),
        readAll(table, 'floor'),
      ]);
      const items = await Promise.all(products.items.map((product) => viewOf(table, product, floors, at, 1)));
      return ok(reply(200, { items, next: products.next }));
    },
  }),
  defineRoute({
    operationId: 'getMarket',
    method: 'get',
    path: '/v1/markets/{product}',
    tag: 'Markets',
    summary: 'The public view of a market',
    description: `Floors in force, what zones' caps on single origins still let in, and the last ${clearingsShown} clearings: volume, landed prices, the book at gate closure, origins. ${withholding}`,
    roles,
    params: z.strictObject({ product: nameIdSchema }),
    responses: { 200: { description: 'The market', schema: marketViewSchema } },
    read: async ({ params, at }, { table }) => {
      const [product, floors] = await Promise.all([
        readProduct(table, params.product),
        readAll(table, 'floor'),
      ]);
      return product === undefined
        ? fail(problem('not_found', 'There is no such product.'))
        : ok(reply(200, await viewOf(table, product, floors, at, clearingsShown)));
    },
  }),
  defineRoute({
    operationId: 'getMarketOutcomes',
    method: 'get',
    path: '/v1/markets/{product}/outcomes',
    tag: 'Markets',
    summary: 'What became of what was matched',
    description: `By quarter: matched, contracted, noticed, delivered, accepted, rejected, short, late, and what was paid, with its means per unit. A quarter is published once, 60 days after its end (up to 90 while something accepted is not settled), as of \`asOf\`, and never changes: its changes would tell who made them. ${withholding}`,
    roles,
    params: z.strictObject({ product: nameIdSchema }),
    responses: { 200: { description: 'The quarters published, oldest first', schema: outcomesViewSchema } },
    read: async ({ params }, { table }) => {
      const [product, outcomes] = await Promise.all([
        readProduct(table, params.product),
        readOutcomes(table, params.product),
      ]);
      return product === undefined
        ? fail(problem('not_found', 'There is no such product.'))
        : ok(reply(200, outcomesView(product, outcomes)));
    },
  }),
];

const viewOf = async (
  table: Table,
  product: Product,
  floors: readonly Floor[],
  at: string,
  clearings: number,
) => {
  const [zones, consumption, { use, open }, runs] = await Promise.all([
    readAll(table, 'zone'),
    readAll(table, 'consumption'),
    readShownUse(table, product),
    latestRuns(table, product.id, clearings),
  ]);
  return marketView(
    product,
    floors.filter((floor) => floor.product === product.id && isInForce(floor, at)),
    runs,
    originCaps(product, { zones, consumption }, use, open, at),
  );
};
