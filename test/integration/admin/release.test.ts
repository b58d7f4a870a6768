import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { release } from '../../../infra/release/release.ts';

let repository: string;
let called: string[];
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
    cwd: repository,
    encoding: 'utf8',
  });
const write = (name: string, text: string): void => {
  writeFileSync(join(repository, name), text);
};
const read = (name: string): string => readFileSync(join(repository, name), 'utf8');

beforeEach(() => {
  called = [];
  repository = mkdtempSync(join(tmpdir(), 'lodestone-release-'));
  git('init', '--quiet');
  const manifest = { name: 'lodestone', version: '0.1.0', scripts: { baseline: 'x', openapi: 'x' } };
  write('package.json', JSON.stringify(manifest));
  write(
    'CHANGELOG.md',
    '# Changelog\n\n## Unreleased\n\n- **New.** Was old.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n',
  );
  write('.gitignore', 'dist/\n');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
});
afterEach(() => {
  rmSync(repository, { recursive: true });
});

/** git in earnest; of npm only what the release rests on. */
const released = (version: string, { dryRun = false, failing = '' } = {}) =>
  release({
    ...{ repository, version, dryRun, today: '2026-11-23', tell: () => undefined },
    bundle: (folder) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'api.mjs'), 'export {};\n');
      return Promise.resolve();
    },
    run: (program, ...args) => {
      if (program === 'git') return Promise.resolve(git(...args));
      const [command = '', what = ''] = args;
      called.push(`${command} ${what}`.trim());
      if (command === failing) return Promise.reject(new Error(`${command} failed`));
      if (command === 'version') write('package.json', read('package.json').replace('0.1.0', what));
      const metadata = { component: { name: 'folder' } };
      return Promise.resolve(JSON.stringify({ bomFormat: 'CycloneDX', metadata, components: [{}] }));
    },
  });

describe('a release', () => {
  it('is tested, described, built with checksums and a bill of materials, committed and tagged', async () => {
    await released('0.2.0');
    expect(called).toEqual(['test', 'version 0.2.0', 'run openapi', 'run baseline', 'sbom --sbom-format']);
    expect(read('CHANGELOG.md')).toContain(
      '## Unreleased\n\n## 0.2.0 (2026-11-23)\n\n- **New.** Was old.\n\n## 0.1.0',
    );
    expect(git('show', 'v0.2.0:package.json')).toContain('"0.2.0"');
    expect(git('status', '--porcelain')).toBe('');
    const check = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], {
      cwd: join(repository, 'dist/v0.2.0'),
      encoding: 'utf8',
    });
    expect(check).toBe('functions/api.mjs: OK\nsbom.cdx.json: OK\n');
    expect(JSON.parse(read('dist/v0.2.0/sbom.cdx.json'))).toMatchObject({
      metadata: { component: { name: 'lodestone' } },
    });
    await expect(released('0.3.0')).rejects.toThrow('what is there to release');
  });

  it('changes nothing in a dry run, nor when the tests fail', async () => {
    await released('0.2.0', { dryRun: true });
    await expect(released('0.2.0', { failing: 'test' })).rejects.toThrow('test failed');
    expect(git('tag') + git('status', '--porcelain')).toBe('');
    expect(read('package.json')).toContain('0.1.0');
  });

  it('is refused for a version that is none or not newer, and on a tree that is not clean', async () => {
    for (const version of ['0.1.0', '0.0.9', '1.0', 'v1.0.0'])
      await expect(released(version)).rejects.toThrow('no version after');
    git('tag', 'v0.2.0');
    await expect(released('0.2.0')).rejects.toThrow('a tag v0.2.0 already');
    write('new.txt', '');
    await expect(released('0.3.0')).rejects.toThrow('not clean');
    expect(called).toEqual([]);
  });
});
