import * as z from 'zod';
import type { Clause } from '../../shared/store/table/condition.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { CannotStart } from '../local/cannot-start.ts';

/** An import marks the table it fills: from its first item on, and for good which backup it was. */
export const importKey = { pk: 'IMPORT', sk: 'STATE' } as const;

const stateSchema = z.object({
  state: z.enum(['under way', 'done']),
  export: z.string(),
  exportTime: z.string(),
  /** Files whose items are all there. */
  files: z.bigint().transform(Number),
});
export type ImportState = z.output<typeof stateSchema>;

export async function importState(table: Pick<Table, 'get'>): Promise<ImportState | undefined> {
  const item = await table.get(importKey);
  return item && stateSchema.parse(item);
}

export async function markImport(table: Table, state: ImportState): Promise<void> {
  const { done } = await table.put({ ...importKey, ...state }, [ofThisExport(state.export)]);
  if (!done) throw new CannotStart('Another import fills this table: wait for it, or import into another.');
}

/** The first mark as well may have been written already, by a call whose answer was lost. */
const ofThisExport = (id: string): Clause => ({
  name: 'ofThisExport',
  expression: 'attribute_not_exists(#export) OR #export = :export',
  names: { '#export': 'export' },
  values: { ':export': id },
});

/** A market must not run on half of what it was: throws CannotStart. */
export async function checkNoImport(table: Pick<Table, 'get'>): Promise<void> {
  if ((await importState(table))?.state === 'under way')
    throw new CannotStart(
      'An import into this market was cut off. Finish it with the same backup first: npm run admin -- import --from …',
    );
}
