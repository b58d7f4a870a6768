import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A mutant dies of the first test that notices: the quickest tests that might come first, properties last. */
class QuickestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = [
      'unit',
      'unit/clearing/clear.',
      'unit/clearing/expl',
      'property/clearing',
      'property/verify',
    ];
    const place = ({ moduleId }: TestSpecification): number =>
      moduleId.includes('/solver/') ? -1 : order.findLastIndex((part) => moduleId.includes(part));
    return Promise.resolve(
      files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1)),
    );
  }
}

/** What the solver is asked of directly: enough for its mutants, and a second instead of all. */
const solverTests = [
  'test/unit/clearing/{certificate,zone-caps,limits}.test.ts',
  'test/unit/clearing/solver/*.test.ts',
];
const solverProperties = [
  'test/property/clearing/solver/*.test.ts',
  'test/property/clearing/{flow,prices,zone-caps}.test.ts',
];
const properties = [
  ...solverProperties,
  'test/property/clearing/{clear,conditions,pairing}.test.ts',
  'test/property/verify/honest.test.ts',
];
const onlySolver = process.env['MUTATION_TESTS'] === 'solver';
const units = onlySolver ? solverTests : ['test/unit/clearing/**/*.test.ts'];

/**
 * The tests of the engine that are run for every mutant: those of units, and where `PROPERTY_RUNS` says how often,
 * properties, on few and always the same examples. `MUTATION_TESTS=solver` leaves out what asks the solver by way of
 * whole markets.
 */
export default defineConfig({
  test: {
    include: [
      ...units,
      ...(process.env['PROPERTY_RUNS'] === undefined ? [] : onlySolver ? solverProperties : properties),
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
