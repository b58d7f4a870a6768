import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A mutant dies of the first test that notices: the quickest tests that might come first, properties last. */
class QuickestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = ['unit/clearing/clear.', 'unit/clearing/expl', 'property/clearing', 'property/verify'];
    const place = ({ moduleId }: TestSpecification): number =>
      slow.findIndex((part) => moduleId.includes(part));
    return Promise.resolve(
      files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1)),
    );
  }
}

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
    // Large books: seconds for each mutant.
    exclude: ['test/unit/clearing/scale.test.ts'],
    setupFiles: ['test/support/fixed-seed.ts'],
    sequence: { sequencer: QuickestFirst },
    // A worker for every file would cost a mutant more than its tests do.
    isolate: false,
    testTimeout: 30_000,
  },
});
