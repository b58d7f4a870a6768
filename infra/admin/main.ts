import { isUnavailable } from '../../shared/store/table/transient.ts';
import { CannotStart } from '../local/cannot-start.ts';
import type { Command } from './command.ts';
import { commonUsage } from './command.ts';
import { createOrganisationCommand } from './create-organisation.ts';
import { deadLettersCommand } from './dead-letters.ts';
import { auditCommand, verifyCommand } from './delegated.ts';
import { eraseCommand } from './erase.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { loadCommand } from './load.ts';
import { migrateCommand } from './migrate.ts';

const commands: readonly Command[] = [
  ...[createOrganisationCommand, loadCommand, exportCommand, importCommand, migrateCommand],
  ...[eraseCommand, deadLettersCommand, auditCommand, verifyCommand],
];

const usage = `npm run admin -- COMMAND [options]

${commands.map(({ name, about }) => `${name.padEnd(20)} ${about}`).join('\n')}

npm run admin -- COMMAND --help says more of one. All of them take

${commonUsage}`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(usage);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new CannotStart(`There is no command ${name}.\n\n${usage}`);
  if (command.usage !== '' && args.includes('--help')) {
    process.stdout.write(command.usage);
    return 0;
  }
  return command.run(args);
}

/** What went wrong and what to do; nothing of a fault of the command's own. */
function inWords(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Wrong options come from parseArgs as TypeErrors with a code.
  if (error instanceof CannotStart || (error instanceof TypeError && 'code' in error)) return error.message;
  if (error.name === 'StoreRefused')
    return `${error.message}. May you read and write BUCKET_NAME, and use the key that it is encrypted with?`;
  if (isUnavailable(error))
    return `Table or bucket cannot be reached (${error.message}). Every command may be given again, and goes on where it was cut off.`;
  return undefined;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const words = inWords(error);
  if (words === undefined) throw error;
  process.stderr.write(`${words}\n`);
  process.exitCode = 2;
}
