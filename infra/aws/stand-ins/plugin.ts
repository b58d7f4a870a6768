import type { Plugin } from 'esbuild';
import { join } from 'node:path';

const here = import.meta.dirname;

/** What the bundles have in place of others: file by what is imported. */
export const standIns = { '@aws-sdk/credential-provider-node': join(here, 'credentials.ts') };

/**
 * What they have in place of globals of Node, where they use them. Node loads the whole of undici (36 ms, more than an empty
 * process takes) when the first of its own is touched, and a Lambda that is called by an event and calls AWS needs less.
 */
export const globals = ['headers', 'messages', 'later'].map((file) => join(here, 'fetch', `${file}.ts`));

/**
 * Node's own modules, each taken when something of it is first used. An `import` of one would load it at once, and touch all
 * that it exports: the standard streams of `node:process`, `fetch` with everything behind it by way of `node:http`.
 *
 * esbuild reads what is imported of a CommonJS module at each use, off an object that inherits whatever `module.exports`
 * inherits.
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup: (build) => {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' || kind === 'dynamic-import'
        ? { path, namespace: 'builtin', sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `
        let builtin;
        const get = (_, name) => (builtin ??= process.getBuiltinModule('${path}'))[name];
        module.exports = Object.create(new Proxy({}, { get }));`,
    }));
  },
};

const table = '@aws-sdk/client-dynamodb';

/** The client of the table is read when the table is first asked; only what stands in for it imports the SDK's own. */
export const readLater: Plugin = {
  name: 'read later',
  setup: (build) => {
    const standIn = join(here, 'dynamodb.ts');
    build.onResolve({ filter: new RegExp(`^${table}$`) }, ({ importer }) =>
      importer === standIn ? undefined : { path: standIn },
    );
  },
};
