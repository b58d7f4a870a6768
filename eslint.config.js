import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  {
    ignores: ['node_modules/', 'cdk.out/', 'dist/', 'coverage/', '.lodestone/', 'reports/', '.stryker-tmp/'],
  },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Exact integers print as they are; a template around a bigint or a number hides nothing.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // noUncheckedIndexedAccess makes every typed-array read `number | undefined`; in the solver's inner
      // loops the bound is the loop's own, and `!` says so without a branch.
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // Test files share a process: whoever mocks a class of clients mocks those of the files that come after.
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.name='mockClient'] > Identifier[name=/^[A-Z]/]",
          message: 'Mock a client, not its class.',
        },
      ],
    },
  },
  {
    // Tests from outside read answers by name and assume nothing of their types: the wire is what they test.
    files: [
      'test/acceptance/**',
      'test/support/scenario.ts',
      'test/support/soak/**',
      'test/bench/load/**',
      'test/integration/local/store-away.test.ts',
      'test/support/market-client.ts',
      'test/support/wire-checks.ts',
    ],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
