import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeGroups } from '../../functions/api/routes/index.ts';
import type { Bundle, HandlerName } from '../../infra/aws/bundle.ts';
import { bundleHandler, handlerNames } from '../../infra/aws/bundle.ts';
import { groupBudget, previewBudget, startBudgets } from '../bench/budgets.ts';

describe('the size of a bundle', () => {
  let folder: string;
  const bundles = new Map<HandlerName, Bundle>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lodestone-bundle-size-'));
    for (const name of handlerNames) bundles.set(name, await bundleHandler(name, folder));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(handlerNames)('what a start of %s reads stays within its budget', (name) => {
    expect(bundles.get(name)!.start.bytes).toBeLessThan(startBudgets[name]);
  });

  it.each(handlerNames)('%s starts without the SDK, which its first call of AWS reads', (name) => {
    const sdk = (path: string) => /^node_modules\/(@aws-sdk\/(client|core)|@smithy\/node-http)/.test(path);
    const chain = (path: string) => path.startsWith('node_modules/@aws-sdk/credential-provider');
    const { start, sources } = bundles.get(name)!;
    expect(start.sources.filter(sdk)).toEqual([]);
    expect(sources.filter(chain)).toEqual([]);
  });

  it('the API starts without the engine, which its first preview reads', () => {
    const { start, later } = bundles.get('api')!;
    const engine = /^shared\/clearing\/(clear\.ts$|solver\/|conditions\/|pairing\/|awards\/)/;
    expect(start.sources).toContain('functions/api/routes/index.ts');
    expect(start.sources.filter((path) => engine.test(path))).toEqual([]);
    const preview = later.get('functions/api/preview-clearing.ts');
    expect(preview).toBeGreaterThan(50_000);
    expect(preview).toBeLessThan(previewBudget);
  });

  it('the API starts without a single route, and reads one group of them for the first call', () => {
    const { start, later } = bundles.get('api')!;
    expect(
      start.sources.filter((path) => /^functions\/api\/routes\/(?!index\.ts|outlines\.ts)/.test(path)),
    ).toEqual([]);
    const groups = [...later].filter(([path]) => path.startsWith('functions/api/routes/groups/'));
    expect(groups).toHaveLength(routeGroups.length);
    for (const [path, bytes] of groups) expect(bytes, path).toBeLessThan(groupBudget);
  });
});
