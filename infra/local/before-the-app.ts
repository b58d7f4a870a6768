import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Problem } from '../../shared/kernel/problem.ts';
import { problem } from '../../shared/kernel/problem.ts';
import { problemDetails } from '../../shared/wire/problem-details.ts';

// What never reaches the application is answered as the application would: a client reads one form of refusal only.

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function refusalOf(refused: Problem, status?: number): Refusal {
  const requestId = randomUUID();
  const details = problemDetails(refused, requestId, status);
  const body = JSON.stringify(details);
  return {
    status: details.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Request-Id': requestId,
      'Content-Length': String(Buffer.byteLength(body)),
    },
    body,
  };
}

/** A problem as an answer of its own (RFC 9457); its code's status unless another is given. */
export function refusalBeforeTheApp(
  refused: Problem,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  const { status, headers, body } = refusalOf(refused, options.status);
  return new Response(body, { status, headers: { ...headers, ...options.headers } });
}

const unreadable = (detail: string): Problem => problem('malformed_request', detail);

/** What Node's parser ends a connection for, by the error's code; anything else is a 400. */
const connectionErrors: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than any that are taken.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are larger than any that are taken.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

/** Has the server answer with problem details where Node would end a connection with a bare status line. */
export function refuseInFull(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Gone already, or in the middle of an answer: a second one would be read as part of the first.
    const answering = (socket as Duplex & { _httpMessage?: { readonly headersSent: boolean } })._httpMessage;
    if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent === true) {
      socket.destroy(error);
      return;
    }
    const [status, detail] = connectionErrors[error.code ?? ''] ?? [
      400,
      'This is not HTTP as it is understood here.',
    ];
    const refusal = refusalOf(unreadable(detail), status);
    const lines = Object.entries({
      ...refusal.headers,
      Connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${refusal.body}`);
  });
  server.on('checkExpectation', (_: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(
      unreadable('No other expectation than 100-continue is met (RFC 9110, 10.1.1).'),
      417,
    );
    response.writeHead(refusal.status, { ...refusal.headers, Connection: 'close' }).end(refusal.body);
  });
}

/** The answer to a request whose URL or host cannot be read: before that, there is nothing to route. */
export const refuseUnroutable = (): Response =>
  refusalBeforeTheApp(unreadable('The host or the path of the request cannot be read.'));

/** The answer where the application itself threw, which it does not on purpose. */
export const refuseUnforeseen = (): Response =>
  refusalBeforeTheApp(problem('internal', 'Something went wrong here. It has been recorded.'));
