import { defineConfig } from 'vitest/config';

/**
 * The tests of the engine that are run for every mutant: those of units, and where `PROPERTY_RUNS` says how often,
 * properties, on few and always the same examples.
 */
export default defineConfig({
  test: {
    include: [
      'test/unit/clearing/**/*.test.ts',
      ...(process.env['PROPERTY_RUNS'] === undefined
        ? []
        : ['test/property/clearing/{clear,flow,prices}.test.ts', 'test/property/verify/honest.test.ts']),
    ],
    exclude: ['test/unit/clearing/scale.test.ts'],
    setupFiles: ['test/support/fixed-seed.ts'],
    // A worker for every file would cost a mutant more than its tests do.
    isolate: false,
    testTimeout: 30_000,
  },
});
