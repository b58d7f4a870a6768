import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';

const repository = join(import.meta.dirname, '../..');

/** Every Lambda of the marketplace: `functions/<name>/handler.ts`. */
export const handlerNames = ['api', 'clearing', 'tick', 'pre-token'] as const;
export type HandlerName = (typeof handlerNames)[number];

/** Where bundles lie unless told otherwise. */
export const bundleFolder = join(repository, 'dist/functions');

/**
 * The one set of options: what is deployed, what the tests invoke and what the bench measures are the same bytes.
 * (CDK's own NodejsFunction shells out to esbuild's command line, which takes no plugins and which nothing but a
 * synthesis can call.)
 */
export const bundleOptions: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // ES modules first: CommonJS builds cannot be tree-shaken, and drag `require` into an ES module.
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'lambda-credentials.ts'),
  },
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  // Beside the bundle's folder, not in it: Node would read a shipped map on every cold start.
  sourcemap: 'external',
  write: false,
  logLevel: 'silent',
};

/** Files that lie beside a bundle, read when they are asked for. */
const beside: Partial<Record<HandlerName, readonly string[]>> = { api: ['docs/openapi.json'] };

/**
 * Bundles one Lambda's handler and answers the path of its `index.mjs`, in a folder of its own; the source
 * map lies beside that folder as `<name>.map`. Throws esbuild's errors; a warning is an error too.
 */
export async function bundleHandler(name: HandlerName, folder = bundleFolder): Promise<string> {
  const entry = join(repository, 'functions', name, 'handler.ts');
  const outfile = join(folder, name, 'index.mjs');
  const { outputFiles = [], warnings } = await build({ ...bundleOptions, entryPoints: [entry], outfile });
  if (warnings.length > 0) throw new Error(`${name}: ${warnings.map(({ text }) => text).join('; ')}`);
  await mkdir(dirname(outfile), { recursive: true });
  for (const { path, contents } of outputFiles)
    await writeFile(basename(path) === 'index.mjs' ? path : join(folder, `${name}.map`), contents);
  for (const file of beside[name] ?? [])
    await copyFile(join(repository, file), join(dirname(outfile), basename(file)));
  return outfile;
}
