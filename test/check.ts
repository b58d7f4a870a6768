import { execFile } from 'node:child_process';

/**
 * `npm run check`: types, lint and format at the same time, as far as there are cores for it. Each looks again only at
 * what has changed since it last passed here; lint of a file that depends on a changed type elsewhere may be stale then,
 * so a fresh clone, which has no cache, has the last word.
 */
if (process.argv.includes('--help')) {
  process.stdout.write(`Checks types, lint and format: npm run check. Repairs of format: npm run format.\n`);
  process.exit(0);
}
const checks = ['typecheck', 'lint', 'format:check'];

const passed = await Promise.all(
  checks.map(
    (name) =>
      new Promise<boolean>((done) => {
        execFile('npm', ['run', '--silent', name], { maxBuffer: 1e8 }, (error, stdout, stderr) => {
          process.stdout.write(`${name}: ${error === null ? 'passed' : 'failed'}\n`);
          if (error !== null) process.stdout.write(stdout + stderr);
          done(error === null);
        });
      }),
  ),
);
if (passed.includes(false)) process.exitCode = 1;
