import type { Instant } from '../../kernel/time.ts';
import { instantOf, latestOf, millisecondsOf } from '../../kernel/time.ts';
import type { Author, Recorded } from '../../kernel/version.ts';
import type { Act } from '../table/act.ts';
import type { Clause } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import type { Action } from '../table/action.ts';
import type { Table } from '../table/table.ts';

/**
 * Floors, rules, zones, schemes and products are checked against each other (no destination in two zones that
 * both have floors, no two floors on one day). So every change that such a check decides about moves one counter
 * on, under the condition that it still stands where it stood before the checks read anything: of two that race,
 * one is made anew and sees the other.
 */
export interface ConfigurationGuard {
  readonly revision: number;
  /** Nothing is recorded before this instant any more. */
  readonly at: Instant | undefined;
}

/** To be read before anything that the change depends on. */
export async function readGuard(table: Table): Promise<ConfigurationGuard> {
  const item = await table.get(keys.configuration());
  return {
    revision: Number(item?.['revision'] ?? 0n),
    at: item === undefined ? undefined : String(item['at']),
  };
}

/** Who writes, at an instant that is after nothing recorded yet: versions are in order of time across records. */
export const authorUnder = (
  guard: ConfigurationGuard,
  act: Act,
  ...records: readonly (Recorded | undefined)[]
): Author => ({
  subject: act.subject,
  at: latestOf(act.at, guard.at, ...records.map((record) => record?.recordedAt)),
});

/** Moves the counter on; refused if somebody else did meanwhile. */
export const configurationMoves = (guard: ConfigurationGuard, author: Author): Action =>
  move(guard.revision + 1, author.at, revisionIs(guard.revision));

const move = (revision: number, at: Instant, condition: Clause): Action => ({
  name: 'configuration',
  update: keys.configuration(),
  set: {
    expression: 'SET #revision = :next, #at = :at',
    names: { '#revision': 'revision', '#at': 'at' },
    values: { ':next': revision, ':at': at },
  },
  conditions: [condition],
});

const revisionIs = (revision: number): Clause =>
  revision === 0
    ? { name: 'revisionIs', expression: 'attribute_not_exists(pk)' }
    : {
        name: 'revisionIs',
        expression: '#revision = :revision',
        names: { '#revision': 'revision' },
        values: { ':revision': revision },
      };

/**
 * From now on nothing of the configuration is recorded at or before `at`, not even by a change that is under way
 * with an earlier time: what a clearing reads as of its gate closure is what everybody will read of that instant.
 */
export async function sealConfiguration(table: Table, at: Instant): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const guard = await readGuard(table);
    if (guard.at !== undefined && guard.at > at) return;
    const sealed = instantOf(millisecondsOf(at) + 1);
    const outcome = await table.transact([move(guard.revision + 1, sealed, revisionIs(guard.revision))]);
    if (outcome.done) return;
    await table.backOff(attempt);
  }
}
