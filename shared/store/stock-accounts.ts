import { digitsOf } from '../kernel/money.ts';
import type { Problem } from '../kernel/problem.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { dateOf, latestOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { ownPrice } from '../pricing/product-terms.ts';
import type { Caller } from '../reference/caller.ts';
import { seesAll } from '../reference/caller.ts';
import type { Product } from '../reference/product.ts';
import type { AccountEvent, AccountTerms, MarketPrice, StockAccountRecord } from '../stockpiles/account.ts';
import { entryOfAccount, movementOfAccount } from '../stockpiles/account-effects.ts';
import {
  allocated,
  decided,
  drawn,
  mayTake,
  nextDay,
  repurchased,
  transferred,
  whatIsDue,
} from '../stockpiles/account-rules.ts';
import { issueFrom, issuedSteps } from '../stockpiles/issue.ts';
import { massOfSteps, stepsOf } from '../stockpiles/steps.ts';
import { productRules } from '../stockpiles/stockpile.ts';
import type { Act } from './act.ts';
import type { Action } from './action.ts';
import type { Effect, Plan } from './effect.ts';
import { perform } from './effect.ts';
import { postEntry } from './ledger.ts';
import { productOf } from './orders.ts';
import { recentPrices } from './recent-prices.ts';
import { readProduct } from './reference.ts';
import { gradeOfLots } from './stock-grade.ts';
import { heldLots, mostLotsIssued, partsOf, takeOut } from './stock-issue.ts';
import { moveStock } from './stock-movements.ts';
import { accountRecords, putStockRecord, readStockRecord } from './stock-records.ts';
import { ownStockpile } from './stockpiles.ts';
import type { Table } from './table.ts';

export const noSuchAccount = problem('not_found', 'There is no such account.');

/** An account with its product: what its state is read by. */
export interface HeldAccount {
  readonly account: StockAccountRecord;
  readonly product: Product;
}

export const readStockAccount = (table: Table, id: string): Promise<StockAccountRecord | undefined> =>
  readStockRecord(table, accountRecords, id);

/** For its member, the stockpile's operator, administrators and auditors. Errors: not_found. */
export async function visibleAccount(table: Table, caller: Caller, id: string): Promise<Result<HeldAccount>> {
  const account = await readStockAccount(table, id);
  const visible =
    account !== undefined &&
    (seesAll(caller) || [account.member, account.operator].includes(caller.organisation));
  return visible ? ok({ account, product: await productOf(table, account.product) }) : fail(noSuchAccount);
}

/**
 * Offers a member an account in the caller's stockpile. Errors: not_found, invalid_state, unknown_reference, invalid_request,
 * currency_mismatch, unit_not_convertible, off_lot, off_tick.
 */
export const offerAccount =
  (table: Table, act: Act, stockpileId: string, terms: AccountTerms): Plan<HeldAccount> =>
  async () => {
    const stockpile = await ownStockpile(table, act.organisation, stockpileId);
    if (!stockpile.ok) return stockpile;
    const product = await readProduct(table, terms.product);
    if (product === undefined || productRules(stockpile.value, product.id, dateOf(act.at)) === undefined)
      return fail(fieldProblem('unknown_reference', '/product', 'The stockpile holds no such product.'));
    const wrong = termsProblem(terms, act, product);
    if (wrong !== undefined) return fail(wrong);
    const committed = stepsOf(terms.committed, product, '/committed');
    if (!committed.ok) return committed;
    const price = ownPrice(terms.inventoryPrice, product, 'half-even');
    if (!price.ok) return fail(at(price.problem, '/price', '/inventoryPrice'));
    const account: StockAccountRecord = {
      ...terms,
      ...{ committed: massOfSteps(committed.value, product), inventoryPrice: price.value },
      ...{ id: act.newId('account'), stockpile: stockpileId, operator: act.organisation },
      ...{ offeredAt: act.at, offeredBy: act.subject, events: [] },
    };
    return ok({ actions: putStockRecord(accountRecords, account), value: { account, product } });
  };

const at = ({ code, detail, errors }: Problem, from: string, to: string): Problem =>
  fieldProblem(code, (errors?.[0]?.pointer ?? from).replace(from, to), detail);

function termsProblem(
  { member, entryFee, term }: AccountTerms,
  act: Act,
  product: Product,
): Problem | undefined {
  if (member === act.organisation)
    return fieldProblem('invalid_request', '/member', 'An operator is no member of its own stockpile.');
  if (entryFee.currency !== product.currency)
    return fieldProblem(
      'currency_mismatch',
      '/entryFee/currency',
      `This product trades in ${product.currency}.`,
    );
  if (entryFee.amount.scale > digitsOf(entryFee.currency))
    return fieldProblem('invalid_request', '/entryFee/amount', 'Below the minor unit of the currency.');
  if (term <= dateOf(act.at)) return fieldProblem('invalid_request', '/term', 'Must be a day to come.');
  return undefined;
}

