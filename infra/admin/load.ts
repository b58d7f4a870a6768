import { readFile } from 'node:fs/promises';
import type { FieldError } from '../../shared/kernel/problem.ts';
import type { Act } from '../../shared/store/table/act.ts';
import { perform } from '../../shared/store/table/effect.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { CannotStart } from '../local/cannot-start.ts';
import { operatorAct } from './act.ts';
import type { Command, Telling } from './command.ts';
import { commonUsage, needed, options } from './command.ts';
import { DraftTable } from './draft-table.ts';
import { openPlace } from './place.ts';
import type { Entry } from './reference-file.ts';
import { kindNames, readEntries } from './reference-file.ts';

export const loadCommand: Command = {
  name: 'load',
  about: 'loads reference data from a JSON file: all of it, or none',
  usage: `npm run admin -- load --file FILE [--dry-run] [--data DIR] [--json]

The file is one object: {"organisations": {"<id>": {…}}, "products": {…}, …}, each record as the API takes it in
PUT /v1/…/<id>; consumption and flows by zone, then product. It may hold ${kindNames.join(', ')}.

Every record is checked by its schema, and against all that stands and those before it, before anything is written. What
says the same already is left as it is, so it may be repeated. A change that needs a second administrator (under a floor)
is proposed. Every version says the operator as its author.

--file FILE  the file; - for standard input
--dry-run    checks, and says what would be written
${commonUsage}
Exit code: 0 loaded, 1 the file is not right (faults by JSON pointer) and nothing was written, 2 there was nothing to load.`,
  run: async (args) => {
    const { values, where, telling } = options(args, {
      file: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    });
    const read = readEntries(await jsonOf(needed(values.file, 'file')));
    if ('faults' in read) return tellFaults(read.faults, telling);
    const { table, close } = await openPlace(where, process.env);
    try {
      return await load(table, read.entries, { dryRun: values['dry-run'], telling });
    } finally {
      await close();
    }
  },
};

async function jsonOf(file: string): Promise<unknown> {
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8').catch(() => {
    throw new CannotStart(`${file} cannot be read.`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CannotStart(`${file} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** First on a draft of the table, then in earnest, one record after the other. */
export async function load(
  table: Table,
  entries: readonly Entry[],
  { dryRun, telling }: { dryRun: boolean; telling: Telling },
): Promise<number> {
  const act = await operatorAct(table);
  const rehearsed = await write(new DraftTable(table), act, entries);
  if (rehearsed.faults.length > 0) return tellFaults(rehearsed.faults, telling);
  const { outcomes, faults } = dryRun ? rehearsed : await write(table, act, entries);
  if (faults.length > 0) return tellFaults(faults, telling, Object.keys(outcomes).length);
  telling.result(
    { dryRun, outcomes },
    [
      ...Object.entries(outcomes).map(([what, outcome]) => `${outcome.padEnd(9)} ${what}`),
      dryRun ? 'Nothing was written.' : `${entries.length} records.`,
    ].join('\n'),
  );
  return 0;
}

async function write(table: Table, act: Act, entries: readonly Entry[]) {
  const outcomes: Record<string, string> = {};
  for (const { pointer, what, plan } of entries) {
    const put = await perform(table, plan(table, act));
    if (!put.ok) {
      const { code, detail, errors } = put.problem;
      const own = errors?.map((error) => ({ ...error, pointer: `${pointer}${error.pointer}` }));
      return { outcomes, faults: own ?? [{ pointer, code, detail }] };
    }
    outcomes[what] = put.value.outcome;
  }
  return { outcomes, faults: [] };
}

function tellFaults(faults: readonly FieldError[], telling: Telling, written = 0): number {
  telling.result(
    { written, faults },
    [
      ...faults.map(({ pointer, code, detail }) => `${pointer}  ${code}  ${detail}`),
      written === 0
        ? 'Nothing was written. Mend the file and load it again.'
        : `${written} records were written before somebody else's change got in between. Load the file again.`,
    ].join('\n'),
  );
  return 1;
}
