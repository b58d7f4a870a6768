import type { Amounts, Disclosed } from '../../shared/clearing/documents/disclosed.ts';
import { nothingDisclosed } from '../../shared/clearing/documents/disclosed.ts';
import type { Told } from '../../shared/clearing/documents/judge-run.ts';
import { judgeRun } from '../../shared/clearing/documents/judge-run.ts';
import type { RunParts } from '../../shared/clearing/documents/run-parts.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';

/** Lots by organisation; who has none may be left out. */
export type Held = Readonly<Record<string, number>>;

/** One quarter of a run: its book, and what traded of it. */
export interface ShownQuarter {
  readonly supply?: Held;
  readonly demand?: Held;
  readonly sold?: Held;
  readonly bought?: Held;
}
export type ShownRun = Readonly<Record<Quarter, ShownQuarter>>;

/** A side that hides everybody and never changes, for what a test is not about. */
export const still: Held = { p: 100, q: 100, r: 100, s: 100 };

const amounts = (held: Held = {}): Amounts =>
  new Map(
    Object.entries(held)
      .filter(([, lots]) => lots !== 0)
      .map(([organisation, lots]) => [organisation, BigInt(lots)]),
  );

export function partsOf(run: ShownRun, groups: Readonly<Record<string, string>> = {}): RunParts {
  const quarters = Object.entries(run);
  const traded = quarters.filter(([, { sold }]) => sold !== undefined);
  const all = quarters
    .flatMap(([, { supply, demand, sold, bought }]) => [supply, demand, sold, bought])
    .flatMap((held) => Object.keys(held ?? {}));
  return {
    books: new Map(
      quarters.map(([quarter, { supply, demand }]) => [
        quarter,
        { supply: amounts(supply), demand: amounts(demand) },
      ]),
    ),
    trades: new Map(
      traded.map(([quarter, { sold, bought }]) => [
        quarter,
        { sellers: amounts(sold), buyers: amounts(bought ?? sold) },
      ]),
    ),
    origins: new Map(),
    groups: new Map(all.map((organisation) => [organisation, groups[organisation] ?? organisation])),
  };
}

export const gate = (run: number): string => `2026-11-${String(run).padStart(2, '0')}T12:00:00.000Z`;

/** Judges one run after the other, as a market does. */
export function judged(
  runs: readonly ShownRun[],
  groups: Readonly<Record<string, string>> = {},
): { readonly told: readonly Told[]; readonly disclosed: Disclosed } {
  let disclosed = nothingDisclosed;
  const told = runs.map((run, index) => {
    const result = judgeRun(
      { run: index + 1, gateClosure: gate(index + 1), parts: partsOf(run, groups) },
      disclosed,
    );
    disclosed = result.disclosed;
    return result.told;
  });
  return { told, disclosed };
}
