import { clearingSettings } from '../../../functions/clearing/dependencies.ts';
import { referenceReader } from '../../../functions/clearing/reference-reader.ts';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { notifySettings } from '../../../functions/notify/dependencies.ts';
import { sendWhatIsDue } from '../../../functions/notify/send-what-is-due.ts';
import {
  settlementSettings,
  type SettlementDependencies,
} from '../../../functions/settlement/dependencies.ts';
import { settlementReader } from '../../../functions/settlement/reader.ts';
import { settleWhatIsDue } from '../../../functions/settlement/settle-what-is-due.ts';
import { sweep } from '../../../functions/stream/follow.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import type { Act } from './contest.ts';
import type { Contestant } from './contestant.ts';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const remainingMilliseconds = (): number => Infinity;

/** One thing at a time, so that who is held is held at one place. */
export const settlement = ({ table, clock }: Contestant): SettlementDependencies => ({
  ...{ table, clock, logger, remainingMilliseconds, reader: settlementReader(table) },
  settings: { ...settlementSettings, concurrency: 1 },
});

export const settles: Act<unknown> = async (as) => {
  const { failed } = await settleWhatIsDue(settlement(as));
  if (failed.length > 0) throw new Error(`${failed.join()} failed`);
  return 'done';
};

export const clears: Act<unknown> = async ({ table, objects, clock }) => {
  await runDueClearings(
    {
      ...{ table, objects, clock, logger, remainingMilliseconds, reference: referenceReader(table) },
      ...{ clear: clearAndDocument, holder: 'worker', newSalt: () => sha256('salt') },
      settings: { ...clearingSettings, concurrency: 1 },
    },
    { product: 'ndpr-oxide' },
  );
  return 'done';
};

/** The day's look at everything of the follower. */
export const looks: Act<unknown> = async ({ table, clock }) => {
  const { failed } = await sweep({ table, clock, logger }, true);
  if (failed.length > 0) throw new Error(`${failed.join()} could not be assessed`);
  return 'done';
};

/** Sends what is due to subscribers that take everything. */
export const tells: Act<unknown> = async ({ table, clock }) => {
  await sendWhatIsDue({
    ...{ table, clock, logger, remainingMilliseconds, random: () => 0 },
    call: () => Promise.resolve(200),
    settings: { ...notifySettings, concurrency: 1 },
  });
  return 'done';
};

/** One act after the other; what came of the last. */
export const inTurn =
  <W>(...acts: readonly Act<W>[]): Act<W> =>
  async (as, world) => {
    let last: 'done' | 'refused' = 'done';
    for (const act of acts) last = await act(as, world);
    return last;
  };
