import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * `npm test`: types, lint and format beside the tests, so that neither leaves a core idle at its end; what they say is
 * printed after what the tests say. Arguments are vitest's.
 */
if (process.argv.includes('--help')) {
  process.stdout.write(`All tests, with types, lint and format beside them.

  npm test -- [--project unit|property|integration|infra|acceptance] [file …]

Arguments are vitest's: npx vitest --help has them all.
`);
  process.exit(0);
}
const root = new URL('..', import.meta.url);
const run = (script: readonly string[], stdout: 'inherit' | 'pipe') =>
  spawn(process.execPath, script, { cwd: root, stdio: ['inherit', stdout, 'inherit'] });

const check = run(['test/check.ts'], 'pipe');
let said = '';
check.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
const checked = once(check, 'close') as Promise<[number | null]>;
const tests = run(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], 'inherit');
const [tested] = (await once(tests, 'exit')) as [number | null];
const [isSound] = await checked;
process.stdout.write(`\n${said}`);
process.exitCode = tested === 0 && isSound === 0 ? 0 : 1;
