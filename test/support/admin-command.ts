import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const { PATH, NODE_COMPILE_CACHE } = process.env;
const root = resolve(import.meta.dirname, '../..');

/** Runs `npm run admin -- …` without npm. */
export const runAdmin = (
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((done) => {
    execFile(
      resolve(root, 'node_modules/.bin/node'),
      ['infra/admin/main.ts', ...args],
      { cwd: root, env: { PATH, NODE_COMPILE_CACHE, ...environment } },
      (error, stdout, stderr) => {
        done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
