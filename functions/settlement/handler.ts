import type { Context } from 'aws-lambda';
import { measured, metrics } from '../lambda/emf.ts';
import { clock, logger, table } from '../lambda/surroundings.ts';
import { settlementSettings } from './dependencies.ts';
import { settlementReader } from './reader.ts';
import { settleWhatIsDue } from './settle-what-is-due.ts';

const market = table();
const standing = {
  table: market,
  reader: settlementReader(market),
  settings: settlementSettings,
  ...{ clock, logger, metrics },
};

/** Called by a schedule. Fails where a contract could not be settled, so that somebody hears of it; the others are done. */
export const handler = measured(
  async (_event: unknown, context: Context): Promise<{ settlements: number; more: boolean }> => {
    const run = await settleWhatIsDue({
      ...standing,
      remainingMilliseconds: () => context.getRemainingTimeInMillis(),
    });
    if (run.failed.length > 0)
      throw new Error(`${run.failed.length} contracts could not be settled; see the log`);
    return { settlements: run.settlements.length, more: run.more };
  },
);
