import { exchange } from '../exchange.ts';
import type { HeadersInit } from './headers.ts';
import { Headers } from './headers.ts';
import { Response } from './messages.ts';

interface Init {
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/**
 * `fetch` of the Fetch standard, as far as the token issuer's keys and the object store take it: answers are read whole, and
 * redirects are answers.
 */
export async function fetch(url: string | URL, init: Init = {}): Promise<Response> {
  const { method = 'GET', body, signal } = init;
  const headers = new Headers({ 'user-agent': 'node', accept: '*/*' });
  new Headers(init.headers).forEach((value, name) => {
    headers.set(name, value);
  });
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const answer = await exchange({
    url: new URL(url),
    ...{ method, body, signal, headers: { ...Object.fromEntries(headers), ...length } },
  });
  const received = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  const empty = [204, 205, 304].includes(answer.status);
  return new Response(empty ? null : answer.body, { status: answer.status, headers: received });
}
