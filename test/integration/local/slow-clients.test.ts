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

describe('a client that takes its time', () => {
  it.each([
    ['headers', 'POST / HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    [
      'a body',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":',
    ],
  ])('over %s is told so and cut off', async (_, text) => {
    expect(await ended(text)).toMatch(/^HTTP\/1.1 408 /);
  });

  it('holds up nobody else, and headers larger than any are refused', async () => {
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
