import * as z from 'zod';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { entrySchema } from '../../../shared/ledger/entry.ts';
import type { Entry } from '../../../shared/ledger/entry.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import type { Product } from '../../../shared/reference/product.ts';
import type { AccountEvent, StockAccountRecord } from '../../../shared/stockpiles/account.ts';
import {
  entryOfAccount,
  entryOfLoan,
  entryOfRelease,
  movementOfAccount,
  movementOfLoan,
  releasedTo,
  reservationOf,
} from '../../../shared/stockpiles/account-effects.ts';
import { accountState, entitlementOf } from '../../../shared/stockpiles/account-state.ts';
import { carryOf } from '../../../shared/stockpiles/carry.ts';
import { loanState } from '../../../shared/stockpiles/loan-rules.ts';
import type { MovementTerms } from '../../../shared/stockpiles/movement.ts';
import { movementOf, movementSchema } from '../../../shared/stockpiles/movement.ts';
import { decidedShares, reserveFloor } from '../../../shared/stockpiles/release-rules-applied.ts';
import type { StockRelease } from '../../../shared/stockpiles/release.ts';
import { approvalsNeeded } from '../../../shared/stockpiles/release.ts';
import { wholeSteps } from '../../../shared/stockpiles/steps.ts';
import type { Stockpile } from '../../../shared/stockpiles/stockpile.ts';
import { productRules } from '../../../shared/stockpiles/stockpile.ts';
import { valueOf, defaultValue } from '../../../shared/stockpiles/value.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import { levelProblem, plain } from './found-level.ts';
import { checkLentLots, checkLoan } from './stock-loans.ts';

interface Expected {
  readonly movements: Map<string, string>;
  readonly entries: Map<string, string>;
  /** Steps by account, stockpile and product (`entitled stp_…|ndpr`). */
  readonly held: Map<string, bigint>;
}

/**
 * Members' accounts, loans and releases: their events folded, and held against what moved, what is owed, and what the
 * stockpile has on the accounts that stand for them.
 */
export function* checkStockRecords(evidence: Evidence): Generator<Finding> {
  const expected: Expected = { movements: new Map(), entries: new Map(), held: new Map() };
  for (const record of [
    ...evidence.stockAccounts.values(),
    ...evidence.stockLoans.values(),
    ...evidence.releases.values(),
  ]) {
    const product = evidence.product(record.product);
    if (product === undefined) {
      yield finding('unreadable', `STOCK#${record.id}`, `there is no product ${record.product}`);
      continue;
    }
    try {
      if ('found' in record) {
        expectRelease(record, product, expected);
        yield* decision(evidence, record, product);
      } else if ('member' in record) {
        expectAccount(record, product, expected);
        yield* amounts(record, product);
      } else {
        for (const [index, event] of record.events.entries()) {
          moved(expected, movementOfLoan(record, event, index + 1, product));
          owed(expected, entryOfLoan(record, event, index + 1));
        }
        add(expected, `lent ${record.stockpile}|${product.id}`, loanState(record, product).outstanding);
        yield* checkLoan(evidence, record, product);
      }
    } catch (error) {
      yield finding('stock_entitlements', `STOCK#${record.id}`, String(error));
    }
  }
  yield* checkLentLots(evidence);
  yield* against(evidence, expected);
  yield* balances(evidence, expected);
}

const add = ({ held }: Expected, key: string, steps: bigint): void => {
  held.set(key, (held.get(key) ?? 0n) + steps);
};

function moved({ movements }: Expected, terms: MovementTerms | undefined): void {
  if (terms === undefined) return;
  const movement = movementOf(terms);
  movements.set(movement.id, canonicalJson(z.encode(movementSchema, movement)));
}

const textOf = (entry: Entry): string => canonicalJson(z.encode(entrySchema, entry));
function owed({ entries }: Expected, entry: Entry | undefined): void {
  if (entry !== undefined) entries.set(entry.id, textOf(entry));
}

function expectAccount(account: StockAccountRecord, product: Product, expected: Expected): void {
  for (const [index, event] of account.events.entries()) {
    moved(expected, movementOfAccount(account, event, index + 1, product));
    owed(expected, entryOfAccount(account, event, index + 1));
  }
  const state = accountState(account, product);
  add(expected, `entitled ${account.stockpile}|${product.id}`, entitlementOf(state));
}

/** Carry, repurchases and defaults cost what the account, as it stood then, comes to. */
function* amounts(account: StockAccountRecord, product: Product): Generator<Finding> {
  for (const [index, event] of account.events.entries()) {
    const before = { ...account, events: account.events.slice(0, index) };
    const amount = amountOf(before, event, product);
    if (
      amount !== undefined &&
      'amount' in event &&
      canonicalJson(plain(amount)) !== canonicalJson(plain(event.amount))
    )
      yield finding('stock_amounts', `STOCK#${account.id}`, `event ${index + 1} does not cost what it says`);
  }
}

