import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { audit } from '../../../infra/audit/audit.ts';
import { crowd } from './crowd.ts';
import { pictureOf } from './picture.ts';
import { reserve } from './reserve.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';
import { brokenPromises, wronglyTold } from './told.ts';
import { watch } from './watch.ts';
import { liveThrough } from './year.ts';

/** No shrinking: a smaller seed is no simpler history. What fails names its seed, and the seed is the history. */
export const seeds = fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 }));

interface History {
  readonly live: (simulation: Simulation, script: number) => Promise<void>;
  /** Of all calls, the part that goes wrong. */
  readonly faultShare: number;
  /** Records that must be what they would have been without faults; none where all depends on who is first. */
  readonly told?: RegExp;
}

const kinds = {
  year: {
    live: liveThrough,
    faultShare: 0.12,
    told: /^(ORDER|CONTRACT|SETTLEMENT|LEDGER|ACCOUNT|BOOK|SITE)#/,
  },
  watch: {
    live: watch,
    faultShare: 0.1,
    told: /^((ORDER|CONTRACT|LEDGER|ACCOUNT|BOOK|REF#disruption)#|STOCKPILE\S+ (BALANCE|RECORD|NEED)|LOT\S+ LOT)/,
  },
  crowd: { live: crowd, faultShare: 0.12 },
  reserve: { live: reserve, faultShare: 0.08 },
} satisfies Record<string, History>;
export type HistoryName = keyof typeof kinds;
export const historyNames = Object.keys(kinds) as readonly HistoryName[];

/** Different scripts of those that are compared with what they come to without faults, which each is lived once for. */
const SCRIPTS = 6;

interface Undisturbed {
  readonly picture: Record<string, unknown>;
  readonly writes: number;
}
const known = new Map<string, Promise<Undisturbed>>();

const undisturbed = (name: HistoryName, script: number): Promise<Undisturbed> => {
  const key = `${name} ${script}`;
  const found = known.get(key) ?? livedUndisturbed(name, script);
  known.set(key, found);
  return found;
};

async function livedUndisturbed(name: HistoryName, script: number): Promise<Undisturbed> {
  const { live, told }: History = kinds[name];
  const simulation = await Simulation.open({ seed: 1, faultShare: 0 });
  await live(simulation, script);
  await mustBeSound(name, simulation);
  return { picture: await pictureOf(simulation.table, told), writes: simulation.writes };
}

export const histories = Object.fromEntries(
  Object.keys(kinds).map((name) => [
    name,
    { undisturbed: (script: number) => undisturbed(name as HistoryName, script) },
  ]),
) as Record<HistoryName, { readonly undisturbed: (script: number) => Promise<Undisturbed> }>;

/** One history, which must be sound. @throws saying which, and what is wrong with it. */
export async function lived(
  name: HistoryName,
  options: Pick<SimulationOptions, 'seed' | 'crashAt' | 'isTaken' | 'policies'>,
): Promise<Simulation> {
  const { live, faultShare, told }: History = kinds[name];
  const { seed, crashAt } = options;
  const script = told === undefined ? seed : 1 + (seed % SCRIPTS);
  const simulation = await Simulation.open({
    ...options,
    faultShare: crashAt === undefined ? faultShare : 0,
    freshIds: told === undefined,
  });
  try {
    await live(simulation, script);
    await mustBeSound(name, simulation);
    if (told !== undefined)
      mustBeEqual(await pictureOf(simulation.table, told), (await undisturbed(name, script)).picture);
    return simulation;
  } catch (error) {
    const at = crashAt === undefined ? '' : ` --crash ${crashAt.when}:${crashAt.write}`;
    // Whatever else came of it, this was first.
    const [refusal] = simulation.refusals;
    const cause = refusal === undefined ? error : new Error(refusal, { cause: error });
    throw new Error(`npm run simulate -- --history ${name} --seed ${seed}${at}`, { cause });
  }
}

async function mustBeSound(name: HistoryName, simulation: Simulation): Promise<void> {
  const { findings } = await audit(simulation.table, { at: simulation.clock() });
  if (findings.length > 0) throw new Error(`the audit finds ${JSON.stringify(findings.slice(0, 5))}`);
  const wrong = [...simulation.refusals, ...(await brokenPromises(simulation))];
  if (name === 'watch') wrong.push(...(await wronglyTold(simulation)));
  if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('; '));
}

function mustBeEqual(found: Record<string, unknown>, expected: Record<string, unknown>): void {
  const differ = [...new Set([...Object.keys(found), ...Object.keys(expected)])].filter(
    (key) => !isDeepStrictEqual(found[key], expected[key]),
  );
  const [first] = differ;
  if (first === undefined) return;
  throw new Error(
    `${differ.length} records are not what they are without faults; ${first}: ${JSON.stringify(found[first])} in place of ${JSON.stringify(expected[first])}`,
  );
}
