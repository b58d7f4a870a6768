import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { sha256 } from '../../shared/kernel/digest.ts';
import { CannotStart } from '../local/cannot-start.ts';
import { releasedChangelog } from './changelog.ts';

/** Runs a program in the repository and answers what it printed; throws if it fails. */
export type Run = (program: string, ...args: readonly string[]) => Promise<string>;

export interface ReleaseOptions {
  readonly repository: string;
  readonly version: string;
  /** Checks and tests, and says what would be done. */
  readonly dryRun: boolean;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly run: Run;
  /** Writes every Lambda's bundle below a folder. */
  readonly bundle: (folder: string) => Promise<unknown>;
  readonly tell: (words: string) => void;
}

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  scripts: z.record(z.string(), z.string()),
});

/**
 * Makes a release of what is committed: tests, changelog, version, baseline of what deployments must keep, bundles with
 * checksums, bill of materials, commit and tag. Pushes nothing. Whatever fails leaves no tag.
 */
export async function release(options: ReleaseOptions): Promise<void> {
  const { repository, version, dryRun, run, tell } = options;
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')));
  const tag = `v${version}`;
  if (!isNewer(version, manifest.version))
    throw new CannotStart(`${version} is no version after ${manifest.version}, as in 1.2.3.`);
  if ((await run('git', 'status', '--porcelain')).trim() !== '')
    throw new CannotStart('The working tree is not clean: commit or stash what is there first.');
  if ((await run('git', 'tag', '--list', tag)).trim() !== '')
    throw new CannotStart(`There is a tag ${tag} already.`);
  const changelogFile = join(repository, 'CHANGELOG.md');
  const changelog = releasedChangelog(await readFile(changelogFile, 'utf8'), version, options.today);
  tell('testing (npm test)');
  await run('npm', 'test');
  if (dryRun) {
    tell(`${tag} could be released. Nothing was changed.`);
    return;
  }
  await writeFile(changelogFile, changelog);
  await run('npm', 'version', version, '--no-git-tag-version');
  // What says the version, and what deployments must keep.
  for (const script of ['openapi', 'baseline'].filter((name) => name in manifest.scripts)) {
    tell(`npm run ${script}`);
    await run('npm', 'run', script);
  }
  tell('building');
  const folder = join(repository, 'dist', tag);
  await options.bundle(join(folder, 'functions'));
  await writeFile(join(folder, 'sbom.cdx.json'), await billOfMaterials(run, manifest.name));
  await writeFile(join(folder, 'SHA256SUMS'), await checksums(folder));
  await run('git', 'commit', '--all', '--message', `Release ${version}`);
  await run('git', 'tag', '--annotate', tag, '--message', `Lodestone ${version}`);
  tell(`${tag} is committed and tagged, its files are in dist/${tag}. To publish it: git push --follow-tags`);
}

const isNewer = (version: string, than: string): boolean => {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return false;
  const [a, b] = [version, than].map((each) => each.split('.').map(Number));
  const differs = [0, 1, 2].find((place) => a?.[place] !== b?.[place]);
  return differs !== undefined && (a?.[differs] ?? 0) > (b?.[differs] ?? 0);
};

const billSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ name: z.string() }) }),
  components: z.array(z.unknown()).min(1),
});

/** What the bundles are made of, as CycloneDX: packages, versions, licences and digests from the lock file. */
async function billOfMaterials(run: Run, name: string): Promise<string> {
  const printed = await run(
    ...(['npm', 'sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'] as const),
    ...['--omit', 'dev', '--package-lock-only'],
  );
  const bill = billSchema.parse(JSON.parse(printed));
  // npm names the folder that it runs in.
  bill.metadata.component.name = name;
  return `${JSON.stringify(bill, null, 1)}\n`;
}

/** In the form of `sha256sum`, so that `sha256sum --check SHA256SUMS` checks it. */
async function checksums(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = await Promise.all(
    paths.map(async (path) => `${sha256(await readFile(path))}  ${path.slice(folder.length + 1)}\n`),
  );
  return lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('');
}
