import { sumOf, times } from '../kernel/arithmetic.ts';
import { compareDecimal, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { Price } from '../kernel/money.ts';
import { problem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import type { Product } from '../reference/product.ts';
import type { Encumbrance, StockLot } from './stock-lot.ts';
import { massOfSteps, wholeSteps } from './steps.ts';

/*
 * What is done to lots without anything moving: they are cut, joined and carried about. Masses are whole steps, so that the
 * parts are the whole, exactly.
 */

/** Steps of a lot that nobody has a claim on. */
export const freeOf = ({ quantity, encumbrances, lent }: StockLot, product: Product): bigint =>
  encumbrances.reduce(
    (left, encumbrance) => left - wholeSteps(encumbrance.quantity, product),
    wholeSteps(quantity, product) - wholeSteps(lent, product),
  );

/** A lot with so many steps more or fewer; closed when nothing is left of it. */
export function resized(lot: StockLot, change: bigint, product: Product): StockLot {
  const steps = wholeSteps(lot.quantity, product) + change;
  return {
    ...lot,
    quantity: massOfSteps(steps, product),
    status: steps === 0n ? 'closed' : 'held',
  };
}

/** The lot with another claim of the same kind and holder by so many steps; a claim to nothing is none. */
export function encumbered(
  lot: StockLot,
  { kind, by, until }: Omit<Encumbrance, 'quantity'>,
  change: bigint,
  product: Product,
): StockLot {
  const isSame = (each: Encumbrance): boolean => each.kind === kind && each.by === by;
  const present = lot.encumbrances.find(isSame);
  const steps = (present === undefined ? 0n : wholeSteps(present.quantity, product)) + change;
  if (steps < 0n) throw new Error(`${by} has less of ${lot.id} than is taken from it`);
  const others = lot.encumbrances.filter((each) => !isSame(each));
  const next = {
    ...{ kind, by, quantity: massOfSteps(steps, product) },
    ...(until === undefined ? {} : { until }),
  };
  return { ...lot, encumbrances: steps === 0n ? others : [...others, next] };
}

/** The lot with so many steps more (or fewer) of it out on loan. */
export function lentOut(lot: StockLot, change: bigint, product: Product): StockLot {
  const steps = wholeSteps(lot.lent, product) + change;
  if (steps < 0n) throw new Error(`more of ${lot.id} comes back than was lent`);
  return { ...lot, lent: massOfSteps(steps, product) };
}

const mustBeHeld = ({ status }: StockLot) =>
  status === 'held' ? undefined : problem('invalid_state', `The lot is ${status}.`);

/**
 * Cuts parts off what is free of a lot; what is left stays, with its claims, and a lot of which nothing is left is closed.
 * Errors: invalid_state, stock_insufficient.
 */
export function splitLot(
  lot: StockLot,
  parts: readonly { readonly id: string; readonly steps: bigint }[],
  product: Product,
  author: Author,
): Result<{ readonly rest: StockLot; readonly parts: StockLot[] }> {
  const wrong = mustBeHeld(lot);
  if (wrong !== undefined) return fail(wrong);
  const cut = parts.reduce((sum, { steps }) => sum + steps, 0n);
  if (cut > freeOf(lot, product))
    return fail(problem('stock_insufficient', 'The parts come to more than is free of the lot.'));
  return ok({
    rest: { ...resized(lot, -cut, product), ...nextVersion(lot, author) },
    parts: parts.map(({ id, steps }) => ({
      ...lot,
      ...{ id, quantity: massOfSteps(steps, product), encumbrances: [], status: 'held' },
      lent: massOfSteps(0n, product),
      source: { kind: 'split', lot: lot.id },
      ...{ writeOff: undefined, shortfall: undefined },
      ...nextVersion(undefined, author),
    })),
  });
}

/** What lots must have alike to become one: a lot is of one material, at one place, of one owner. */
const alike = ({
  stockpile,
  product,
  purity,
  origin,
  site,
  certificates,
  location,
  owner,
}: StockLot): string =>
  canonicalJson([
    ...[stockpile, product, origin, site ?? null, certificates.toSorted(), location, owner],
    purity === undefined ? null : String(trimDecimal(purity).units) + `e${trimDecimal(purity).scale}`,
  ]);

/**
 * Joins lots that nobody has a claim on. The inventory price is theirs where they have one, else the mean by mass, half to
 * even to the millionth; the shelf life is the shortest, the receipt the first. Errors: invalid_state.
 */
export function mergeLots(
  lots: readonly StockLot[],
  id: string,
  product: Product,
  author: Author,
): Result<{ readonly merged: StockLot; readonly closed: StockLot[] }> {
  const [first] = lots;
  if (first === undefined) throw new RangeError('mergeLots: no lots');
  for (const lot of lots) {
    const wrong = mustBeHeld(lot);
    if (wrong !== undefined) return fail(wrong);
    if (lot.encumbrances.length > 0 || lot.lent.amount.units > 0n || lot.writeOff !== undefined)
      return fail(problem('invalid_state', `${lot.id} is spoken for, in part at least.`));
    if (alike(lot) !== alike(first))
      return fail(
        problem(
          'invalid_state',
          'Only lots of one product, purity, origin, site, owner and place, with the same certificates, can be merged.',
        ),
      );
  }
  const steps = lots.reduce((sum, { quantity }) => sum + wholeSteps(quantity, product), 0n);
  const shelfLives = lots.flatMap(({ shelfLifeEnds }) => shelfLifeEnds ?? []).sort();
  return ok({
    merged: {
      ...first,
      id,
      quantity: massOfSteps(steps, product),
      inventoryPrice: meanPrice(lots),
      shelfLifeEnds: shelfLives[0],
      // Seen is the whole only if every part of it was.
      verified: lots.every(({ verified }) => verified),
      shortfall: undefined,
      receivedAt: lots.map(({ receivedAt }) => receivedAt).sort()[0]!,
      source: { kind: 'merge', lots: lots.map((lot) => lot.id) },
      ...nextVersion(undefined, author),
    },
    closed: lots.map((lot) => ({
      ...lot,
      ...{ quantity: massOfSteps(0n, product), status: 'closed' as const },
      ...nextVersion(lot, author),
    })),
  });
}

/** What was cut off a lot or joined with it, and so on, in order of id: where its material may be now. */
export function descendantsOf(id: string, lots: readonly StockLot[]): StockLot[] {
  const found = new Map<string, StockLot>();
  const parents = [id];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop())
    for (const lot of lots) {
      const { source } = lot;
      const from = source.kind === 'split' ? [source.lot] : source.kind === 'merge' ? source.lots : [];
      if (!from.includes(parent) || found.has(lot.id)) continue;
      found.set(lot.id, lot);
      parents.push(lot.id);
    }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const priceScale = 6;

function meanPrice(lots: readonly StockLot[]): Price {
  const [first] = lots;
  const prices = lots.map(({ inventoryPrice }) => inventoryPrice);
  if (prices.every(({ amount }) => compareDecimal(amount, first!.inventoryPrice.amount) === 0))
    return first!.inventoryPrice;
  const value = sumOf(
    lots.map(({ inventoryPrice, quantity }) => times(inventoryPrice.amount, quantity.amount)),
  );
  const mass = sumOf(lots.map(({ quantity }) => quantity.amount));
  return { ...first!.inventoryPrice, amount: quotient(value, mass) };
}

const quotient = (a: Decimal, b: Decimal): Decimal =>
  trimDecimal(
    {
      units: divide(a.units * tenTo(b.scale + priceScale), b.units * tenTo(a.scale), 'half-even'),
      scale: priceScale,
    },
    2,
  );

/** Carried to another place. Errors: invalid_state. */
export function relocated(lot: StockLot, location: StockLot['location'], author: Author): Result<StockLot> {
  const wrong = mustBeHeld(lot);
  return wrong === undefined ? ok({ ...lot, location, ...nextVersion(lot, author) }) : fail(wrong);
}

/** A loss, for a second person to confirm. Errors: invalid_state, stock_insufficient. */
export function lossProposed(
  lot: StockLot,
  { quantity, reason }: { readonly quantity: Quantity; readonly reason: string },
  product: Product,
  author: Author,
): Result<StockLot> {
  const wrong = mustBeHeld(lot);
  if (wrong !== undefined) return fail(wrong);
  if (lot.writeOff !== undefined)
    return fail(problem('invalid_state', 'A loss of this lot awaits a second person already.'));
  if (wholeSteps(quantity, product) > freeOf(lot, product))
    return fail(problem('stock_insufficient', 'More than is free of the lot.'));
  const writeOff = { quantity, reason, proposedBy: author.subject, proposedAt: author.at };
  return ok({ ...lot, writeOff, ...nextVersion(lot, author) });
}

/** The second person's decision. Errors: invalid_state, second_approval_required, stock_insufficient. */
export function lossDecided(
  lot: StockLot,
  approved: boolean,
  product: Product,
  author: Author,
): Result<{ readonly lot: StockLot; readonly lost: bigint }> {
  const { writeOff } = lot;
  if (writeOff === undefined)
    return fail(problem('invalid_state', 'No loss of this lot awaits a second person.'));
  if (writeOff.proposedBy === author.subject)
    return fail(problem('second_approval_required', 'Whoever reported the loss cannot decide on it.'));
  const lost = approved ? wholeSteps(writeOff.quantity, product) : 0n;
  if (lost > freeOf(lot, product))
    return fail(problem('stock_insufficient', 'More than is still free of the lot.'));
  return ok({
    lot: { ...resized(lot, -lost, product), writeOff: undefined, ...nextVersion(lot, author) },
    lost,
  });
}

/** An opening is what was declared, or it is not. Errors: invalid_state, second_approval_required. */
export function openingDecided(lot: StockLot, verified: boolean, author: Author): Result<StockLot> {
  if (lot.source.kind !== 'opening' || lot.status !== 'declared')
    return fail(problem('invalid_state', `The lot is ${lot.status}: nothing about it awaits verification.`));
  if (lot.source.declaredBy === author.subject)
    return fail(problem('second_approval_required', 'Whoever declared the lot cannot verify it.'));
  const source = verified ? { ...lot.source, verifiedBy: author.subject } : lot.source;
  return ok({
    ...lot,
    source,
    verified,
    status: verified ? 'held' : 'rejected',
    ...nextVersion(lot, author),
  });
}
