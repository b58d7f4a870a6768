import { ok } from '../../kernel/result.ts';
import type { Clock, Instant } from '../../kernel/time.ts';
import { loanState, whatIsDueOnLoan } from '../../stockpiles/loan-rules.ts';
import type { LoanEvent } from '../../stockpiles/loan.ts';
import type { Plan } from '../table/effect.ts';
import { performAll } from '../table/effect.ts';
import { marketPrice } from '../prices/recent-prices.ts';
import { productOf } from '../reference/reference.ts';
import { lotsFreed, lotsGone } from './stock-loan-lots.ts';
import { appendToLoan, isAsRead, loanAuthor, readStockLoan } from './stock-loans.ts';
import type { Table } from '../table/table.ts';

/** More than a loan can have due at once. */
const maximumSteps = 10;

/** Does what is due on a loan, each event once whoever else does it at the same time; answers what was done. */
export const settleLoan = (table: Table, clock: Clock, id: string): Promise<LoanEvent[]> =>
  performAll(table, () => duePlan(table, clock(), id), { of: id, most: maximumSteps });

const duePlan =
  (table: Table, now: Instant, id: string): Plan<LoanEvent | undefined> =>
  async () => {
    const loan = await readStockLoan(table, id);
    if (loan === undefined) throw new Error(`${id} is due, and not there`);
    const product = await productOf(table, loan.product);
    const held = { loan, product };
    const author = loanAuthor({ subject: 'settlement', at: now }, loan);
    const event = whatIsDueOnLoan(loan, await marketPrice(table, product.id, now), product, author);
    if (event === undefined) return ok({ actions: [], value: undefined });
    const beside =
      event.type === 'lapsed'
        ? await lotsFreed(table, held, author)
        : event.type === 'not-returned'
          ? await lotsGone(table, held, loanState(loan, product).outstanding, author)
          : () => [];
    if (!(await isAsRead(table, loan))) return duePlan(table, now, id)();
    const effect = appendToLoan(held, event, beside());
    return effect.ok ? ok({ ...effect.value, value: event }) : effect;
  };
