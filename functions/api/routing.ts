import { PatternRouter } from 'hono/router/pattern-router';
import { tryDecodeURIComponent } from 'hono/utils/url';
import type { Route } from './route.ts';

/** Routes that are loaded together, when one of their paths is first asked for. */
export interface RouteGroup {
  /** What the paths go on with behind `/v1/`. A noun may have routes in more than one group. */
  readonly nouns: readonly string[];
  readonly load: () => Promise<readonly Route[]>;
}

/** What a request is for: a route with the parameters of its path; or the methods that the path takes instead. */
export type Destination =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly methods: readonly string[] };

/**
 * Finds the route of a request, loading no more groups than it takes. A path that no route has takes no methods.
 * Where several routes would do, the first of the first group is taken.
 */
export function routing(groups: readonly RouteGroup[]) {
  const routers = new Map<RouteGroup, Promise<PatternRouter<Route>>>();
  const routerOf = (group: RouteGroup): Promise<PatternRouter<Route>> => {
    const router = routers.get(group) ?? group.load().then(routerFor);
    routers.set(group, router);
    return router;
  };
  return async (method: string, path: string): Promise<Destination> => {
    const noun = path.split('/')[2] ?? '';
    const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
    const others: Route[] = [];
    for (const group of groups) {
      if (!group.nouns.includes(noun)) continue;
      const found = (await routerOf(group)).match('ALL', path)[0] as readonly [Route, object][];
      const [route, params] = found.find(([each]) => each.method === wanted) ?? [];
      if (route !== undefined) return { route, params: decoded(params) };
      others.push(...found.map(([each]) => each));
    }
    const same = others.filter((each) => each.path === others[0]?.path);
    return { methods: same.map((each) => each.method.toUpperCase()) };
  };
}

function routerFor(routes: readonly Route[]): PatternRouter<Route> {
  const router = new PatternRouter<Route>();
  for (const route of routes) router.add('ALL', route.path.replaceAll(/\{(\w+)\}/g, ':$1'), route);
  return router;
}

const decoded = (params: object = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, tryDecodeURIComponent(value as string)]),
  );
