import { afterAll, beforeAll } from 'vitest';
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
      if (server === undefined) throw new Error('the market is open while tests run only');
      return server.url;
    },
  };
}
