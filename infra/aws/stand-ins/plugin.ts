import type { Plugin } from 'esbuild';
import { join } from 'node:path';

const here = import.meta.dirname;

/** What the bundles have in place of others: file by what is imported. */
export const standIns = {
  '@aws-sdk/client-dynamodb': join(here, 'dynamodb.ts'),
  '@aws-sdk/client-eventbridge': join(here, 'eventbridge.ts'),
  '@aws-sdk/client-sqs': join(here, 'sqs.ts'),
};

/** What they have in place of globals of Node. */
export const globals = [join(here, 'fetch/index.ts')];

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
      kind === 'import-statement' ? { path, namespace: 'builtin', sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `
        let builtin;
        const get = (_, name) => (builtin ??= process.getBuiltinModule('${path}'))[name];
        module.exports = Object.create(new Proxy({}, { get }));`,
    }));
  },
};
