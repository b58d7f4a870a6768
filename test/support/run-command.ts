import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const { PATH, NODE_COMPILE_CACHE } = process.env;
const root = resolve(import.meta.dirname, '../..');

const runnerOf =
  (script: string) =>
  (
    args: readonly string[],
    environment: Record<string, string> = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((done) => {
      execFile(
        resolve(root, 'node_modules/.bin/node'),
        [script, ...args],
        { cwd: root, env: { PATH, NODE_COMPILE_CACHE, ...environment } },
        (error, stdout, stderr) => {
          done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
        },
      );
    });

/** Runs `npm run admin -- …` without npm. */
export const runAdmin = runnerOf('infra/admin/main.ts');

/** Runs `npm run audit -- …` without npm. */
export const runAudit = runnerOf('infra/audit/main.ts');
