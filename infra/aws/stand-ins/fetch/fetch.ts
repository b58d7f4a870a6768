import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Readable } from 'node:stream';
import { Content } from './body.ts';
import type { HeadersInit } from './headers.ts';
import { Headers } from './headers.ts';
import { Response } from './messages.ts';

interface Init {
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/** Keeps connections, as for the SDK's own calls. */
const handler = new NodeHttpHandler();

/**
 * `fetch` of the Fetch standard by the SDK's own handler, as far as the token issuer's keys and the object store take it:
 * answers are read whole, and redirects are answers.
 */
export async function fetch(url: string | URL, init: Init = {}): Promise<Response> {
  const { method = 'GET', body, signal } = init;
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const headers = new Headers({ 'user-agent': 'node', accept: '*/*' });
  new Headers(init.headers).forEach((value, name) => {
    headers.set(name, value);
  });
  if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)));
  const request = new HttpRequest({
    ...{
      method,
      protocol,
      hostname,
      path: `${pathname}${search}`,
      headers: Object.fromEntries(headers),
      body,
    },
    ...(port === '' ? {} : { port: Number(port) }),
  });
  try {
    const { response } = await handler.handle(request, signal === undefined ? {} : { abortSignal: signal });
    const answer = response.body as Readable;
    const parts: Uint8Array[] = [];
    for await (const part of signal === undefined ? answer : endedBy(signal, answer))
      parts.push(part as Uint8Array);
    const empty = [204, 205, 304].includes(response.statusCode);
    const received = Object.entries(response.headers);
    return new Response(empty ? null : new Content(Buffer.concat(parts)), {
      status: response.statusCode,
      headers: received,
    });
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}

/** The handler listens to a signal until the answer begins only. */
function endedBy(signal: AbortSignal, answer: Readable): Readable {
  signal.addEventListener('abort', () => answer.destroy(signal.reason as Error), { once: true });
  return answer;
}
