import type { Route } from '../../../functions/api/route.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { roles } from '../../../shared/reference/role.ts';
import { sent, type Sent } from './door-api.ts';
import { people } from './people.ts';
import { pathOf, requests } from './requests.ts';
import { doors } from './table.ts';
import type { World } from './world.ts';

const shut = (status: number): number => (status < 400 ? 0 : status === 409 || status === 422 ? 1 : 2);

/** Who may do it, and a request that would succeed. */
export function requestThatWorks(
  world: World,
  route: Route,
): { readonly who: Caller; readonly request: Sent } {
  const cells = doors.get(route.operationId)!;
  // Where nobody succeeds as things stand, whoever gets furthest: not the one to whom the door is shut.
  const { role, side } = roles
    .flatMap((each) =>
      (['own', 'foreign'] as const).map((of) => ({ role: each, side: of, status: cells[each][of] })),
    )
    .toSorted((a, b) => shut(a.status) - shut(b.status))[0]!;
  const holdings = world.holdingsOf(role);
  const request = requests[route.operationId]?.(holdings) ?? {};
  return {
    who: people[role][side],
    request: sent(route.method, pathOf(route.path, request, holdings), request),
  };
}
