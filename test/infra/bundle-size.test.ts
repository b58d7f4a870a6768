import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandler, handlerNames } from '../../infra/aws/bundle.ts';
import { bundleBudgets } from '../bench/budgets.ts';

describe('the size of a bundle', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lodestone-bundle-size-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(handlerNames)('%s stays within its budget', async (name) => {
    const { size } = await stat(await bundleHandler(name, folder));
    expect(size).toBeLessThan(bundleBudgets[name]);
  });
});
