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
      'search-limits',
    ];
    const place = ({ moduleId }: TestSpecification): number =>
      /\/(?:conditions|pairing|solver)\//.test(moduleId)
        ? -1
        : order.findLastIndex((part) => moduleId.includes(part));
    return Promise.resolve(
      files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1)),
    );
  }
}

const unit = (files: string): string => `test/unit/clearing/${files}.test.ts`;
const property = (files: string): string => `test/property/clearing/${files}.test.ts`;

/** What a folder is asked of directly: enough for its mutants, and a second or two instead of ten. */
const direct: Record<string, { readonly units: string[]; readonly properties: string[] }> = {
  solver: {
    units: [unit('{certificate,zone-caps,limits}'), unit('solver/*')],
    properties: [property('solver/*'), property('{flow,prices,zone-caps}')],
  },
  conditions: {
    units: [unit('{conditions,awards-kept,possible-awards,search-limits}'), unit('conditions/*')],
    properties: [property('conditions'), property('conditions/*')],
  },
  pairing: {
    units: [unit('pairing'), unit('pairing/*')],
    properties: [property('pairing'), property('pairing/*')],
  },
  explanation: {
    units: [
      unit('{changed-order,condition-reason,cures,explanation,member-explanations,misses,near-miss}'),
      unit('{questions,reasons,retrials,sentence}'),
      unit('{awards-kept,conditions,eligibility,pools,zone-caps}'),
    ],
    properties: [],
  },
  preview: { units: [unit('preview*')], properties: [] },
  documents: {
    units: [
      unit('{digest,documents,explanation-shards,figures,market-view,proof,published,record,record-shapes}'),
      unit('{awards-kept,conditions,pools,zone-caps}'),
    ],
    properties: [],
  },
  awards: {
    units: [
      unit('{awards-kept,member-waterfall,pools,proof,sharing,waterfall}'),
      unit('{conditions,eligibility,figures,floors}'),
    ],
    properties: [],
  },
  support: {
    units: [unit('{clear,documents,support-proof,support-round}')],
    properties: [property('support-frontier'), 'test/property/verify/supported.test.ts'],
  },
  outcome: {
    units: [unit('{market-outcomes,outcome}')],
    properties: ['test/property/contracts/outcomes.test.ts'],
  },
  eligibility: {
    units: [
      unit('{eligibility,figures,floors,rules,standards-check,warnings,zone-caps}'),
      unit('{awards-kept,conditions,explanation,pools}'),
    ],
    properties: [],
  },
};
const whole = {
  units: [unit('**/*')],
  properties: [
    ...[
      property('{conditions,pairing,solver}/*'),
      property('{clear,conditions,flow,pairing,prices,zone-caps}'),
    ],
    'test/property/verify/honest.test.ts',
    'test/property/contracts/outcomes.test.ts',
  ],
};
const { units, properties } = direct[process.env['MUTATION_TESTS'] ?? ''] ?? whole;

/**
 * The tests of the engine that are run for every mutant: those of units, and where `PROPERTY_RUNS` says how often,
 * properties, on few and always the same examples. `MUTATION_TESTS=solver` (`conditions`, `explanation`, …) runs
 * what asks that folder directly alone.
 */
export default defineConfig({
  test: {
    include: [...units, ...(process.env['PROPERTY_RUNS'] === undefined ? [] : properties)],
    // Large books: seconds for each mutant.
    exclude: ['test/unit/clearing/scale.test.ts'],
    setupFiles: ['test/support/fixed-seed.ts'],
    sequence: { sequencer: QuickestFirst },
    // A worker for every file would cost a mutant more than its tests do.
    isolate: false,
    testTimeout: 30_000,
  },
});
