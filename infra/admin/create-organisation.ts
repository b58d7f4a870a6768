import type { Command } from './command.ts';
import { commonUsage, needed, options } from './command.ts';
import { load } from './load.ts';
import { openPlace } from './place.ts';
import { readEntries } from './reference-file.ts';

export const createOrganisationCommand: Command = {
  name: 'create-organisation',
  about: 'registers an organisation, as PUT /v1/organisations/<id> does',
  usage: `npm run admin -- create-organisation --id ID --name NAME [--group ID] [--data DIR] [--json]

Registers an organisation, so that the first administrator has one to belong to. Its users are made where tokens come
from: on AWS in the user pool (docs/operate.md), on one machine by POST /dev/token.

--id ID      lower-case letters, digits and hyphens. It stands in contracts for ever: take one that names nobody
--name NAME  may be changed, and erased
--group ID   organisations of one group are related parties
${commonUsage}
Exit code: 0 it is registered (or was, just so), 1 it cannot be, 2 nothing could be done.`,
  run: async (args) => {
    const { values, where, telling } = options(args, {
      id: { type: 'string' },
      name: { type: 'string' },
      group: { type: 'string' },
    });
    const { group } = values;
    const terms = { name: needed(values.name, 'name'), ...(group === undefined ? {} : { group }) };
    const read = readEntries({ organisations: { [needed(values.id, 'id')]: terms } });
    if ('faults' in read) {
      telling.result(read, read.faults.map(({ pointer, detail }) => `${pointer}  ${detail}`).join('\n'));
      return 1;
    }
    const { table, close } = await openPlace(where, process.env);
    try {
      return await load(table, read.entries, { dryRun: false, telling });
    } finally {
      await close();
    }
  },
};
