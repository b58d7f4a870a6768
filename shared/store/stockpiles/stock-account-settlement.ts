import { ok } from '../../kernel/result.ts';
import type { Clock, Instant } from '../../kernel/time.ts';
import { repurchased, whatIsDue } from '../../stockpiles/account-rules.ts';
import type { AccountEvent } from '../../stockpiles/account.ts';
import { issuedSteps, issueFrom } from '../../stockpiles/issue.ts';
import type { Plan } from '../table/effect.ts';
import { performAll } from '../table/effect.ts';
import { marketPrice } from '../prices/recent-prices.ts';
import { productOf } from '../reference/reference.ts';
import { accountAuthor, appendToAccount, readStockAccount } from './stock-accounts.ts';
import { heldLots, mostLotsIssued, partsOf, takeOut } from './stock-issue.ts';
import type { Table } from '../table/table.ts';

/** More than an account can have due at once. */
const maximumSteps = 500;

/** Does what is due on an account, each event once whoever else does it at the same time; answers what was done. */
export const settleAccount = (table: Table, clock: Clock, id: string): Promise<AccountEvent[]> =>
  performAll(table, () => duePlan(table, clock(), id), { of: id, most: maximumSteps });

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
    if (due.kind === 'event')
      return ok({ actions: appendToAccount(held, due.event).actions, value: due.event });
    const lots = await heldLots(table, { id: account.stockpile, operator: account.operator }, product.id);
    // In parts, where there are more lots than one transaction takes.
    const out = issueFrom(lots, due.steps, product, { mostLots: mostLotsIssued });
    if (out.length === 0) throw new Error(`nothing is found of what ${id} is entitled to`);
    const parts = { lots: partsOf(out, product) };
    const event = repurchased(account, issuedSteps(out), parts, product, author);
    if (!event.ok) return event;
    return ok({
      actions: [...appendToAccount(held, event.value).actions, ...takeOut(out, author, product)],
      value: event.value,
    });
  };
