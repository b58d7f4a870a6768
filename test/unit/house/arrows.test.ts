import { readFileSync, globSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/**
 * Layers from the inside out. A file may import from its own layer and from those before it. Nouns stand in the
 * order in which they may know one another: a contract knows an offer, an offer does not know contracts.
 */
const layers = [
  'shared/kernel',
  'shared/reference',
  'shared/standards',
  'shared/pricing',
  'shared/orders',
  'shared/ledger',
  'shared/contracts',
  'shared/support',
  'shared/stockpiles',
  'shared/risk',
  'shared/clearing',
  ['shared/store', 'shared/wire'],
  'functions',
  'infra',
] as const;

const layerOf = (file: string): number =>
  layers.findIndex((layer) => [layer].flat().some((folder) => file.startsWith(`${folder}/`)));

/** Folders in which nothing may depend on when, where or how often it runs. */
const pure = [
  'kernel',
  'reference',
  'standards',
  'pricing',
  'orders',
  'ledger',
  'contracts',
  'support',
  'stockpiles',
  'risk',
  'clearing',
];

const sources = globSync(['shared/**/*.ts', 'functions/**/*.ts', 'infra/**/*.ts'], { cwd: root }).sort();
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:\bfrom |^import |\bimport\()'([^'\n]+)'/gm)].map((match) => match[1] ?? '');

describe('imports', () => {
  it('finds the sources', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('point inwards', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(root, resolve(root, dirname(file), target)))
        .filter(
          (target) =>
            layerOf(target) > layerOf(file) ||
            (layerOf(target) < 0 && !target.startsWith('docs/') && target !== 'package.json'),
        )
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keep the table to items: what every noun is written with knows none of them', () => {
    const folder = 'shared/store/table/';
    const foreign = sources
      .filter((file) => file.startsWith(folder))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith('.'))
          .map((target) => relative(root, resolve(root, dirname(file), target)))
          .filter((target) => target.startsWith('shared/store/') && !target.startsWith(folder))
          .map((target) => `${file} → ${target}`),
      );
    expect(foreign).toEqual([]);
  });

  it('keep the solver to numbers: it knows of networks, not of orders', () => {
    const foreign = sources
      .filter((file) => file.startsWith('shared/clearing/solver/'))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => !/^(?:\.\/[\w-]+\.ts|(?:\.\.\/){2}kernel\/[\w-]+\.ts)$/.test(target))
          .map((target) => `${file} imports ${target}`),
      );
    expect(foreign).toEqual([]);
  });

  it('keep the pure folders pure: no I/O, clock, random or environment', () => {
    const allowed = new Set(['zod', 'croner', 'node:crypto']);
    const forbidden = /\b(Math\.random|Date\.now|new Date\(\)|performance\.now|process\.|setTimeout|fetch\()/;
    const wrong = sources
      .filter((file) => pure.some((folder) => file.startsWith(`shared/${folder}/`)))
      .flatMap((file) => [
        ...importsOf(file)
          .filter((target) => !target.startsWith('.') && !allowed.has(target))
          .map((target) => `${file} imports ${target}`),
        ...(forbidden.test(textOf(file)) ? [`${file} uses ${forbidden.exec(textOf(file))?.[1] ?? ''}`] : []),
      ]);
    expect(wrong).toEqual([]);
  });

  it('keep the environment out of everything shared', () => {
    expect(sources.filter((file) => file.startsWith('shared/') && /process\.env/.test(textOf(file)))).toEqual(
      [],
    );
  });

  it('keep the verifier apart: it shares no code with what it verifies, and needs nothing but Node', () => {
    const own = sources.filter((file) => file.startsWith('infra/verify/'));
    expect(own.length).toBeGreaterThan(5);
    const foreign = own.flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('./') && !target.startsWith('node:'))
        .map((target) => `${file} imports ${target}`),
    );
    expect(foreign).toEqual([]);
  });
});
