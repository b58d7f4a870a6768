import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Product } from '../../reference/product.ts';
import type { Movement, MovementTerms } from '../../stockpiles/movement.ts';
import { movementOf, movementSchema } from '../../stockpiles/movement.ts';
import type { InsideAccount, StockBalances } from '../../stockpiles/stock-account.ts';
import { insideAccounts, noStock } from '../../stockpiles/stock-account.ts';
import { freeOf } from '../../stockpiles/lots.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import type { Action } from '../table/action.ts';
import type { Attribute, Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

/** Names of attributes in the balance item. */
const attributeOf = (account: InsideAccount): string => (account === 'in-transit' ? 'inTransit' : account);

/**
 * Moves stock, in one transaction with whatever causes it: the movement, put once since its id follows from its cause, and
 * the balance of its stockpile and product, on the condition that no account would be negative.
 */
export function moveStock(terms: MovementTerms): Action[] {
  const movement = movementOf(terms);
  const changes = insideAccounts.flatMap((account) => {
    const change = terms.changes[account] ?? 0n;
    return change === 0n ? [] : [{ attribute: attributeOf(account), change }];
  });
  const suffices = changes.flatMap(({ attribute, change }): Clause[] =>
    change > 0n
      ? []
      : [
          {
            name: `${attribute}Suffices`,
            expression: `#${attribute} >= :${attribute}Least`,
            names: { [`#${attribute}`]: attribute },
            values: { [`:${attribute}Least`]: -change },
          },
        ],
  );
  const set: Record<string, Attribute> = {
    ':one': 1n,
    ...Object.fromEntries(changes.map(({ attribute, change }) => [`:${attribute}Change`, change])),
  };
  return [
    {
      name: 'stockMovement',
      put: {
        ...keys.stockMovement(terms.stockpile, movement.id),
        type: 'stock movement',
        ...{ stockpile: terms.stockpile, product: movement.product },
        body: z.encode(movementSchema, movement),
      },
      conditions: [doesNotExist],
    },
    {
      name: 'stockBalance',
      update: keys.stockBalance(terms.stockpile, movement.product),
      set: {
        expression: `ADD #movements :one, ${changes.map(({ attribute }) => `#${attribute} :${attribute}Change`).join(', ')}`,
        names: {
          '#movements': 'movements',
          ...Object.fromEntries(changes.map(({ attribute }) => [`#${attribute}`, attribute])),
        },
        values: set,
      },
      conditions: suffices,
    },
  ];
}

/** Moves what is free, if so many steps of it are free when it is written, and not only when it was read. */
export const moveAboveFloor = (terms: MovementTerms, least: bigint): Action[] =>
  moveStock(terms).map((action) =>
    action.name === 'stockBalance'
      ? { ...action, conditions: [...(action.conditions ?? []), keepsFloor(least)] }
      : action,
  );

const keepsFloor = (least: bigint): Clause => ({
  name: 'keepsReserveFloor',
  expression: '#free >= :leastFree',
  names: { '#free': 'free' },
  values: { ':leastFree': least },
});

export const movementOfItem = (item: Item): Movement => readBody(movementSchema, item);

export const balancesOfItem = (item: Item | undefined): StockBalances => {
  const balances = { ...noStock };
  for (const account of insideAccounts)
    balances[account] = (item?.[attributeOf(account)] as bigint | undefined) ?? 0n;
  return balances;
};

/** What a stockpile has of each product that it ever held, in steps of the product. */
export interface StockOfProduct {
  readonly product: string;
  readonly balances: StockBalances;
}

export async function readPositions(table: Table, stockpile: string): Promise<StockOfProduct[]> {
  const { pk, sk: prefix } = keys.stockBalance(stockpile, '');
  const items = await table.query(pk, { prefix });
  return items.map((item) => ({
    product: String(item['sk']).slice(prefix.length),
    balances: balancesOfItem(item),
  }));
}

export const readBalances = async (
  table: Table,
  stockpile: string,
  product: Pick<Product, 'id'>,
): Promise<StockBalances> => balancesOfItem(await table.get(keys.stockBalance(stockpile, product.id)));

/** Of a lot's free steps, those that nobody has a claim on: members may be entitled to what lies in no lot in particular. */
export async function unclaimedOf(table: Table, lot: StockLot, product: Product): Promise<bigint> {
  const [free, balances] = [freeOf(lot, product), await readBalances(table, lot.stockpile, product)];
  return free < balances.free ? free : balances.free;
}

/** A stockpile's movements, oldest first. */
export async function pageOfMovements(
  table: Table,
  stockpile: string,
  page: PageRequest,
  keep: (movement: Movement) => boolean,
): Promise<Page<Movement>> {
  const { pk, sk: prefix } = keys.stockMovement(stockpile, '');
  const all = await table.query(pk, { after: `${prefix}${page.after ?? ''}`, limit: page.limit + 1 });
  const items = all.filter(({ sk }) => String(sk).startsWith(prefix)).map(movementOfItem);
  const shown = items.slice(0, page.limit);
  return {
    items: shown.filter(keep),
    next: items.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  };
}