/** The actions that one event more of an account comes to: the record, what moves, what is owed. */
function appended(
  { account, product }: HeldAccount,
  event: AccountEvent,
): {
  readonly actions: Action[];
  readonly account: StockAccountRecord;
} {
  const next = { ...account, events: [...account.events, event] };
  const movement = movementOfAccount(next, event, next.events.length, product);
  const entry = entryOfAccount(next, event, next.events.length);
  return {
    account: next,
    actions: [
      ...putStockRecord(accountRecords, next, nextDay(next, product)),
      ...(movement === undefined ? [] : moveStock(movement)),
      ...(entry === undefined ? [] : postEntry(entry)),
    ],
  };
}

export const accountAuthor = (
  { subject, at: now }: { readonly subject: string; readonly at: Instant },
  ...accounts: readonly StockAccountRecord[]
): Author => ({
  subject,
  at: latestOf(now, ...accounts.flatMap(({ offeredAt, events }) => [offeredAt, events.at(-1)?.at])),
});

const effect = (
  held: HeldAccount,
  event: AccountEvent,
  beside: readonly Action[] = [],
): Result<Effect<HeldAccount>> => {
  const { account, actions } = appended(held, event);
  return ok({
    actions: [...actions, ...beside],
    value: { account, product: held.product },
    refused: shortOf,
  });
};

/** A balance that does not suffice is not there on a second look, either; anything else is looked at again. */
const shortOf = ({ action }: { readonly action: string }): Problem | 'again' =>
  action === 'stockBalance'
    ? problem('stock_insufficient', 'There is not so much in the stockpile.')
    : 'again';

type Rule = (
  held: HeldAccount,
  author: Author,
) => Promise<Result<{ readonly event: AccountEvent; readonly beside?: readonly Action[] }>>;

/** Whose act it is decides for whom the account exists. */
const onAccount =
  (table: Table, act: Act, id: string, whose: 'member' | 'operator', rule: Rule): Plan<HeldAccount> =>
  async () => {
    const account = await readStockAccount(table, id);
    if (account?.[whose] !== act.organisation) return fail(noSuchAccount);
    const held = { account, product: await productOf(table, account.product) };
    const ruled = await rule(held, accountAuthor(act, account));
    return ruled.ok ? effect(held, ruled.value.event, ruled.value.beside) : ruled;
  };

/** The member takes what it was offered, or does not. Errors: not_found, invalid_state. */
export const decideOnAccount = (
  table: Table,
  act: Act,
  id: string,
  decision: 'accepted' | 'declined',
): Plan<HeldAccount> =>
  onAccount(table, act, id, 'member', ({ account }, author) => {
    const event = decided(account, decision, author);
    return Promise.resolve(event.ok ? ok({ event: event.value }) : event);
  });

/**
 * The operator makes so much of what lies free the member's to draw. Errors: not_found, invalid_state, entitlement_exceeded,
 * stock_insufficient, unit_not_convertible, off_lot.
 */
export const allocateTo = (table: Table, act: Act, id: string, quantity: Quantity): Plan<HeldAccount> =>
  onAccount(table, act, id, 'operator', ({ account, product }, author) => {
    const steps = stepsOf(quantity, product);
    if (!steps.ok) return Promise.resolve(steps);
    const event = allocated(account, steps.value, product, author);
    return Promise.resolve(event.ok ? ok({ event: event.value }) : event);
  });

/** The lots that an account's material comes out of. Errors: stock_insufficient. */
async function issued(table: Table, { account, product }: HeldAccount, steps: bigint) {
  const lots = await heldLots(table, { id: account.stockpile, operator: account.operator }, product.id);
  const found = issueFrom(lots, steps, product, { mostLots: mostLotsIssued });
  return issuedSteps(found) === steps
    ? ok(found)
    : fail(
        problem(
          'stock_insufficient',
          `Not so much lies in ${mostLotsIssued} lots: take less at once, or merge lots.`,
        ),
      );
}

/**
 * The member takes material out, to be replenished, or to keep at the inventory price. Errors: not_found, invalid_state,
 * replenishment_overdue, entitlement_exceeded, stock_insufficient, unit_not_convertible, off_lot.
 */
