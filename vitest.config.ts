import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Programs that tests start, many times over, are compiled once; Node's own cache, by the content of each file. */
const compiled = resolve(import.meta.dirname, 'node_modules/.cache/compiled');

const project = (name: string, timeoutSeconds: number, options: { readonly isolate?: boolean } = {}) => ({
  test: {
    name,
    ...options,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
    setupFiles: ['test/support/leaves-nothing.ts'],
    env: { NODE_COMPILE_CACHE: compiled },
  },
});

/** Files that leave nothing behind share a worker: a process for each would cost more than most of them take. */
const pure = { isolate: false };

/** Seconds; more where `npm run soak` tries each property more often than usual. */
const { PROPERTY_RUNS } = process.env;
const patience = PROPERTY_RUNS === undefined ? 120 : Math.max(120, 600 * Number(PROPERTY_RUNS));

export default defineConfig({
  test: {
    // Every core: by default one is kept for vitest itself, which on two cores leaves half of the machine idle.
    maxWorkers: '100%',
    projects: [
      project('unit', 10, pure),
      project('property', patience, pure),
      project('integration', 120, pure),
      project('infra', 120, pure),
      project('acceptance', 120, pure),
    ],
  },
});
