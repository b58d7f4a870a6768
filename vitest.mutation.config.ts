import { defineConfig } from 'vitest/config';

/** The tests of the engine that are run for every mutant: those that are fast, on few and always the same examples. */
export default defineConfig({
  test: {
    include: [
      'test/unit/clearing/**/*.test.ts',
      'test/property/clearing/{clear,flow,prices}.test.ts',
      'test/property/verify/honest.test.ts',
    ],
    exclude: ['test/unit/clearing/scale.test.ts'],
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 30_000,
  },
});
