import { fieldProblem, problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { nextVersion } from '../../kernel/version.ts';
import { entryOfRelease, releasedTo } from '../../stockpiles/account-effects.ts';
import { encumbered, resized } from '../../stockpiles/lots.ts';
import type { StockRelease } from '../../stockpiles/release.ts';
import { wholeSteps } from '../../stockpiles/steps.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { postEntry } from '../contracts/ledger.ts';
import { productOf } from '../reference/reference.ts';
import { changeLots, readIssued } from './stock-issue.ts';
import { moveStock } from './stock-movements.ts';
import { putStockRecord, releaseRecords } from './stock-records.ts';
import { releaseAuthor, noSuchRelease, readRelease } from './stock-releases.ts';
import type { Table } from '../table/table.ts';

/**
 * The operator hands an organisation's share over: it leaves the warehouse and is owed. Once for each. Errors: not_found,
 * invalid_state.
 */
export const deliverRelease =
  (table: Table, act: Act, id: string, organisation: string): Plan<StockRelease> =>
  async () => {
    const release = await readRelease(table, id);
    if (release?.operator !== act.organisation) return fail(noSuchRelease);
    const { decided } = release;
    if (decided === undefined) return fail(problem('invalid_state', `The release is ${release.status}.`));
    const place = decided.allocations.findIndex((each) => each.organisation === organisation);
    const allocation = decided.allocations[place];
    if (allocation === undefined || allocation.quantity.amount.units === 0n)
      return fail(fieldProblem('invalid_state', '/organisation', 'Nothing was released to it.'));
    if (allocation.deliveredAt !== undefined)
      return fail(problem('invalid_state', 'It has been handed over already.'));
    const author = releaseAuthor(act, release);
    const product = await productOf(table, release.product);
    const handed = { ...allocation, deliveredAt: author.at, deliveredBy: author.subject };
    const allocations = decided.allocations.with(place, handed);
    const isDone = allocations.every(
      (each) => each.deliveredAt !== undefined || each.quantity.amount.units === 0n,
    );
    const next: StockRelease = {
      ...release,
      status: isDone ? 'completed' : 'approved',
      decided: { ...decided, allocations },
      ...nextVersion(release, author),
    };
    const issued = await readIssued(
      table,
      allocation.lots.map(({ lot, quantity }) => ({ lot, steps: wholeSteps(quantity, product) })),
    );
    // Lots that another hand-over has taken from meanwhile do not fit the release that was read before them.
    if ((await readRelease(table, id))?.version !== release.version)
      return deliverRelease(table, act, id, organisation)();
    const entry = entryOfRelease(next, handed);
    return ok({
      actions: [
        ...putStockRecord(releaseRecords, next),
        ...moveStock(releasedTo(next, handed, place, product)),
        ...(entry === undefined ? [] : postEntry(entry)),
        ...changeLots(issued, author, (lot, steps) =>
          resized(encumbered(lot, { kind: 'release', by: id }, -steps, product), -steps, product),
        ),
      ],
      value: next,
    });
  };
