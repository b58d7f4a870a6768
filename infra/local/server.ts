import { getRequestListener, RequestError } from '@hono/node-server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseInFull, refuseUnforeseen, refuseUnroutable } from './before-the-app.ts';
import { CannotStart } from './cannot-start.ts';

export type Handler = (request: Request) => Response | Promise<Response>;

export interface LocalServer {
  readonly url: string;
  /** Takes no new connections, lets what is under way end, at most so long. */
  close(patienceMilliseconds: number): Promise<void>;
}

/** Only this machine may call: the local issuer gives anybody any role. */
const host = '127.0.0.1';

/** How long a client may take, in milliseconds: to send its headers, and its whole request. Then 408, and the end. */
export interface Patience {
  readonly headers: number;
  readonly request: number;
}

/** Ample for the largest body over a poor line; what sends byte by byte to keep a connection is not waited for. */
const usualPatience: Patience = { headers: 10_000, request: 30_000 };

/**
 * Milliseconds that an idle connection is kept: longer than clients usually keep theirs, so that they, who know whether they
 * are about to use it, are the ones to close it. Where the server does, a request may be on its way, and is never answered.
 */
const keepAliveMilliseconds = 75_000;

/** Listens; every request goes to the handler of the moment. */
export async function listen(
  port: number,
  handler: () => Handler,
  patience: Patience = usualPatience,
): Promise<LocalServer> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<number>();
  const answer = getRequestListener((request: Request) => handler()(request), {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      if (error instanceof RequestError) return refuseUnroutable();
      // Whoever went away in the middle of a body surprises nobody, and reads no answer.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET')
        process.emitWarning(error instanceof Error ? error : String(error));
      return refuseUnforeseen();
    },
  });
  const server = createServer(
    {
      ...{ headersTimeout: patience.headers, requestTimeout: patience.request },
      connectionsCheckingInterval: Math.ceil(patience.headers / 5),
      keepAliveTimeout: keepAliveMilliseconds,
      maxHeaderSize: 16 * 1024,
      // Refused below, with a reason.
      requireHostHeader: false,
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  refuseInFull(server);
  server.once('error', (error: NodeJS.ErrnoException) => {
    reject(
      error.code === 'EADDRINUSE'
        ? new CannotStart(
            `Port ${port} is in use: give another one, as in "npm start -- --port ${port + 1}".`,
          )
        : error.code === 'EACCES'
          ? new CannotStart(
              `Port ${port} needs more rights: give one above 1023, as in "npm start -- --port 3000".`,
            )
          : error,
    );
  });
  server.listen(port, host, () => {
    resolve((server.address() as AddressInfo).port);
  });
  const actual = await listening;
  return {
    url: `http://localhost:${actual}`,
    close: async (patience) => {
      const { promise: closed, resolve: done } = Promise.withResolvers<undefined>();
      server.close(() => {
        done(undefined);
      });
      server.closeIdleConnections();
      const cut = setTimeout(() => {
        server.closeAllConnections();
      }, patience);
      await closed;
      clearTimeout(cut);
    },
  };
}
