import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Runs `npm run verify -- …` without npm. */
export const runVerify = (
  args: readonly string[],
  input = '',
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((done) => {
    const child = execFile(
      resolve(root, 'node_modules/.bin/node'),
      ['infra/verify/main.ts', ...args],
      { cwd: root, timeout: 60_000, maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
