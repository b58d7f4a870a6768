import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(existsSync);
const isThere = (path: string): boolean =>
  tracked.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));
// What was, and what a release said of it, is history.
const documents = tracked.filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md');

/** Files that a document names in code, by their path or its end. What commands write is named by its name alone. */
const named = (text: string): string[] =>
  [...text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|md|js)|(?:[\w.-]+\/)+[\w.-]+\.json)`/g)].map(
    (match) => match[1]!,
  );

describe('documents', () => {
  it('name files that there are', () => {
    expect(documents.length).toBeGreaterThan(100);
    const missing = documents.flatMap((document) =>
      named(readFileSync(document, 'utf8'))
        .filter((path) => !tracked.some((file) => file === path || file.endsWith(`/${path}`)))
        .map((path) => `${document}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('link to files that there are', () => {
    const broken = documents.flatMap((document) =>
      [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => join(dirname(document), match[1]!))
        .filter((path) => !isThere(path) && path !== '.')
        .map((path) => `${document}: ${path}`),
    );
    expect(broken).toEqual([]);
  });
});
