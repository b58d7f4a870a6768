import { rewriteInShape } from '../../shared/store/table/rewrite.ts';
import { storedPages } from '../audit/scan.ts';
import type { Command } from './command.ts';
import { commonUsage, options } from './command.ts';
import { openPlace } from './place.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  about: 'rewrites items of older shapes in the shape of today, so that indexes find them, too',
  usage: `npm run admin -- migrate [--data DIR] [--json]

Items are migrated when they are read; what only an index finds is not read before it is found. The market may run
meanwhile, and it may be repeated.

${commonUsage}`,
  run: async (args) => {
    const { where, telling } = options(args, {});
    const { table, close } = await openPlace(where, process.env);
    try {
      let [seen, rewritten] = [0, 0];
      for await (const page of storedPages(table)) {
        for (const item of page) if (await rewriteInShape(table.client, table.name, item)) rewritten += 1;
        seen += page.length;
        telling.progress(`${seen} items read, ${rewritten} rewritten`);
      }
      telling.result({ seen, rewritten }, `Read ${seen} items and rewrote ${rewritten}.`);
      return 0;
    } finally {
      await close();
    }
  },
};
