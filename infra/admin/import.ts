import { resolve } from 'node:path';
import { importExport } from '../backup/import.ts';
import { checkExport } from '../backup/read-export.ts';
import type { Command } from './command.ts';
import { commonUsage, needed, options } from './command.ts';
import { openTarget } from './place.ts';

export const importCommand: Command = {
  name: 'import',
  about: 'fills an empty table and its object store from an export',
  usage: `npm run admin -- import --from FOLDER [--data DIR] [--json]

Checks the whole backup first (checksums, counts, that this release can read every item) and then writes it. What
stands is never written over: a table that is not empty is refused, but for one that an import of this very backup was
cut off in; that is finished. The market must not run meanwhile.

--from FOLDER  what export wrote; or DynamoDB's own export, AWSDynamoDB/<export>, with the documents in its objects/
${commonUsage}
Exit code: 0 imported (or there already), 1 imported but for documents that were missing when it was exported, 2 nothing
was imported.`,
  run: async (args) => {
    const { values, where, telling } = options(args, { from: { type: 'string' } });
    const backup = await checkExport(resolve(needed(values.from, 'from')), telling.progress);
    const place = await openTarget(where, process.env);
    try {
      const imported = await importExport(place.table, place.objects, backup, telling.progress);
      const { already, items, objects, missing } = imported;
      telling.result(
        { exportTime: backup.summary.exportTime, ...imported },
        already
          ? 'This very backup is there already.'
          : `Imported ${items} items and ${objects} documents, as of ${backup.summary.exportTime}. Now audit it: npm run audit`,
      );
      return missing.length === 0 ? 0 : 1;
    } finally {
      await place.close();
    }
  },
};
