import * as z from 'zod';
import { derivedId } from '../kernel/derived-id.ts';
import { canonicalJson } from '../kernel/digest.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import type { Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import { massOfSteps, stepsOf } from './steps.ts';
import { must } from '../kernel/result.ts';
import type { StockAccount, StockBalances } from './stock-account.ts';
import { insideAccounts, isInside, noStock, stockAccounts } from './stock-account.ts';

export const movementKinds = [
  'OPENING',
  'PURCHASE',
  'RECEIPT',
  'ENCUMBER',
  'RELEASE_ENCUMBRANCE',
  'SALE',
  'RELEASE',
  'ALLOCATE',
  'DRAW',
  'REPLENISH',
  'LEND',
  'RETURN',
  'TRANSFER',
  'ROTATE',
  'WRITE_OFF',
  'CORRECTION',
] as const;
export type MovementKind = (typeof movementKinds)[number];

/** What made it necessary: `sequence` tells apart what one thing causes more than once. */
const movementCauseSchema = z.strictObject({
  of: z.enum(['contract', 'delivery', 'offer', 'stock-lot', 'account', 'loan', 'release', 'rule']),
  id: z.string(),
  sequence: z.int().nonnegative(),
});
export type MovementCause = z.output<typeof movementCauseSchema>;

/** Debit or credit, as in the ledger of money: a debit is what an account gets, a credit what it gives. */
const movementLineSchema = z.strictObject({
  account: z.enum(stockAccounts),
  side: z.enum(['DBIT', 'CRDT']),
  quantity: quantitySchema,
});

/** One balanced movement of mass: debits equal credits. Never changed; a correction is a movement of its own. */
export const movementSchema = z
  .strictObject({
    /** Derived from its cause: whoever makes it again makes the same one. */
    id: generatedIdSchema('movement'),
    kind: z.enum(movementKinds),
    stockpile: generatedIdSchema('stockpile'),
    product: nameIdSchema,
    cause: movementCauseSchema,
    /** The stock lot that it is of; none while it is on its way. */
    lot: generatedIdSchema('stockLot').optional(),
    lines: z.array(movementLineSchema).min(2).max(8),
    at: instantSchema,
  })
  .meta({ id: 'StockMovement' });
export type Movement = z.output<typeof movementSchema>;

export interface MovementTerms {
  readonly kind: MovementKind;
  readonly stockpile: string;
  readonly product: Product;
  readonly cause: MovementCause;
  readonly lot?: string | undefined;
  /** Steps that each account gets (positive) or gives (negative). */
  readonly changes: Readonly<Partial<Record<StockAccount, bigint>>>;
  /** Of the cause, not of the clock: the id follows from it. */
  readonly at: Instant;
}

/** A movement of these terms. Throws where debits and credits differ, or nothing moves: no mass comes from nowhere. */
export function movementOf(terms: MovementTerms): Movement {
  const { kind, stockpile, product, cause, lot, changes, at } = terms;
  const moved = stockAccounts.flatMap((account) => {
    const change = changes[account] ?? 0n;
    return change === 0n ? [] : [{ account, change }];
  });
  if (moved.length === 0 || moved.reduce((sum, { change }) => sum + change, 0n) !== 0n)
    throw new Error(`a ${kind} of ${cause.id} that does not balance`);
  return {
    id: derivedId('movement', at, canonicalJson([stockpile, product.id, kind, cause, lot ?? null])),
    ...{ kind, stockpile, product: product.id, cause, at },
    ...(lot === undefined ? {} : { lot }),
    lines: moved.map(({ account, change }) => ({
      account,
      side: change > 0n ? 'DBIT' : 'CRDT',
      quantity: massOfSteps(change > 0n ? change : -change, product),
    })),
  };
}

/** Steps that each account got or gave. */
export const changesOf = (
  { lines }: Pick<Movement, 'lines'>,
  product: Pick<Product, 'unit' | 'lot' | 'containedFactor'>,
): Partial<Record<StockAccount, bigint>> =>
  Object.fromEntries(
    lines.map(({ account, side, quantity }) => {
      const steps = must(stepsOf(quantity, product));
      return [account, side === 'DBIT' ? steps : -steps];
    }),
  );

/** Balances after one more movement; `undefined` where an account would be negative. */
export function balancesAfter(
  balances: StockBalances,
  changes: MovementTerms['changes'],
): StockBalances | undefined {
  const after = { ...balances };
  for (const account of insideAccounts) after[account] += changes[account] ?? 0n;
  return insideAccounts.every((account) => after[account] >= 0n) ? after : undefined;
}

/** What a stockpile's movements of one product come to. */
export const balancesOf = (
  movements: Iterable<Pick<Movement, 'lines'>>,
  product: Pick<Product, 'unit' | 'lot' | 'containedFactor'>,
): StockBalances => {
  const sums = { ...noStock };
  for (const movement of movements)
    for (const [account, change] of Object.entries(changesOf(movement, product)))
      if (isInside(account as StockAccount)) sums[account as keyof StockBalances] += change;
  return sums;
};
