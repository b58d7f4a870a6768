import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../../../functions/api/body.ts';
import type { LocalServer } from '../../../infra/local/server.ts';
import { listen } from '../../../infra/local/server.ts';

let server: LocalServer;
beforeAll(async () => {
  const handler = async (request: Request): Promise<Response> => {
    const body = await readJson(request);
    return Response.json(body.ok ? body.value : body.problem, { status: body.ok ? 200 : 400 });
  };
  server = await listen(0, () => handler, { headers: 100, request: 200 });
});
afterAll(async () => {
  await server.close(0);
});

/** Sends a text and leaves the connection open; what came until the server ended it. */
async function ended(text: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('a client', () => {
  it.each([
    ['headers', 'POST / HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    [
      'a body',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":',
    ],
  ])('that takes its time over %s is told so and cut off', async (_, text) => {
    expect(await ended(text)).toMatch(/^HTTP\/1.1 408 /);
  });

  it.each([
    ['what is no HTTP', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400],
    [
      'a length that is given twice',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde',
      400,
    ],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['chunks that are none', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
    ['a method that nobody knows', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n', 400],
    [
      'an expectation that is not met',
      'POST / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nContent-Length: 2\r\n\r\n{}',
      417,
    ],
    ['headers larger than any', `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['headers that do not end', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 408],
  ])('that sends %s is told so with problem details', async (_, text, status) => {
    const [head, body] = (await ended(text)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*content-type: application/problem\\+json`, 'i'));
    expect(JSON.parse(body!)).toMatchObject({ status, code: 'malformed_request' });
  });

  it('that goes away in the middle of a body is no fault of the server', async () => {
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.from('{"a":'));
        controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
      },
    });
    const headers = { 'content-type': 'application/json' };
    const request = new Request(server.url, { method: 'POST', headers, body: stream, duplex: 'half' });
    expect(await readJson(request)).toMatchObject({ ok: false, problem: { code: 'malformed_request' } });
  });

  it('whose body is coded is told that it is not read', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const request = new Request(server.url, { method: 'POST', headers, body: '{}' });
    expect(await readJson(request)).toMatchObject({ ok: false, problem: { code: 'unsupported_media_type' } });
    headers['content-encoding'] = 'Identity';
    const plain = new Request(server.url, { method: 'POST', headers, body: '{}' });
    expect(await readJson(plain)).toEqual({ ok: true, value: {} });
  });

  it('that takes its time holds up nobody else, and headers larger than any are refused', async () => {
    const slow = ended('POST / HTTP/1.1\r\nHost: x\r\n');
    const body = JSON.stringify({ a: 1 });
    const prompt = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await prompt.json()).toEqual({ a: 1 });
    expect(await ended(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      / 431 /,
    );
    await slow;
  });
});
