import * as z from 'zod';
import type { Problem } from '../../shared/kernel/problem.ts';
import { problem } from '../../shared/kernel/problem.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import { fieldErrors } from '../../shared/wire/issues.ts';
import { pageQueryShape } from '../../shared/wire/list.ts';
import type { Route } from './route.ts';

/** Whether the route can be called without a body. */
export const isBodyOptional = ({ method, body }: Route): boolean =>
  method === 'post' && body?.safeParse({}).success === true;

/** A failure whose place in the request decides its status, against the table: 400 in the URL, 422 in the body. */
export interface Misplaced {
  readonly problem: Problem;
  readonly status?: number;
}

const noFields = z.strictObject({});

/** The query parameters a route takes. */
export function querySchemaOf(route: Route): z.ZodObject {
  const filters = route.query ?? noFields;
  return route.paged === true ? filters.extend(pageQueryShape) : filters;
}

/** Query parameters: each at most once, none unknown. Errors: invalid_request (400). */
export function parseQuery(
  route: Route,
  parameters: Readonly<Record<string, readonly string[]>>,
): Result<Record<string, unknown>, Misplaced> {
  const repeated = Object.keys(parameters).find((name) => (parameters[name]?.length ?? 0) > 1);
  if (repeated !== undefined)
    return fail({
      problem: problem('invalid_request', `The query parameter ${repeated.slice(0, 50)} is given twice.`),
      status: 400,
    });
  const single = Object.fromEntries(Object.entries(parameters).map(([name, [value]]) => [name, value]));
  const parsed = querySchemaOf(route).safeParse(single, { reportInput: true });
  return parsed.success
    ? ok(parsed.data)
    : fail({
        problem: problem(
          'invalid_request',
          'A query parameter is not valid.',
          fieldErrors(parsed.error.issues),
        ),
        status: 400,
      });
}

/** Path parameters. What cannot be an id names nothing; where the caller chooses the id, it is told so. */
export function parseParams(route: Route, params: Record<string, string>): Result<unknown, Misplaced> {
  if (route.params === undefined) return ok({});
  const parsed = route.params.safeParse(params, { reportInput: true });
  if (parsed.success) return ok(parsed.data);
  return route.method === 'put'
    ? fail({
        problem: problem(
          'invalid_request',
          'The path names something that cannot be a name.',
          fieldErrors(parsed.error.issues),
        ),
        status: 400,
      })
    : fail({ problem: problem('not_found', 'There is nothing here.') });
}

/**
 * The body. A route without one takes an empty body or `{}`; a POST without one says `{}`, a PUT or PATCH never: it must
 * not replace something by nothing. Errors: invalid_request (422).
 */
export function parseBody(route: Route, json: unknown): Result<unknown, Misplaced> {
  if (route.body === undefined && json === undefined) return ok(undefined);
  const given = json === undefined && route.method === 'post' ? {} : json;
  if (given === undefined) return fail({ problem: problem('invalid_request', 'A JSON body is needed.') });
  const parsed = (route.body ?? noFields).safeParse(given, { reportInput: true });
  if (parsed.success) return ok(parsed.data);
  const errors = fieldErrors(parsed.error.issues);
  const count = errors.length === 1 ? 'One field is' : `${errors.length} fields are`;
  return fail({ problem: problem('invalid_request', `${count} at fault; see errors.`, errors) });
}
