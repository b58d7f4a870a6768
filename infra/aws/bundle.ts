import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { BuildOptions, Metafile } from 'esbuild';
import { build } from 'esbuild';
import { builtins, globals, readLater, standIns } from './stand-ins/plugin.ts';

const repository = join(import.meta.dirname, '../..');

/** Every Lambda of the marketplace: `functions/<name>/handler.ts`. */
export const handlerNames = [
  'api',
  'clearing',
  'settlement',
  'tick',
  'stream',
  'notify',
  'pre-token',
] as const;
export type HandlerName = (typeof handlerNames)[number];

/** Where bundles lie unless told otherwise. */
export const bundleFolder = join(repository, 'dist/functions');

/**
 * The one set of options: what is deployed, what the tests invoke and what the bench measures are the same bytes.
 * (CDK's own NodejsFunction shells out to esbuild's command line, which takes no plugins and which nothing but a
 * synthesis can call.)
 */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // ES modules first: CommonJS builds cannot be tree-shaken, and drag `require` into an ES module.
  mainFields: ['module', 'main'],
  alias: standIns,
  inject: globals,
  plugins: [builtins, readLater],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  // Beside the bundle's folder, not in it: Node would read a shipped map on every cold start.
  sourcemap: 'external',
  write: false,
  logLevel: 'silent',
} satisfies BuildOptions;

/** Files that lie beside a bundle, read when they are asked for. */
const beside: Partial<Record<HandlerName, readonly string[]>> = { api: ['docs/openapi.json'] };

/** One Lambda's code in a folder of its own, nothing of it but what Node reads. */
export interface Bundle {
  /** Path of `index.mjs`, which exports the handler. */
  readonly entry: string;
  /** What is read as the function starts, the entry and all that it imports: bytes, and the files they were made of. */
  readonly start: { readonly bytes: number; readonly sources: readonly string[] };
  /** The files that any of it was made of. */
  readonly sources: readonly string[];
  /** What is read when a call first needs it, shared parts included: bytes by the name of the file that is imported then. */
  readonly later: ReadonlyMap<string, number>;
}

/**
 * Bundles one Lambda's handler into `<folder>/<name>`, whose former content goes; the source maps lie beside it in
 * `<name>.maps`. Throws esbuild's errors; a warning is an error too.
 */
export async function bundleHandler(name: HandlerName, folder = bundleFolder): Promise<Bundle> {
  const outdir = join(folder, name);
  const { outputFiles, metafile, warnings } = await build({
    ...bundleOptions,
    // It answers from its event alone; esbuild takes in what is injected whether it is used or not.
    ...(name === 'pre-token' ? { inject: [] } : {}),
    absWorkingDir: repository,
    entryPoints: [{ in: join('functions', name, 'handler.ts'), out: 'index' }],
    outdir,
    outExtension: { '.js': '.mjs' },
    // What is imported only when a call needs it (the engine, for previews) lies unread in a file of its own.
    splitting: true,
    metafile: true,
  });
  if (warnings.length > 0) throw new Error(`${name}: ${warnings.map(({ text }) => text).join('; ')}`);
  const maps = join(folder, `${name}.maps`);
  for (const each of [outdir, maps]) {
    await rm(each, { recursive: true, force: true });
    await mkdir(each, { recursive: true });
  }
  for (const { path, contents } of outputFiles)
    await writeFile(path.endsWith('.map') ? join(maps, basename(path)) : path, contents);
  for (const file of beside[name] ?? []) await copyFile(join(repository, file), join(outdir, basename(file)));
  const entry = join(outdir, 'index.mjs');
  return { entry, ...readWhen(metafile, relative(repository, entry)) };
}

function readWhen({ outputs }: Metafile, entry: string): Omit<Bundle, 'entry'> {
  /** A file with all that it imports at once, and what those do; without what is read already. */
  const readWith = (first: string, read: ReadonlySet<string> = new Set()): Set<string> => {
    const found = new Set([first]);
    for (const path of found)
      for (const { kind, path: imported } of outputs[path]!.imports)
        if (kind === 'import-statement' && imported in outputs && !read.has(imported)) found.add(imported);
    return found;
  };
  const bytesOf = (paths: Iterable<string>): number =>
    [...paths].reduce((sum, path) => sum + outputs[path]!.bytes, 0);
  const start = readWith(entry);
  const later = Object.entries(outputs).filter(
    ([, { entryPoint }]) => entryPoint !== undefined && entryPoint !== outputs[entry]!.entryPoint,
  );
  return {
    start: {
      bytes: bytesOf(start),
      sources: [...start].flatMap((path) => Object.keys(outputs[path]!.inputs)),
    },
    sources: Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)),
    later: new Map(later.map(([path, { entryPoint }]) => [entryPoint!, bytesOf(readWith(path, start))])),
  };
}
