import * as z from 'zod';
import type { Contract } from '../../contracts/contract.ts';
import { derivedId } from '../../kernel/derived-id.ts';
import type { Instant } from '../../kernel/time.ts';
import { latestOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { ContractState } from '../../contracts/state.ts';
import type { Product } from '../../reference/product.ts';
import { concludedSteps, expectedSteps, saleStep } from '../../stockpiles/contract-stock.ts';
import { descendantsOf, encumbered, resized } from '../../stockpiles/lots.ts';
import { massOfSteps, wholeSteps } from '../../stockpiles/steps.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import type { Action } from '../table/action.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import type { Key } from '../table/keys/key.ts';
import { keys } from '../table/keys.ts';
import { lotsIn } from './stock-issue.ts';
import { moveStock, unclaimedOf } from './stock-movements.ts';
import { putLot, readStockLot } from './stock-lots.ts';
import type { Table } from '../table/table.ts';

/*
 * What contracts mean for stock is booked as settlements are: whoever looks at a contract compares what its events have
 * come to with what the books say of it, and books the difference, once, under the number of the step. What is bought for a
 * stockpile is in transit from its conclusion on; what is sold from a lot is delivered when its buyer accepts it.
 */

export const contractBookSchema = z.object({
  sequence: z.bigint().transform(Number),
  /** Of a purchase. */
  inTransit: z.bigint().default(0n),
  received: z.bigint().default(0n),
  /** Of a sale. */
  delivered: z.bigint().default(0n),
  held: z.bigint().default(0n),
});
export type ContractBook = z.output<typeof contractBookSchema>;

export const contractBook = (item: Item | undefined): ContractBook | undefined =>
  item === undefined ? undefined : contractBookSchema.parse(item);

/** The next step of what the books say of a contract, if nobody else has made it. */
export function putBook(
  key: Key,
  present: ContractBook | undefined,
  next: Partial<Omit<ContractBook, 'sequence'>>,
): Action {
  const sequence = (present?.sequence ?? 0) + 1;
  return {
    name: 'contractBook',
    put: { ...key, type: 'stock of a contract', ...present, ...next, sequence },
    conditions: [present === undefined ? doesNotExist : sequenceIs(present.sequence)],
  };
}

const sequenceIs = (sequence: number): Clause => ({
  name: 'sequenceIs',
  expression: '#sequence = :sequence',
  names: { '#sequence': 'sequence' },
  values: { ':sequence': sequence },
});

/** The contracts that buy for a stockpile and are in its books. */
export async function contractsBooked(table: Table, stockpile: string): Promise<Set<string>> {
  const { pk, sk: prefix } = keys.stockpileContract(stockpile, '');
  return new Set((await table.query(pk, { prefix })).map(({ sk }) => String(sk).slice(prefix.length)));
}

/** The stockpile that a contract buys for, as its bid says. */
export async function stockpileOf(table: Table, { bid }: Pick<Contract, 'bid'>): Promise<string | undefined> {
  const body = (await table.get(keys.order(bid)))?.['body'] as { stockpile?: string } | undefined;
  return body?.stockpile;
}

/** The lot that a delivery becomes. */
export const lotOfDelivery = (delivery: string, accepted: Instant): string =>
  derivedId('stockLot', accepted, delivery);

/** What a contract's next step in the books is; nothing where they are up to date. */
export async function stockActions(
  table: Table,
  contract: Contract,
  state: ContractState,
  product: Product,
): Promise<Action[]> {
  const at = contract.events.at(-1)?.at ?? contract.concludedAt;
  const sold = contract.stockLot === undefined ? [] : await saleActions(table, contract, state, product, at);
  if (sold.length > 0) return sold;
  const corrected = await correctionActions(table, contract, state, product, at);
  if (corrected.length > 0) return corrected;
  return purchaseActions(table, contract, state, product, at);
}

async function purchaseActions(
  table: Table,
  contract: Contract,
  state: ContractState,
  product: Product,
  at: Instant,
): Promise<Action[]> {
  const stockpile = await stockpileOf(table, contract);
  if (stockpile === undefined) return [];
  const key = keys.stockpileContract(stockpile, contract.id);
  const book = contractBook(await table.get(key));
  const { inTransit = 0n, received = 0n } = book ?? {};
  const missing = expectedSteps(state, product) - received;
  const change = (missing > 0n ? missing : 0n) - inTransit;
  if (change === 0n) return [];
  return [
    putBook(key, book, { inTransit: inTransit + change, received }),
    ...moveStock({
      ...{ kind: book === undefined ? 'PURCHASE' : 'CORRECTION', stockpile, product, at },
      cause: { of: 'contract', id: contract.id, sequence: (book?.sequence ?? 0) + 1 },
      changes: { supplied: -change, 'in-transit': change },
    }),
  ];
}

/**
 * A delivery that became a lot and was corrected since: the lot with it; downwards, what of it has no claim on it, then the
 * same of what was cut off it or joined with it, a lot a step. What is left is stated, as the lot's shortfall.
 */
async function correctionActions(
  table: Table,
  contract: Contract,
  state: ContractState,
  product: Product,
  at: Instant,
): Promise<Action[]> {
  const corrected = new Set(
    contract.events.flatMap((event) => (event.type === 'delivery_corrected' ? [event.delivery] : [])),
  );
  for (const { id, finalQuantity } of state.deliveries) {
    if (!corrected.has(id) || finalQuantity === undefined) continue;
    const accepted = contract.events.find(
      (event) => event.type === 'delivery_accepted' && event.delivery === id,
    );
    const lot = accepted && (await readStockLot(table, lotOfDelivery(id, accepted.at)));
    if (lot?.source.kind !== 'delivery') continue;
    const change = wholeSteps(finalQuantity, product) - wholeSteps(lot.source.quantity, product);
    const { target, applied } =
      change < 0n ? await correctable(table, lot, -change, product) : { target: lot, applied: change };
    const actions =
      applied === 0n
        ? stated(contract, lot, { left: -change, product, at })
        : await correctedLot(table, contract, { lot, target, applied, left: -change + applied, product, at });
    if (actions.length > 0) return actions;
  }
  return [];
}

/** Where the first of what is too much can be taken from, as a negative number of steps; zero where nowhere. */
async function correctable(
  table: Table,
  lot: StockLot,
  tooMuch: bigint,
  product: Product,
): Promise<{ readonly target: StockLot; readonly applied: bigint }> {
  const taken = async (target: StockLot): Promise<bigint> => {
    const free = await unclaimedOf(table, target, product);
    return free < tooMuch ? -free : -tooMuch;
  };
  const own = await taken(lot);
  if (own < 0n) return { target: lot, applied: own };
  const others = await lotsIn(table, { id: lot.stockpile, operator: lot.owner }, product.id);
  for (const target of descendantsOf(lot.id, others)) {
    const applied = target.status === 'held' ? await taken(target) : 0n;
    if (applied < 0n) return { target, applied };
  }
  return { target: lot, applied: 0n };
}

const shortfallOf = (left: bigint, product: Product): StockLot['shortfall'] =>
  left > 0n ? massOfSteps(left, product) : undefined;

/** The shortfall of a lot, where it is not the one that it states. */
function stated(
  contract: Contract,
  lot: StockLot,
  { left, product, at }: { readonly left: bigint; readonly product: Product; readonly at: Instant },
): Action[] {
  const before = lot.shortfall === undefined ? 0n : wholeSteps(lot.shortfall, product);
  if (before === left) return [];
  const author = { subject: contract.id, at: latestOf(at, lot.recordedAt) };
  return putLot({ ...lot, shortfall: shortfallOf(left, product), ...nextVersion(lot, author) });
}

interface Correction {
  /** What the delivery became. */
  readonly lot: StockLot;
  /** What is corrected: that lot, or one that was made of it. */
  readonly target: StockLot;
  readonly applied: bigint;
  /** Of what is too much, what stays to be taken. */
  readonly left: bigint;
  readonly product: Product;
  readonly at: Instant;
}

async function correctedLot(
  table: Table,
  contract: Contract,
  { lot, target, applied, left, product, at }: Correction,
): Promise<Action[]> {
  if (lot.source.kind !== 'delivery') return [];
  const author = { subject: contract.id, at: latestOf(at, lot.recordedAt, target.recordedAt) };
  const origin: StockLot = {
    ...lot,
    source: {
      ...lot.source,
      quantity: massOfSteps(wholeSteps(lot.source.quantity, product) + applied, product),
    },
    shortfall: lot.shortfall && shortfallOf(left, product),
    ...nextVersion(lot, author),
  };
  const isOwn = target.id === lot.id;
  const next = isOwn
    ? resized(origin, applied, product)
    : { ...resized(target, applied, product), ...nextVersion(target, author) };
  const key = keys.stockpileContract(lot.stockpile, contract.id);
  const book = contractBook(await table.get(key));
  return [
    ...putLot(next),
    ...(isOwn ? [] : putLot(origin)),
    putBook(key, book, { received: (book?.received ?? 0n) + applied }),
    ...moveStock({
      ...{ kind: 'CORRECTION', stockpile: lot.stockpile, product, lot: next.id, at: author.at },
      cause: { of: 'stock-lot', id: next.id, sequence: next.version },
      changes: { supplied: -applied, free: applied },
    }),
  ];
}

async function saleActions(
  table: Table,
  contract: Contract,
  state: ContractState,
  product: Product,
  at: Instant,
): Promise<Action[]> {
  const { stockLot = '', offer, id } = contract;
  const key = keys.lotContract(stockLot, id);
  const [lot, item] = await Promise.all([readStockLot(table, stockLot), table.get(key)]);
  if (lot === undefined) throw new Error(`${id} sells from ${stockLot}, which is not there`);
  const book = contractBook(item);
  const { delivered, held } = book ?? { delivered: 0n, held: concludedSteps(contract.schedule, product) };
  const step = saleStep({ delivered, held }, state, product, await unclaimedOf(table, lot, product));
  if (step === undefined) return [];
  const author = { subject: contract.id, at: latestOf(at, lot.recordedAt) };
  const { until } = lot.encumbrances.find(({ by }) => by === offer) ?? {};
  const unheld = encumbered(lot, { kind: 'offer', by: offer, until }, -step.unheld, product);
  const next = { ...resized(unheld, step.found - step.delivered, product), ...nextVersion(lot, author) };
  const sequence = (book?.sequence ?? 0) + 1;
  return [
    ...putLot(next),
    putBook(key, book, { delivered: delivered + step.delivered, held: held - step.unheld }),
    ...moveStock({
      kind: step.delivered > 0n ? 'SALE' : step.delivered < 0n ? 'CORRECTION' : 'RELEASE_ENCUMBRANCE',
      ...{ stockpile: lot.stockpile, product, lot: lot.id, at: author.at },
      cause: { of: 'contract', id, sequence },
      changes: {
        encumbered: -step.unheld,
        free: step.unheld - step.delivered + step.found,
        delivered: step.delivered,
        supplied: -step.found,
      },
    }),
  ];
}
