import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openApiText } from '../../../functions/api/openapi-text.ts';
import { outlinesText } from '../../../functions/api/routes/outlines-text.ts';
import { allRoutes, routeGroups } from '../../../functions/api/routes/index.ts';

interface Document {
  readonly paths: Record<string, Record<string, { readonly operationId: string }>>;
  readonly components: Record<string, Record<string, unknown>>;
}
const routes = await allRoutes();
const document = async () => JSON.parse(await openApiText()) as Document;

describe('docs/openapi.json', () => {
  it('is what the routes say (run npm run openapi)', async () => {
    expect(await readFile('docs/openapi.json', 'utf8')).toBe(await openApiText());
  });

  it('has the outlines beside it by which requests are matched (run npm run openapi)', async () => {
    expect(await readFile('functions/api/routes/outlines.ts', 'utf8')).toBe(await outlinesText());
  });

  it('has every route once, under its own operation id', async () => {
    const { paths } = await document();
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map((each) => each.operationId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(
      [...routes.map((route) => route.operationId), 'getHealth', 'getLiveness', 'getOpenApi'].toSorted(),
    );
  });

  it('is served: every route is found by the noun that its path begins with', async () => {
    for (const { nouns, load } of routeGroups)
      expect(new Set((await load()).map(({ path }) => path.split('/')[2]))).toEqual(new Set(nouns));
  });

  it('refers only to components that are there, and shows decimals as strings', async () => {
    const text = await openApiText();
    const { components } = await document();
    for (const [, kind = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g))
      expect(components[kind], name).toHaveProperty([name]);
    expect(components['schemas']?.['Money']).toMatchObject({
      properties: { amount: { type: 'string' }, currency: { type: 'string' } },
      additionalProperties: false,
    });
  });

  it('gives examples that the routes accept', () => {
    const examples = routes.filter((route) => route.example !== undefined);
    expect(examples.length).toBeGreaterThan(2);
    for (const { operationId, body, example } of examples)
      expect(body?.safeParse(example).success, operationId).toBe(true);
  });
});
