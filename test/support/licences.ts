import { readFile } from 'node:fs/promises';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly integrity?: string;
  /** Comes inside another package, under its digest. */
  readonly inBundle?: boolean;
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Carried to run time; the others are tools. */
  readonly runtime: boolean;
  /** Comes from the registry, by a digest that `npm ci` checks. */
  readonly pinned: boolean;
}

/** Every package of the lockfile, by name. */
export async function dependencies(): Promise<Dependency[]> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version = '', license = 'unknown', dev = false, integrity, inBundle = false }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      ...{ version, licence: license, runtime: !dev, pinned: inBundle || integrity !== undefined },
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
