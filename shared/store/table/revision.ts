import type { Action } from './action.ts';
import { assign } from './assign.ts';
import type { Clause } from './condition.ts';
import type { Key } from './keys/key.ts';
import type { Table } from './table.ts';

/*
 * A count beside a set of records that is judged as a whole. Whoever adds to the set reads the count first, then the set, and
 * moves the count on in its transaction: of two that race one is judged anew, with the other in view.
 */

export const readRevision = async (table: Table, key: Key): Promise<number> =>
  Number((await table.get(key))?.['revision'] ?? 0n);

export const nextRevision = (name: string, key: Key, revision: number): Action => ({
  name,
  update: key,
  set: assign({ revision: revision + 1 }),
  conditions: [revisionIs(revision)],
});

const revisionIs = (revision: number): Clause => ({
  name: 'revisionIs',
  names: { '#revision': 'revision' },
  ...(revision === 0
    ? { expression: 'attribute_not_exists(#revision)' }
    : { expression: '#revision = :revision', values: { ':revision': revision } }),
});
