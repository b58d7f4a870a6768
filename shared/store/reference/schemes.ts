import { fieldProblem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf, isStanding } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Scheme, SchemeTerms } from '../../standards/scheme.ts';
import { schemeTermsSchema } from '../../standards/scheme.ts';
import { levelsAsked } from '../../standards/scope.ts';
import type { Act } from '../table/act.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from '../table/effect.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { readAll, readReference, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion, termsOf } from '../table/versioned.ts';

/**
 * Describes a scheme. Errors: precondition_failed; invalid_state where a standards rule that has not ended asks
 * for a level that the scheme would no longer have.
 */
export const putScheme =
  (table: Table, act: Act, id: string, terms: SchemeTerms, expected?: ExpectedVersion): Plan<Put<Scheme>> =>
  async () => {
    const guard = await readGuard(table);
    const [present, rules] = await Promise.all([
      readReference(table, 'scheme', id),
      readAll(table, 'standards'),
    ]);
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    if (present !== undefined && saysTheSame(schemeTermsSchema, termsOf(present), terms))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    const author = authorUnder(guard, act, present);
    const standing = rules.filter((rule) => isStanding(rule, dateOf(author.at)));
    for (const level of levelsAsked(standing, id))
      if (!terms.levels.includes(level))
        return fail(
          fieldProblem('invalid_state', '/levels', `A standards rule asks for the level ${level}.`),
        );
    const record = { ...terms, id, ...nextVersion(present, author) };
    return ok({
      actions: [configurationMoves(guard, author), ...recordVersion(referenceSeries.scheme, record)],
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };
