import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';

const infra = join(import.meta.dirname, '..');

/** A command of its own (`npm run verify`, `npm run audit`), which is called just so. */
const delegated = (name: string, script: string, about: string): Command => ({
  name,
  about,
  usage: '',
  run: (args) =>
    new Promise((done) => {
      spawn(process.execPath, [join(infra, script), ...args], { stdio: 'inherit' }).once('exit', (code) => {
        done(code ?? 2);
      });
    }),
});

export const auditCommand = delegated(
  'audit',
  'audit/main.ts',
  'recomputes from every item what must hold (npm run audit)',
);
export const verifyCommand = delegated(
  'verify',
  'verify/main.ts',
  'checks the proof of a clearing, or the chain of a contract (npm run verify)',
);
