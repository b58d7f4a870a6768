import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bundleHandler, handlerNames } from '../aws/bundle.ts';
import { CannotStart } from '../local/cannot-start.ts';
import type { Run } from './release.ts';
import { release } from './release.ts';

const usage = `npm run release -- VERSION [--dry-run]

Makes a release of what is committed: tests, moves what the changelog has under "Unreleased" under the version, raises
the version, renews what deployments must keep (npm run baseline), writes bundles, their bill of materials (CycloneDX)
and SHA-256 into dist/vVERSION, commits and tags. It pushes nothing.

--dry-run  checks and tests, and changes nothing
--help     print this
`;

const repository = resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);
const run: Run = async (program, ...args) =>
  (await execute(program, [...args], { cwd: repository, maxBuffer: 1e9 })).stdout;
const bundle = (folder: string): Promise<unknown> =>
  Promise.all(handlerNames.map((name) => bundleHandler(name, folder)));

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  const [version] = positionals;
  if (values.help) process.stdout.write(usage);
  else if (version === undefined || positionals.length > 1)
    throw new CannotStart('Name one version: see --help.');
  else
    await release({
      ...{ repository, version, dryRun: values['dry-run'], run, bundle },
      today: new Date().toISOString().slice(0, 10),
      tell: (words) => void process.stdout.write(`${words}\n`),
    });
} catch (error) {
  const isMistake = error instanceof CannotStart || (error instanceof TypeError && 'code' in error);
  const failed = error instanceof Error && 'stderr' in error ? `${String(error.stderr)}\n` : '';
  if (!isMistake && failed === '') throw error;
  process.stderr.write(`${failed}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = isMistake ? 2 : 1;
}
