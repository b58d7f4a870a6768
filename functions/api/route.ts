import type * as z from 'zod';
import type { PageRequest } from '../../shared/kernel/page.ts';
import type { ProblemCode } from '../../shared/kernel/problem.ts';
import type { Result } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { ExpectedVersion } from '../../shared/kernel/version.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import type { Role } from '../../shared/reference/role.ts';
import type { Plan } from '../../shared/store/table/effect.ts';
import type { ApiDependencies } from './dependencies.ts';

/** What a route answers with, by status. */
export type Responses = Readonly<
  Record<number, { readonly description: string; readonly schema?: z.ZodType }>
>;

/** A request once it has been authenticated, authorised and parsed. */
export interface ApiRequest<Params, Query, Body> {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly page: PageRequest;
  /** If-Match, where the route heeds it; `undefined` where the caller sent none. */
  readonly expectedVersion: ExpectedVersion | undefined;
  /** The moment the request is judged at. */
  readonly at: Instant;
  /** By which the log tells what became of it. */
  readonly requestId: string;
}

/** A successful answer: a value that the response's schema encodes, or none. `version` becomes the ETag. */
export interface Reply<Status = number, Value = unknown> {
  readonly status: Status;
  readonly value?: Value;
  readonly version?: number;
  /** A path such as `/v1/offers/off_…`. */
  readonly location?: string;
}

/** A reply with its status and value; for the ETag, the version; for a Location, its path. */
export const reply = <const S extends number, V>(
  status: S,
  value: V,
  more: { readonly version?: number; readonly location?: string } = {},
): { readonly status: S; readonly value: V; readonly version?: number; readonly location?: string } => ({
  status,
  value,
  ...more,
});

/** A reply in one of the statuses a route declares, with that status's value. */
export type ReplyOf<R extends Responses> = {
  [S in keyof R]: R[S] extends { readonly schema: infer V extends z.ZodType }
    ? Reply<S, z.output<V>>
    : Omit<Reply<S>, 'value'>;
}[keyof R];

export type Tag =
  | 'Organisations'
  | 'Products'
  | 'Zones'
  | 'Standards'
  | 'Floors'
  | 'Reference prices'
  | 'Sites and certificates'
  | 'Orders'
  | 'Pools'
  | 'Clearings'
  | 'Support'
  | 'Stockpiles'
  | 'Contracts'
  | 'Settlements'
  | 'Markets'
  | 'Exchange'
  | 'Projects'
  | 'Risk'
  | 'Webhooks';

interface RouteData {
  readonly operationId: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/v1/offers/{id}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  readonly tag: Tag;
  /** Who may act on this kind of resource at all; others get 403. */
  readonly roles: readonly Role[];
  /** A list: takes `limit` and `cursor`, and the value's `next` is a position that becomes a cursor. */
  readonly paged?: boolean;
  readonly ifMatch?: 'required' | 'optional';
  /** What it may refuse with, beyond what every route may. */
  readonly problems?: readonly ProblemCode[];
  /** A success's value as CSV, for those who would rather have that (`Accept: text/csv`). */
  readonly csv?: (value: unknown) => string;
  /** The body's JSON made from `text/csv`, for those who would rather send that. Errors: malformed_request. */
  readonly csvBody?: (text: string) => Result<unknown>;
  /** A body that would be accepted, for the documentation. */
  readonly example?: unknown;
}

/** A route either reads, or writes by a plan that is carried out in one transaction. */
interface Handlers<Request, Answer> {
  read?(request: Request, dependencies: ApiDependencies): Promise<Result<Answer>>;
  write?(request: Request, dependencies: ApiDependencies): Plan<Answer>;
  /** After the write has been done, or was found done: what need not be in its transaction. */
  afterwards?(request: Request, dependencies: ApiDependencies): Promise<void>;
}

type Definition<
  P extends z.ZodType,
  Q extends z.ZodObject,
  B extends z.ZodType,
  R extends Responses,
> = RouteData &
  Handlers<ApiRequest<z.output<P>, z.output<Q>, z.output<B>>, ReplyOf<R>> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    readonly responses: R;
  };

/** Any route, as served and documented: one definition is both. */
export type Route = RouteData &
  Handlers<ApiRequest<unknown, Record<string, unknown>, unknown>, Reply> & {
    readonly params?: z.ZodType;
    readonly query?: z.ZodObject;
    readonly body?: z.ZodType;
    readonly responses: Responses;
  };

/**
 * Checks a route's handler against its schemas, then forgets their types: only `serve` calls handlers, with what
 * the route's own schemas have parsed, and encodes what they answer by the route's own schemas.
 */
export const defineRoute = <
  P extends z.ZodType,
  Q extends z.ZodObject,
  B extends z.ZodType,
  const R extends Responses,
>(
  route: Definition<P, Q, B, R>,
): Route => route as unknown as Route;
