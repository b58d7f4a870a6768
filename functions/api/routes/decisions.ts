import type * as z from 'zod';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import type { Act } from '../../../shared/store/table/act.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import type { Route, Tag } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators } from './reference.ts';

interface Decision<P, V> {
  readonly summary: string;
  readonly description?: string;
  /** What it may be refused with beyond what every decision may. */
  readonly problems?: readonly ProblemCode[];
  readonly plan: (table: Table, act: Act, params: P) => Plan<V>;
}

/** By which a second administrator approves or rejects what a first one has proposed. */
export const decisionRoutes = <P extends z.ZodType, S extends z.ZodType<{ readonly version: number }>>(of: {
  /** As in `approveFloor`. */
  readonly name: string;
  /** Of what is decided on. */
  readonly path: `/v1/${string}`;
  readonly tag: Tag;
  readonly params: P;
  readonly answer: { readonly description: string; readonly schema: S };
  /** `verb` where approving has a word of its own: what was declared is verified. */
  readonly approve: Decision<z.output<P>, z.output<S>> & { readonly verb?: 'verify' };
  readonly reject: Decision<z.output<P>, z.output<S>>;
}): Route[] =>
  [
    { verb: 'approve' as const, ...of.approve },
    { verb: 'reject' as const, ...of.reject },
  ].map((decision) => {
    const { plan, problems = [], verb, ...words } = decision;
    return defineRoute({
      ...words,
      operationId: `${verb}${of.name}`,
      method: 'post',
      path: `${of.path}/${verb}`,
      tag: of.tag,
      roles: administrators,
      params: of.params,
      responses: { 200: of.answer },
      problems: ['not_found', 'invalid_state', 'second_approval_required', ...problems],
      write: (request, dependencies) =>
        mapPlan(plan(dependencies.table, actOf(request, dependencies), request.params), (decided) =>
          reply(200, decided, { version: decided.version }),
        ),
    });
  });