function amountOf(before: StockAccountRecord, event: AccountEvent, product: Product) {
  if (event.type === 'carried') return carryOf(before, event.quarter, product);
  if (event.type === 'repurchased')
    return valueOf(wholeSteps(event.quantity, product), before.inventoryPrice, product);
  if (event.type === 'not-replenished')
    return defaultValue(wholeSteps(event.quantity, product), before, event.market, product);
  return undefined;
}

function expectRelease(release: StockRelease, product: Product, expected: Expected): void {
  const { decided } = release;
  if (decided === undefined) return;
  const at = release.approvals.at(-1)!.at;
  const total = wholeSteps(decided.total, product);
  moved(expected, reservationOf(release, { total, at }, product));
  for (const [place, allocation] of decided.allocations.entries()) {
    if (allocation.deliveredAt === undefined) continue;
    moved(expected, releasedTo(release, allocation, place, product));
    owed(expected, entryOfRelease(release, allocation));
  }
}

/** Two administrators, level 3 by the assessment on record and the rules then published, shares as they must be. */
function* decision(evidence: Evidence, release: StockRelease, product: Product): Generator<Finding> {
  const subject = `STOCK#${release.id}`;
  const stockpile = evidence.references.get(`stockpile ${release.stockpile}`)?.head as Stockpile | undefined;
  for (const [index, found] of release.found.entries()) {
    const wrong = levelProblem(evidence, release, index + 1, found);
    if (wrong !== undefined) yield finding('stock_release', subject, wrong);
  }
  const { decided, approvals, proposedBy, found } = release;
  if (decided === undefined) return;
  const people = new Set([proposedBy, ...approvals.map(({ by }) => by)]);
  if (approvals.length !== approvalsNeeded || people.size !== approvalsNeeded + 1)
    yield finding('stock_release', subject, 'not approved by two others than its proposer');
  if (found.some(({ level }) => level < 3)) yield finding('stock_release', subject, 'below level 3');
  const floorRules = stockpile && productRules(stockpile, product.id, dateOf(approvals.at(-1)?.at ?? ''));
  const floor = floorRules && reserveFloor(floorRules, product);
  if (floor?.ok !== true || floor.value !== wholeSteps(decided.reserveFloor, product))
    yield finding('stock_release', subject, 'another reserve floor than the rules then published');
  const shares = decidedShares(decided, wholeSteps(release.quantity, product), product);
  const told = decided.allocations.map(({ quantity }) => wholeSteps(quantity, product));
  if (canonicalJson(shares.map(String)) !== canonicalJson(told.map(String)))
    yield finding('stock_release', subject, 'not shared as verified need, caps and reserve floor say');
}

/** What moved and what is owed because of these records, and nothing else did or is. */
function* against(evidence: Evidence, expected: Expected): Generator<Finding> {
  const { movements, entries } = expected;
  for (const { key, movement } of evidence.movementItems) {
    if (!['account', 'loan', 'release'].includes(movement.cause.of)) continue;
    if (movements.get(movement.id) !== canonicalJson(z.encode(movementSchema, movement)))
      yield finding('stock_acts', key, 'nothing on record moved so much');
    movements.delete(movement.id);
  }
  for (const id of movements.keys()) yield finding('stock_acts', id, 'it is on record, and nothing moved');
  for (const entry of evidence.entries) {
    const { cause } = entry;
    if (!('account' in cause || 'loan' in cause || 'release' in cause)) continue;
    if (entries.get(entry.id) !== textOf(entry))
      yield finding('stock_acts', `LEDGER#${entry.id}`, 'nothing on record owes so much');
    entries.delete(entry.id);
  }
  for (const id of entries.keys())
    yield finding('stock_acts', `LEDGER#${id}`, 'it is on record, and not posted');
}

/** What a stockpile holds for its members, and has lent, is what the records say. */
function* balances(evidence: Evidence, { held }: Expected): Generator<Finding> {
  for (const [place, { balances: stated }] of evidence.stock)
    for (const account of ['entitled', 'lent'] as const) {
      const steps = held.get(`${account} ${place}`) ?? 0n;
      if (stated[account] !== steps)
        yield finding(
          'stock_entitlements',
          `STOCKPILE#${place.replace('|', ' ')}`,
          `${account}: ${stated[account]} stated, ${steps} by accounts and loans`,
        );
    }
}
