import { PatternRouter } from 'hono/router/pattern-router';
import { tryDecodeURIComponent } from 'hono/utils/url';
import type { Route } from './route.ts';

/** What a request is matched by. */
export type Outline = Pick<Route, 'operationId' | 'method' | 'path'>;

/** Routes that are loaded together, when one of them is first to be served. */
export interface RouteGroup {
  /** What the paths go on with behind `/v1/`. A noun may have routes in more than one group. */
  readonly nouns: readonly string[];
  /** The outlines of its routes, a line each, where they are known without loading them. */
  readonly outlines?: string;
  readonly load: () => Promise<readonly Route[]>;
}

export const outlineText = ({ operationId, method, path }: Outline): string =>
  `${method} ${path} ${operationId}`;

function outlineOf(line: string): Outline {
  const [method, path, operationId] = line.split(' ') as [Outline['method'], Outline['path'], string];
  return { operationId, method, path };
}

const outlinesOf = async ({ outlines, load }: RouteGroup): Promise<readonly Outline[]> =>
  outlines === undefined ? await load() : outlines.trim().split('\n').map(outlineOf);

/** What a request is for: a route, with the parameters of its path; or the methods that the path takes instead. */
export type Destination =
  | {
      readonly operationId: string;
      readonly params: Readonly<Record<string, string>>;
      readonly load: () => Promise<Route>;
    }
  | { readonly methods: readonly string[] };

/**
 * Finds the route of a request, without loading it where its group's outlines are known. A path that no route has takes no
 * methods. Where several routes would do, the first of the first group is taken.
 */
export function routing(groups: readonly RouteGroup[]) {
  const routers = new Map<RouteGroup, Promise<PatternRouter<Outline>>>();
  const routerOf = (group: RouteGroup): Promise<PatternRouter<Outline>> => {
    const router = routers.get(group) ?? outlinesOf(group).then(routerFor);
    routers.set(group, router);
    return router;
  };
  return async (method: string, path: string): Promise<Destination> => {
    const noun = path.split('/')[2] ?? '';
    const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
    const others: Outline[] = [];
    for (const group of groups) {
      if (!group.nouns.includes(noun)) continue;
      const found = (await routerOf(group)).match('ALL', path)[0] as readonly [Outline, object][];
      const [outline, params] = found.find(([each]) => each.method === wanted) ?? [];
      if (outline !== undefined) {
        const { operationId } = outline;
        return { operationId, params: decoded(params), load: () => routeOf(group, operationId) };
      }
      others.push(...found.map(([each]) => each));
    }
    const same = others.filter((each) => each.path === others[0]?.path);
    return { methods: same.map((each) => each.method.toUpperCase()) };
  };
}

async function routeOf(group: RouteGroup, operationId: string): Promise<Route> {
  const route = (await group.load()).find((each) => each.operationId === operationId);
  if (route === undefined) throw new Error(`${operationId} is outlined and has no route`);
  return route;
}

function routerFor(outlines: readonly Outline[]): PatternRouter<Outline> {
  const router = new PatternRouter<Outline>();
  for (const outline of outlines) router.add('ALL', outline.path.replaceAll(/\{(\w+)\}/g, ':$1'), outline);
  return router;
}

const decoded = (params: object = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, tryDecodeURIComponent(value as string)]),
  );