export const takeFrom = (
  table: Table,
  act: Act,
  id: string,
  quantity: Quantity,
  how: 'draw' | 'repurchase',
): Plan<HeldAccount> =>
  onAccount(table, act, id, 'member', async (held, author) => {
    const { account, product } = held;
    const steps = stepsOf(quantity, product);
    if (!steps.ok) return steps;
    const may = mayTake(account, steps.value, product, author);
    if (!may.ok) return may;
    const lots = await issued(table, held, steps.value);
    if (!lots.ok) return lots;
    const out = {
      lots: partsOf(lots.value, product),
      grade: await gradeOfLots(
        table,
        lots.value.map(({ lot }) => lot),
      ),
    };
    const rule = how === 'draw' ? drawn : repurchased;
    const event = rule(account, steps.value, out, product, author);
    return event.ok ? ok({ event: event.value, beside: takeOut(lots.value, author, product) }) : event;
  });

/** Runs a rule of the operator's on an account: what `stock-returns.ts` does with what comes back. */
export const byOperator = (table: Table, act: Act, id: string, rule: Rule): Plan<HeldAccount> =>
  onAccount(table, act, id, 'operator', rule);

/**
 * The member passes entitlement on to another's account on the same terms. Errors: not_found, unknown_reference,
 * invalid_state, replenishment_overdue, entitlement_exceeded, unit_not_convertible, off_lot.
 */
export const transferTo =
  (
    table: Table,
    act: Act,
    id: string,
    { to, quantity }: { readonly to: string; readonly quantity: Quantity },
  ): Plan<HeldAccount> =>
  async () => {
    const [from, other] = await Promise.all([readStockAccount(table, id), readStockAccount(table, to)]);
    if (from?.member !== act.organisation) return fail(noSuchAccount);
    // Of other stockpiles' accounts nothing is told, not even that they are.
    if (other?.stockpile !== from.stockpile)
      return fail(fieldProblem('unknown_reference', '/to', 'The stockpile has no such account.'));
    const product = await productOf(table, from.product);
    const steps = stepsOf(quantity, product);
    if (!steps.ok) return steps;
    const author = accountAuthor(act, from, other);
    const passed = transferred(from, other, steps.value, product, author);
    if (!passed.ok) return passed;
    const out = appended({ account: from, product }, passed.value.out);
    const into = appended({ account: other, product }, passed.value.in);
    return ok({ actions: [...out.actions, ...into.actions], value: { account: out.account, product } });
  };

/** The newest price that is known of a product, for what is not given back in kind. */
export async function marketPrice(table: Table, product: string, now: Instant): Promise<MarketPrice | null> {
  const [newest] = await recentPrices(table, product, now, false);
  return newest === undefined ? null : { ...newest };
}

/** More than an account can have due at once. */
const maximumSteps = 500;

/**
 * Does what is due on an account, one transaction after another; answers what was done. It may be stopped and run twice at
 * once: each event is appended once.
 */
export async function settleAccount(table: Table, clock: () => Instant, id: string): Promise<AccountEvent[]> {
  const done: AccountEvent[] = [];
  for (let turn = 1; turn <= maximumSteps; turn += 1) {
    const settled = await perform(table, duePlan(table, clock(), id));
    if (!settled.ok) throw new Error(settled.problem.detail);
    if (settled.value === undefined) return done;
    done.push(settled.value);
  }
  throw new Error(`${id} does not come to rest`);
}

const duePlan =
  (table: Table, now: Instant, id: string): Plan<AccountEvent | undefined> =>
  async () => {
    const account = await readStockAccount(table, id);
    if (account === undefined) throw new Error(`${id} is due, and not there`);
    const product = await productOf(table, account.product);
    const held = { account, product };
    const author = accountAuthor({ subject: 'settlement', at: now }, account);
    const due = whatIsDue(account, await marketPrice(table, product.id, now), product, author);
    if (due === undefined) return ok({ actions: [], value: undefined });
    if (due.kind === 'event') return ok({ actions: appended(held, due.event).actions, value: due.event });
    const lots = await heldLots(table, { id: account.stockpile, operator: account.operator }, product.id);
    // In parts, where there are more lots than one transaction takes.
    const out = issueFrom(lots, due.steps, product, { mostLots: mostLotsIssued });
    if (out.length === 0) throw new Error(`nothing is found of what ${id} is entitled to`);
    const parts = { lots: partsOf(out, product) };
    const event = repurchased(account, issuedSteps(out), parts, product, author);
    if (!event.ok) return event;
    return ok({
      actions: [...appended(held, event.value).actions, ...takeOut(out, author, product)],
      value: event.value,
    });
  };
