import { compareDecimal } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Product } from '../reference/product.ts';
import type { StockLot } from './stock-lot.ts';
import { freeOf } from './lots.ts';

export interface Issued {
  readonly lot: StockLot;
  readonly steps: bigint;
}

/** The end of what does not perish. */
export const forever = '9999-12-31';

/** What goes first: what perishes first, then what has lain longest. */
export const inOrderOfIssue = (lots: readonly StockLot[]): StockLot[] =>
  lots.toSorted((a, b) => {
    const [left, right] = [a, b].map(
      (lot) => `${lot.shelfLifeEnds ?? forever} ${lot.receivedAt} ${lot.id}`,
    ) as [string, string];
    return left < right ? -1 : left > right ? 1 : 0;
  });

/**
 * Takes so many steps out of the free parts of held lots, in order of issue, from at most `mostLots` of them. Less than
 * asked for where there is not so much in so many.
 */
export function issueFrom(
  lots: readonly StockLot[],
  steps: bigint,
  product: Product,
  { mostLots, minimumPurity }: { readonly mostLots: number; readonly minimumPurity?: Decimal | undefined },
): Issued[] {
  const issued: Issued[] = [];
  let left = steps;
  for (const lot of inOrderOfIssue(lots)) {
    if (left === 0n || issued.length === mostLots) break;
    const free = lot.status === 'held' ? freeOf(lot, product) : 0n;
    const tooLow =
      minimumPurity !== undefined &&
      (lot.purity === undefined || compareDecimal(lot.purity, minimumPurity) < 0);
    if (free === 0n || tooLow) continue;
    const taken = free < left ? free : left;
    issued.push({ lot, steps: taken });
    left -= taken;
  }
  return issued;
}

export const issuedSteps = (issued: readonly Issued[]): bigint =>
  issued.reduce((sum, { steps }) => sum + steps, 0n);
