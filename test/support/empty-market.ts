import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { runAudit } from './run-command.ts';
import { startServer, type Server } from './server.ts';

/** An empty market of the test file's own: started before its tests, stopped after them. */
export function emptyMarket(): { readonly url: string } {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await startServer(['--memory', '--empty']);
  });
  afterAll(async () => {
    await server?.stop();
  });
  return {
    get url() {
      return urlOf(server);
    },
  };
}

/** The same, kept in a directory: whatever the tests have done, `npm run audit` must find in order. */
export function auditedMarket(): { readonly url: string; expectClean(): Promise<void> } {
  let server: Server | undefined;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lodestone-'));
    server = await startServer(['--data', folder, '--empty']);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get url() {
      return urlOf(server);
    },
    expectClean: async () => {
      const { stdout, stderr } = await runAudit(['--data', folder, '--json']);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({ clean: true, findings: [] });
      expect((JSON.parse(stdout) as { counted: { contracts: number } }).counted.contracts).toBeGreaterThan(0);
    },
  };
}

function urlOf(server: Server | undefined): string {
  if (server === undefined) throw new Error('the market is open while tests run only');
  return server.url;
}
