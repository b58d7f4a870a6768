import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CannotStart } from '../../../infra/local/cannot-start.ts';
import { openDataDirectory } from '../../../infra/local/data-directory.ts';
import { fileObjectStore, memoryObjectStore } from '../../../infra/local/file-object-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value);

describe('the data directory', () => {
  it('belongs to one launcher at a time, by whatever name it is called', async () => {
    const path = join(folder, 'market');
    const first = await openDataDirectory(path);
    const alias = join(folder, 'alias');
    await symlink(path, alias);
    await expect(openDataDirectory(path)).rejects.toThrow(CannotStart);
    await expect(openDataDirectory(alias)).rejects.toThrow('already running');
    first.release();
    const second = await openDataDirectory(alias);
    expect(second.database).toBe(first.database);
    second.release();
  });

  it('is free again when its launcher is killed', async () => {
    const module = resolve(import.meta.dirname, '../../../infra/local/data-directory.ts');
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { openDataDirectory } = await import(${JSON.stringify(module)});
         await openDataDirectory(${JSON.stringify(folder)});
         console.log('held');
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    await expect(openDataDirectory(folder)).rejects.toThrow(CannotStart);
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
    const directory = await openDataDirectory(folder);
    directory.release();
  });

  it('is readable by its owner only', async () => {
    const path = join(folder, 'private');
    (await openDataDirectory(path)).release();
    expect((await stat(path)).mode & 0o077).toBe(0);
  });
});

describe.each([
  ['in files', () => fileObjectStore(join(folder, 'objects'))],
  ['in memory', () => Promise.resolve(memoryObjectStore())],
])('the object store %s', (_where, open) => {
  it('answers what was put last, and undefined where nothing lies', async () => {
    const store = await open();
    await store.put('clearings/clr_1/snapshot.json', bytes('one'));
    await store.put('clearings/clr_1/snapshot.json', bytes('two'));
    expect(text(await store.get('clearings/clr_1/snapshot.json'))).toBe('two');
    expect(await store.get('clearings/clr_1/result.json')).toBeUndefined();
    expect(await store.get('clearings/clr_2/snapshot.json')).toBeUndefined();
  });

  it('never shows a half of a write to those who read meanwhile', async () => {
    const store = await open();
    const versions = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
    await store.put('k', bytes(versions[0] ?? ''));
    const reads: (string | undefined)[] = [];
    const writes = Promise.all(versions.map((version) => store.put('k', bytes(version))));
    for (let count = 0; count < 20; count += 1) reads.push(text(await store.get('k')));
    await writes;
    expect(reads.filter((read) => read === undefined || !versions.includes(read))).toEqual([]);
  });

  it.each([
    '../outside',
    'a/../../outside',
    '/etc/passwd',
    'a//b',
    '',
    '.drafts/x',
    'a/.hidden',
    'a\0b',
    'a\\b',
  ])('takes no key %j', async (key) => {
    const store = await open();
    await expect((async () => store.put(key, bytes('x')))()).rejects.toThrow('not an object key');
    await expect((async () => store.get(key))()).rejects.toThrow('not an object key');
  });
});

it('the object store in files clears away the drafts of a run that was killed while writing', async () => {
  const path = join(folder, 'objects');
  await (await fileObjectStore(path)).put('a/b', bytes('x'));
  await writeFile(join(path, '.drafts', 'half.tmp'), 'hal');
  await fileObjectStore(path);
  expect(await readdir(path, { recursive: true })).toEqual(
    expect.not.arrayContaining([join('.drafts', 'half.tmp')]),
  );
  expect(text(await (await fileObjectStore(path)).get('a/b'))).toBe('x');
});
