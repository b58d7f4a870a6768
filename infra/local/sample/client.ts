import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '../../../shared/reference/role.ts';
import type { Issuer } from '../issuer.ts';
import type { Handler } from '../server.ts';

/** One participant of the sample, calling the API as anybody would: HTTP requests with its own token. */
export interface Participant {
  get(path: string): Promise<unknown>;
  /** Every item of a list, page by page. */
  list(path: string): Promise<unknown[]>;
  /** `undefined` where there is nothing. */
  find(path: string): Promise<unknown>;
  put(path: string, body: unknown): Promise<unknown>;
  /** The name makes a repeated call the same call. */
  post(name: string, path: string, body?: unknown): Promise<unknown>;
}

export type Participants = (organisation: string, role: Role, person?: string) => Participant;

/** Long enough for the sample and what is printed of it. */
const tokenSeconds = 3600;

export function participants(api: Handler, issuer: Issuer): Participants {
  return (organisation, role, person = 'sample') => {
    const subject = `${organisation}.${person}`;
    const token = issuer.issue({ organisation, roles: [role], subject, expiresInSeconds: tokenSeconds });
    const send = async (
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) => {
      const request = async () =>
        await api(
          new Request(`http://localhost${path}`, {
            method,
            headers: {
              authorization: `Bearer ${await token}`,
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
              ...headers,
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
        );
      let answer = await request();
      // A clearing may hold an order for a moment, or somebody else change the same record.
      for (
        let attempt = 1;
        answer.status === 409 && attempt <= 20 && (await isPassing(answer));
        attempt += 1
      ) {
        await pause(25 * attempt);
        answer = await request();
      }
      return answer;
    };
    const expect = async (method: string, path: string, answer: Response): Promise<unknown> => {
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} as ${subject}: ${answer.status} ${text}`);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    };
    const get = async (path: string) => expect('GET', path, await send('GET', path));
    return {
      get,
      list: async (path) => {
        const items: unknown[] = [];
        for (let cursor: string | null = null; ;) {
          const separator = path.includes('?') ? '&' : '?';
          const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
          const page = (await get(`${path}${separator}limit=100${after}`)) as {
            items: unknown[];
            next: string | null;
          };
          items.push(...page.items);
          if (page.next === null) return items;
          cursor = page.next;
        }
      },
      find: async (path) => {
        const answer = await send('GET', path);
        return answer.status === 404 ? undefined : expect('GET', path, answer);
      },
      put: async (path, body) => expect('PUT', path, await send('PUT', path, body)),
      post: async (name, path, body) =>
        expect('POST', path, await send('POST', path, body, { 'idempotency-key': `sample/${name}` })),
    };
  };
}

async function isPassing(answer: Response): Promise<boolean> {
  const { code } = (await answer.clone().json()) as { code?: string };
  return code === 'concurrent_change' || code === 'clearing_in_progress';
}
