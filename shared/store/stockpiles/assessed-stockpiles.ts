import { sumOf } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import type { CalendarDate, Instant } from '../../kernel/time.ts';
import { statusAt } from '../../orders/order.ts';
import type { Product } from '../../reference/product.ts';
import type { AssessedStockpile } from '../../risk/cover-status.ts';
import { positionOf } from '../../stockpiles/position.ts';
import { productRules } from '../../stockpiles/stockpile.ts';
import { ownedSource, pagesOf } from '../table/listing.ts';
import { readBid } from '../orders/order-item.ts';
import { readBalances } from './stock-movements.ts';
import { activeStockpiles } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

/** Active stockpiles of a product with what they hold and what they still bid for. */
export async function readAssessedStockpiles(
  table: Table,
  product: Product,
  { zone, operator, on, at }: StockpileScope,
): Promise<AssessedStockpile[]> {
  const active = await activeStockpiles(table, {
    ...{ product: product.id, on },
    ...(zone === undefined ? {} : { zone }),
  });
  const wanted = active.filter((stockpile) => operator === undefined || stockpile.operator === operator);
  const operators = [...new Set(wanted.map((stockpile) => stockpile.operator))];
  const bids = new Map(
    await Promise.all(
      operators.map(async (each) => [each, await openBidsOf(table, each, product, at)] as const),
    ),
  );
  return Promise.all(
    wanted.map(async (stockpile): Promise<AssessedStockpile> => ({
      ...{ stockpile: stockpile.id, operator: stockpile.operator, zone: stockpile.zone },
      rules: productRules(stockpile, product.id, on)!,
      position: positionOf(await readBalances(table, stockpile.id, product), product),
      openBids: sumOf(
        (bids.get(stockpile.operator) ?? [])
          .filter((bid) => bid.stockpile === stockpile.id)
          .map(({ quantity }) => quantity),
      ),
    })),
  );
}

interface OpenBid {
  readonly stockpile: string;
  readonly quantity: Decimal;
}

/** What an operator's open bids for its stockpiles still ask for. */
async function openBidsOf(table: Table, operator: string, product: Product, at: Instant): Promise<OpenBid[]> {
  const found: OpenBid[] = [];
  for await (const located of pagesOf(ownedSource(table, operator, 'bid')))
    for (const item of await table.getMany(located)) {
      const { stockpile } = item['body'] as { stockpile?: string };
      if (stockpile === undefined || item['product'] !== product.id) continue;
      const bid = readBid(item, product);
      if (statusAt(bid, at) !== 'open') continue;
      found.push({ stockpile, quantity: sumOf(bid.remaining.map(({ quantity }) => quantity.amount)) });
    }
  return found;
}

export interface StockpileScope {
  readonly zone?: string | undefined;
  /** Only this organisation's. */
  readonly operator?: string | undefined;
  readonly on: CalendarDate;
  readonly at: Instant;
}
