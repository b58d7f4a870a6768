import { expect } from 'vitest';
import type { Answer, Json } from './market-client.ts';

/** RFC 9457 with the members that every refusal carries, and a request id to tell us. */
export function expectProblem(answer: Answer, status: number, code: string, ...pointers: string[]): Json {
  expect(answer.body, `an answer ${answer.status}`).toMatchObject({
    type: expect.stringMatching(/^https?:\/\/|^urn:|^about:/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: expect.stringMatching(/\S/),
    code,
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('x-request-id')).toMatch(/\S/);
  if (pointers.length > 0) {
    expect(pointersOf(answer)).toEqual(expect.arrayContaining(pointers));
    for (const error of answer.body.errors)
      expect(error).toEqual({
        pointer: expect.any(String),
        code: expect.stringMatching(/^[a-z][a-z_]*$/),
        detail: expect.stringMatching(/\S/),
      });
  }
  return answer.body;
}

const pointersOf = ({ body }: Answer): string[] =>
  (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);

/** A call with a body that is sent as it is, or none, and no header but those given. */
export async function raw(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer & { text: string }> {
  const answer = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: jsonOf(text) };
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function tokenOf(url: string, terms: Record<string, unknown>): Promise<string> {
  const answer = await raw(
    url,
    'POST',
    '/dev/token',
    { 'content-type': 'application/json' },
    JSON.stringify(terms),
  );
  expect(answer.status, answer.text).toBe(200);
  expect(Object.keys(answer.body)).toEqual(['token']);
  return answer.body.token as string;
}

/** Every code that an explanation names, binding or near miss. */
export const codesOf = (explanation: Json): string[] =>
  (explanation.quarters as { nearMisses: { code: string }[]; binding: { code: string }[] }[]).flatMap(
    (quarter) => [...quarter.nearMisses, ...quarter.binding].map(({ code }) => code),
  );
