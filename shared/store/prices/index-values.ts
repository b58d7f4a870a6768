import { problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { hasBegun } from '../../kernel/quarter.ts';
import { dateOf } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import type { IndexValue, IndexValueTerms } from '../../pricing/index-value.ts';
import { indexValueTermsSchema, ofIndexValueId } from '../../pricing/index-value.ts';
import { without } from '../../kernel/without.ts';
import type { Act } from '../table/act.ts';
import { proposeChange } from '../reference/changes.ts';
import { authorUnder, readGuard } from '../reference/configuration.ts';
import type { Plan } from '../table/effect.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { readReference } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

/**
 * Proposes what an index was in a quarter, or what it is found to have been: another administrator always decides, since
 * what strikes are follows from it. What was settled by an earlier version stays as it was. Errors: precondition_failed,
 * invalid_state (the quarter has not begun).
 */
export const putIndexValue =
  (
    table: Table,
    act: Act,
    id: string,
    terms: IndexValueTerms,
    expected?: ExpectedVersion,
  ): Plan<Put<IndexValue>> =>
  async () => {
    const guard = await readGuard(table);
    const present = await readReference(table, 'index-value', id);
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    const stands =
      present &&
      without<IndexValue, Exclude<keyof IndexValue, keyof IndexValueTerms>>(
        present,
        ...(['id', 'index', 'quarter', 'version', 'recordedAt', 'recordedBy'] as const),
      );
    if (present !== undefined && stands !== undefined && saysTheSame(indexValueTermsSchema, stands, terms))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    if (!hasBegun(ofIndexValueId(id).quarter, dateOf(act.at)))
      return fail(problem('invalid_state', 'The quarter has not begun.'));
    const author = authorUnder(guard, act, present);
    return ok(
      proposeChange(guard, author, {
        ...{ kind: 'index-value', id: act.newId('change'), target: id },
        ...{ basedOn: present?.version ?? 0, proposed: terms },
      }),
    );
  };
