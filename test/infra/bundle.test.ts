import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandler } from '../../infra/aws/bundle.ts';

let folder: string;
let bundle: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-bundle-'));
  bundle = (await bundleHandler('pre-token', folder)).entry;
});
afterAll(() => rm(folder, { recursive: true }));

describe('a bundle', () => {
  it('is one file alone in its folder, its source map beside the folder: maps are not deployed', async () => {
    expect(bundle).toBe(join(folder, 'pre-token', 'index.mjs'));
    expect(await readdir(dirname(bundle))).toEqual(['index.mjs']);
    expect((await readdir(folder)).sort()).toEqual(['pre-token', 'pre-token.maps']);
  });

  it.each([
    [
      'a machine',
      {
        triggerSource: 'TokenGeneration_ClientCredentials',
        request: { scopes: ['lodestone/organisation.org-1', 'lodestone/role.buyer'] },
      },
    ],
    [
      'a person',
      {
        triggerSource: 'TokenGeneration_Authentication',
        request: {
          userAttributes: { 'custom:organisation': 'org-1', 'custom:roles': 'administrator' },
          groupConfiguration: { groupsToOverride: ['buyer', 'visitors'] },
          clientMetadata: { organisation: 'org-2', roles: 'administrator' },
        },
      },
    ],
  ])('runs as it lies there, with no node_modules in reach, for %s', async (_, event) => {
    const { handler } = (await import(pathToFileURL(bundle).href)) as {
      handler: (event: unknown) => Promise<{ response: unknown }>;
    };
    expect((await handler({ ...event, response: {} })).response).toEqual({
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { organisation: 'org-1', roles: ['buyer'] } },
      },
    });
  });

  it('carries no more of zod than it uses: no locales', async () => {
    expect((await stat(bundle)).size).toBeLessThan(120_000);
  });

  it('is the same bytes each time, so that a deployment without a change changes nothing', async () => {
    const again = await bundleHandler('pre-token', join(folder, 'again'));
    expect(await readFile(again.entry)).toEqual(await readFile(bundle));
  });

  it('leaves nothing of its folder’s former content', async () => {
    const elsewhere = join(folder, 'before');
    await mkdir(join(elsewhere, 'pre-token'), { recursive: true });
    await writeFile(join(elsewhere, 'pre-token', 'old-chunk.mjs'), '');
    const { entry } = await bundleHandler('pre-token', elsewhere);
    expect(await readdir(dirname(entry))).toEqual(['index.mjs']);
  });
});
