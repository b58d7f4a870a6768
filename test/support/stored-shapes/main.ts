/**
 * `npm run shapes -- [noun.v2.json …]`: has the integration tests store items, and takes fixtures of them: of every noun
 * whose present version has none, and of the files that are named.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

if (process.argv.includes('--help')) {
  process.stdout
    .write(`Takes fixtures of the items that the integration tests store, which it runs: some minutes.

  npm run shapes -- [noun.v2.json …]

Of every noun whose present version has none, and of the files that are named.
`);
  process.exit(0);
}
const directory = mkdtempSync(join(tmpdir(), 'lodestone-shapes-'));
const run = (args: readonly string[]): number =>
  spawnSync(process.execPath, args, {
    env: { ...process.env, RECORD_SHAPES: directory },
    stdio: 'inherit',
  }).status ?? 1;
try {
  process.exitCode =
    run(['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration', '--reporter', 'dot']) ||
    run([join(import.meta.dirname, 'take.ts'), directory, ...process.argv.slice(2)]);
} finally {
  rmSync(directory, { recursive: true });
}
