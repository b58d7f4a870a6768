import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Author } from '../../kernel/version.ts';
import {
  allocated,
  decided,
  drawn,
  mayTake,
  replenished,
  repurchased,
  transferred,
} from '../../stockpiles/account-rules.ts';
import type { AccountEvent } from '../../stockpiles/account.ts';
import { issuedSteps, issueFrom } from '../../stockpiles/issue.ts';
import { stepsOf } from '../../stockpiles/steps.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import type { Effect, Plan } from '../table/effect.ts';
import { productOf } from '../reference/reference.ts';
import type { HeldAccount } from './stock-accounts.ts';
import { accountAuthor, appendToAccount, noSuchAccount, readStockAccount } from './stock-accounts.ts';
import { gradeOfLots, gradeStandards } from './stock-grade.ts';
import { heldLots, mostLotsIssued, partsOf, takeOut } from './stock-issue.ts';
import { putLot } from './stock-lots.ts';
import type { ReturnTerms } from './stock-returns.ts';
import { returnedLot } from './stock-returns.ts';
import type { Table } from '../table/table.ts';

const effect = (
  held: HeldAccount,
  event: AccountEvent,
  beside: readonly Action[] = [],
): Result<Effect<HeldAccount>> => {
  const { account, actions } = appendToAccount(held, event);
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

/**
 * The operator has received what replaces a draw. Errors: not_found, invalid_state, entitlement_exceeded, grade_too_low, and
 * those of `returnedLot`.
 */
export const replenish = (
  table: Table,
  act: Act,
  id: string,
  { draw, ...terms }: ReturnTerms & { readonly draw: number },
): Plan<HeldAccount> =>
  onAccount(table, act, id, 'operator', async ({ account, product }, author) => {
    const { stockpile, operator, inventoryPrice } = account;
    const of = { stockpile, operator, inventoryPrice, source: { account: account.id }, pointer: '' };
    const came = await returnedLot(table, act, terms, of, product, author);
    if (!came.ok) return came;
    const { lot, steps } = came.value;
    const back = { draw, steps, lot: lot.id, came: came.value.came };
    const event = replenished(account, back, await gradeStandards(table, stockpile), product, author);
    return event.ok ? ok({ event: event.value, beside: putLot(lot) }) : event;
  });

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
    const out = appendToAccount({ account: from, product }, passed.value.out);
    const into = appendToAccount({ account: other, product }, passed.value.in);
    return ok({ actions: [...out.actions, ...into.actions], value: { account: out.account, product } });
  };
