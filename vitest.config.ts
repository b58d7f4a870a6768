import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutSeconds: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
  },
});

export default defineConfig({
  test: {
    // Every core: by default one is kept for vitest itself, which on two cores leaves half of the machine idle.
    maxWorkers: '100%',
    projects: [
      project('unit', 10),
      project('property', 120),
      project('integration', 120),
      project('infra', 120),
      project('acceptance', 120),
    ],
  },
});
