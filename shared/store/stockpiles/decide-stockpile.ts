import { problem } from '../../kernel/problem.ts';
import { fail } from '../../kernel/result.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import {
  approvedStockpile,
  closingDecided,
  closingStockpile,
  rejectedStockpile,
} from '../../stockpiles/stockpile-lifecycle.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { whatIsLeft } from './stockpile-contents.ts';
import { authorOfStockpile, noSuchStockpile, readStockpile, recordedStockpile } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

/** What is proposed of it takes effect, or is off. Errors: not_found, invalid_state, second_approval_required. */
export const decideOnStockpile =
  (table: Table, act: Act, id: string, decision: 'approve' | 'reject'): Plan<Stockpile> =>
  async () => {
    const present = await readStockpile(table, id);
    if (present === undefined) return fail(noSuchStockpile);
    const author = authorOfStockpile(act, present);
    if (present.status === 'closing') {
      // What had begun when it was asked may still have brought something in.
      const left = decision === 'approve' ? await whatIsLeft(table, present, act.at) : undefined;
      return left === undefined
        ? recordedStockpile(closingDecided(present, decision === 'approve', author))
        : fail(notEmpty(left));
    }
    const step = decision === 'approve' ? approvedStockpile : rejectedStockpile;
    return recordedStockpile(step(present, author));
  };

const notEmpty = (left: string) =>
  problem('invalid_state', `The stockpile is not empty: ${left}. It is closed when nothing is left in it.`);

/** The operator asks to close its stockpile, in which nothing is left. Errors: not_found, invalid_state. */
export const closeStockpile =
  (table: Table, act: Act, id: string, reason: string): Plan<Stockpile> =>
  async () => {
    const present = await readStockpile(table, id);
    if (present?.operator !== act.organisation) return fail(noSuchStockpile);
    const next = closingStockpile(present, reason, authorOfStockpile(act, present));
    if (!next.ok) return next;
    const left = await whatIsLeft(table, present, act.at);
    return left === undefined ? recordedStockpile(next) : fail(notEmpty(left));
  };
