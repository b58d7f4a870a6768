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
import { ada, buyer } from '../market-api.ts';
import { bidBody, flat } from '../trading.ts';
import { contestant, type Contestant } from './contestant.ts';
import type { World } from './world.ts';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const remainingMilliseconds = (): number => Infinity;

/** Somebody who acts while a world is arranged. */
export const undisturbed = (world: World): Contestant =>
  contestant(world, 'arranged', { at: world.now, guard: /$^/, isTaken: () => false });

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

/** A worker of that name. Two of one name can take the market from each other whenever they like. */
export const clearsAs =
  (holder: string): Act<unknown> =>
  async ({ table, objects, clock, spend }) => {
    const clear: typeof clearAndDocument = (...of) => {
      spend();
      return clearAndDocument(...of);
    };
    await runDueClearings(
      {
        ...{ table, objects, clock, logger, remainingMilliseconds, reference: referenceReader(table) },
        ...{ clear, holder, newSalt: () => sha256('salt') },
        settings: { ...clearingSettings, concurrency: 1 },
      },
      { product: 'ndpr-oxide' },
    );
    return 'done';
  };

export const clears = clearsAs('worker');

/** The day's look at everything of the follower. */
export const looks: Act<unknown> = async ({ table, clock }) => {
  const { failed } = await sweep({ table, clock, logger }, true);
  if (failed.length > 0) throw new Error(`${failed.join()} could not be assessed`);
  return 'done';
};

/** Sends what is due to subscribers that take everything. */
export const tells: Act<unknown> = async ({ table, clock, spend }) => {
  const { failed } = await sendWhatIsDue({
    ...{ table, clock, logger, remainingMilliseconds, random: () => 0 },
    call: () => {
      spend();
      return Promise.resolve(200);
    },
    settings: { ...notifySettings, concurrency: 1 },
  });
  if (failed > 0) throw new Error(`${failed} could not be sent`);
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

/** Clears, and clears what is left of an offer in a run of its own. */
export const clearsTwice: Act<unknown> = inTurn(
  clears,
  (as) => as.ask(buyer, 'POST', '/v1/bids', bidBody({ delivery: flat('40') })),
  (as) => as.ask(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' }),
  clears,
);
