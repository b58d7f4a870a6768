import { setTimeout as pause } from 'node:timers/promises';

/** JSON as it came: tests look into it by name. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the wire is what is under test, so nothing is assumed of its types
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export type Role = 'producer' | 'buyer' | 'administrator' | 'stockpile-operator' | 'auditor';

/** One caller: every call carries its token. */
export interface Client {
  readonly organisation: string;
  readonly token: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
}

/** A caller of the server at `url`, with a token of the local issuer. */
export async function client(
  url: string,
  organisation: string,
  roles: readonly Role[],
  subject = `${organisation}-1`,
): Promise<Client> {
  const issued = await fetch(`${url}/dev/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ organisation, roles, subject }),
  });
  if (!issued.ok) throw new Error(`no token: ${issued.status} ${await issued.text()}`);
  const { token } = (await issued.json()) as { token: string };
  const call: Client['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  return {
    organisation,
    token,
    call,
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body) => call('PUT', path, body),
  };
}

/** The answer's body if it has one of the statuses, else an error that shows what came instead. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): Json {
  if (!statuses.includes(answer.status))
    throw new Error(
      `expected ${statuses.join(' or ')}, got ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
  return answer.body;
}

/** Asks for a clearing and waits until it has ended. */
export async function clearMarket(
  administrator: Client,
  product: string,
  timeoutSeconds = 30,
): Promise<Json> {
  const { id } = expectStatus(await administrator.post('/v1/clearings', { product }), 202) as { id: string };
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const clearing = expectStatus(await administrator.get(`/v1/clearings/${id}`), 200);
    if (clearing.status === 'completed' || clearing.status === 'failed') return clearing;
    if (Date.now() > deadline) throw new Error(`the clearing has not ended: ${JSON.stringify(clearing)}`);
    await pause(25);
  }
}
