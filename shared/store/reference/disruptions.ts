import * as z from 'zod';
import { derivedId } from '../../kernel/derived-id.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import type { FieldError } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { latestOf } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { isExpected, nextVersion } from '../../kernel/version.ts';
import { without } from '../../kernel/without.ts';
import type { Disruption, DisruptionPatch, DisruptionTerms } from '../../risk/disruption.ts';
import { disruptionSchema, disruptionTermsSchema } from '../../risk/disruption.ts';
import type { Act } from '../table/act.ts';
import type { Effect, Plan } from '../table/effect.ts';
import { readAll, readReference, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

const noSuchDisruption = problem('not_found', 'There is no such disruption.');

/** Enters a disruption. Errors: unknown_reference, invalid_state (it is there already under its source's name). */
export const enterDisruption =
  (table: Table, act: Act, terms: DisruptionTerms): Plan<Disruption> =>
  async () => {
    const unknown = await unknownProducts(table, [terms], () => '');
    if (unknown.length > 0) return refusedRows(unknown);
    const id = idOf(terms, act);
    if ((await readReference(table, 'disruption', id)) !== undefined)
      return fail(
        fieldProblem('invalid_state', '/reference', `It is entered already, as ${id}: change that one.`),
      );
    return ok(recorded({ ...terms, id, status: 'entered', ...nextVersion(undefined, act) }));
  };

export interface Imported {
  /** In the order of the rows. */
  readonly disruptions: {
    readonly outcome: 'entered' | 'changed' | 'unchanged';
    readonly record: Disruption;
  }[];
}

/**
 * Enters every row, or none. A row whose source has a name for it is the same disruption as one that was entered
 * under that name before: it changes that one, or nothing. Errors: unknown_reference, invalid_request, each with a
 * pointer to its row.
 */
export const importDisruptions =
  (table: Table, act: Act, rows: readonly DisruptionTerms[]): Plan<Imported> =>
  async () => {
    const ids = rows.map((row) => idOf(row, act));
    const errors: FieldError[] = ids.flatMap((id, row) =>
      ids.indexOf(id) < row
        ? [
            {
              ...{ pointer: `/disruptions/${row}/reference`, code: 'invalid_request' },
              detail: `Row ${ids.indexOf(id)} has the same source and reference.`,
            },
          ]
        : [],
    );
    errors.push(...(await unknownProducts(table, rows, (row) => `/disruptions/${row}`)));
    if (errors.length > 0) return refusedRows(errors);
    const standing = new Map((await readAll(table, 'disruption')).map((each) => [each.id, each]));
    const disruptions = rows.map((terms, row): Imported['disruptions'][number] => {
      const id = ids[row] ?? '';
      const before = standing.get(id);
      const author = { subject: act.subject, at: latestOf(act.at, before?.recordedAt) };
      const record: Disruption = { ...terms, id, status: 'entered', ...nextVersion(before, author) };
      if (before === undefined) return { outcome: 'entered', record };
      return saysTheSame(before, record)
        ? { outcome: 'unchanged', record: before }
        : { outcome: 'changed', record };
    });
    return ok({
      actions: disruptions
        .filter(({ outcome }) => outcome !== 'unchanged')
        .flatMap(({ record }) => recordVersion(referenceSeries.disruption, record)),
      value: { disruptions },
    });
  };

/** Errors: not_found, precondition_failed, invalid_request, invalid_state, unknown_reference. */
export const changeDisruption = (
  table: Table,
  act: Act,
  id: string,
  expected: ExpectedVersion | undefined,
  patch: DisruptionPatch,
): Plan<Disruption> =>
  onDisruption(table, act, id, expected, (present) => {
    // As a whole it may say what no disruption does: that is judged next.
    const merged = Object.fromEntries(
      Object.entries({ ...present, ...patch }).filter(([, value]) => value !== null && value !== undefined),
    ) as unknown as Disruption;
    return judged(table, merged);
  });

/** Its last day is `to`. Errors: not_found, precondition_failed, invalid_request, invalid_state. */
export const endDisruption = (
  table: Table,
  act: Act,
  id: string,
  { to, note }: { readonly to: string; readonly note: string },
): Plan<Disruption> =>
  onDisruption(table, act, id, undefined, (present) => judged(table, { ...present, to, note }));

/** It was entered in error. Errors: not_found, invalid_state. */
export const withdrawDisruption = (table: Table, act: Act, id: string, note: string): Plan<Disruption> =>
  onDisruption(table, act, id, undefined, (present) =>
    Promise.resolve(ok({ ...present, note, status: 'withdrawn' })),
  );

const onDisruption =
  (
    table: Table,
    act: Act,
    id: string,
    expected: ExpectedVersion | undefined,
    step: (present: Disruption) => Promise<Result<Disruption>>,
  ): Plan<Disruption> =>
  async () => {
    const present = await readReference(table, 'disruption', id);
    if (present === undefined) return fail(noSuchDisruption);
    if (!isExpected(expected, present.version))
      return fail(problem('precondition_failed', 'The record has changed since you read it. Read it again.'));
    if (present.status === 'withdrawn')
      return fail(problem('invalid_state', 'The disruption has been withdrawn: enter it anew.'));
    const next = await step(present);
    if (!next.ok) return next;
    if (saysTheSame(present, next.value)) return ok({ actions: [], value: present });
    const author = { subject: act.subject, at: latestOf(act.at, present.recordedAt) };
    return ok(recorded({ ...next.value, ...nextVersion(present, author) }));
  };

const recorded = (disruption: Disruption): Effect<Disruption> => ({
  actions: recordVersion(referenceSeries.disruption, disruption),
  value: disruption,
});

const added = ['id', 'status', 'note', 'version', 'recordedAt', 'recordedBy'] as const;

/** A changed record is held to the same rules as one that is entered. */
async function judged(table: Table, disruption: Disruption): Promise<Result<Disruption>> {
  const terms = without(disruption, ...added);
  const encoded = disruptionTermsSchema.safeEncode(terms);
  if (!encoded.success)
    return refusedRows(
      encoded.error.issues.map(({ path, message }) => ({
        ...{ pointer: `/${path.map(String).join('/')}`, code: 'invalid_request', detail: message },
      })),
    );
  const unknown = await unknownProducts(table, [terms], () => '');
  return unknown.length > 0 ? refusedRows(unknown) : ok(disruption);
}

const idOf = ({ source, reference }: DisruptionTerms, act: Act): string =>
  reference === undefined
    ? act.newId('disruption')
    : derivedId('disruption', '1970-01-01T00:00:00.000Z', canonicalJson([source, reference]));

const marks = ['version', 'recordedAt', 'recordedBy'] as const;
const saysTheSame = (a: Disruption, b: Disruption): boolean =>
  canonicalJson(without(z.encode(disruptionSchema, a), ...marks)) ===
  canonicalJson(without(z.encode(disruptionSchema, b), ...marks));

async function unknownProducts(
  table: Table,
  rows: readonly DisruptionTerms[],
  pointerOf: (row: number) => string,
): Promise<FieldError[]> {
  if (rows.every(({ products }) => products === undefined)) return [];
  const known = new Set((await readAll(table, 'product')).map(({ id }) => id));
  return rows.flatMap(({ products = [] }, row) =>
    products.flatMap((product, place) =>
      known.has(product)
        ? []
        : [
            {
              ...{ pointer: `${pointerOf(row)}/products/${place}`, code: 'unknown_reference' },
              detail: `There is no product ${product}.`,
            },
          ],
    ),
  );
}

/** Every row's faults, under the code that they share, or that of a body at fault. */
function refusedRows(errors: readonly FieldError[]) {
  const unknown = errors.every(({ code }) => code === 'unknown_reference');
  const count = errors.length === 1 ? 'One field is' : `${errors.length} fields are`;
  return fail(
    problem(unknown ? 'unknown_reference' : 'invalid_request', `${count} at fault; see errors.`, errors),
  );
}
