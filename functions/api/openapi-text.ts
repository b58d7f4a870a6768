import { readFile } from 'node:fs/promises';
import { openApiDocument } from './openapi.ts';
import { allRoutes } from './routes/index.ts';

/** The text of docs/openapi.json as the routes say it should be. */
export async function openApiText(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return `${JSON.stringify(openApiDocument(await allRoutes(), manifest.version), null, 1)}\n`;
}
