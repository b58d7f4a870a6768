import { monotonicFactory } from 'ulid';
import { createApp } from '../../functions/api/app.ts';
import { newSecret } from '../../functions/api/new-secret.ts';
import type { ApiDependencies, Log } from '../../functions/api/dependencies.ts';
import type { Route } from '../../functions/api/route.ts';
import type { RouteGroup } from '../../functions/api/routing.ts';
import { idPrefixes } from '../../shared/kernel/ids.ts';
import { problem } from '../../shared/kernel/problem.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import type { Role } from '../../shared/reference/role.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import type { Table } from '../../shared/store/table/table.ts';

/** Several are made within a millisecond here: in the order in which they are asked for all the same. */
const ulid = monotonicFactory();

/** An object store in memory. */
function memoryObjects(): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    put: (key, bytes) => Promise.resolve(void objects.set(key, bytes)),
    get: (key) => Promise.resolve(objects.get(key)),
  };
}

/** A log that keeps its lines. */
export function memoryLog(): Log & { readonly lines: { level: string; message: string; fields: object }[] } {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (message: string, fields: object) => {
    lines.push({ level, message, fields });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

export const caller = (organisation: string, ...roles: Role[]): Caller => ({
  subject: `${organisation}-user`,
  organisation,
  roles,
});

/** Tokens of these tests name their caller in the clear; the real verifier has tests of its own. */
const tokenOf = (who: Caller): string => Buffer.from(JSON.stringify(who)).toString('base64url');

/** An answer's JSON, with the fields that many have; a test that reads one that is not there fails on it. */
export interface AnswerBody {
  readonly id: string;
  readonly version: number;
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
  readonly items: readonly AnswerBody[];
  readonly next: string | null;
  readonly [field: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** The API over a table, with a clock that tests set and callers given in place of tokens. */
/** Routes that a test made, in one group. */
const groupOf = (routes: readonly Route[]): RouteGroup => ({
  nouns: [...new Set(routes.map(({ path }) => path.split('/')[2] ?? ''))],
  load: () => Promise.resolve(routes),
});

export function testApi(table: Table, overrides: Partial<ApiDependencies> = {}, routes?: readonly Route[]) {
  const time = { now: '2026-11-22T12:00:00.000Z' };
  const woken: string[] = [];
  const logger = memoryLog();
  const dependencies: ApiDependencies = {
    table,
    objects: memoryObjects(),
    clock: (): Instant => time.now,
    newId: (kind) => `${idPrefixes[kind]}_${ulid()}`,
    verifyToken: (token) => {
      try {
        return Promise.resolve(ok(JSON.parse(Buffer.from(token, 'base64url').toString()) as Caller));
      } catch {
        return Promise.resolve(fail(problem('unauthenticated', 'Not a token of these tests.')));
      }
    },
    newSecret,
    wakeClearing: (product) => Promise.resolve(void woken.push(product)),
    logger,
    readOpenApi: () => Promise.resolve('{}'),
    ...overrides,
  };
  const app = routes === undefined ? createApp(dependencies) : createApp(dependencies, [groupOf(routes)]);
  const call = async (
    who: Caller | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await app.request(path, {
      method,
      headers: {
        ...(who === undefined ? {} : { Authorization: `Bearer ${tokenOf(who)}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as AnswerBody,
    };
  };
  return { app, dependencies, call, time, woken, log: logger.lines };
}
