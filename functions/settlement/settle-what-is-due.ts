import type { Settlement } from '../../shared/contracts/settlement/settlement.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import { shards } from '../../shared/store/keys.ts';
import { dueContracts } from '../../shared/store/settlements.ts';
import { concurrently } from '../clearing/concurrently.ts';
import type { SettlementDependencies } from './dependencies.ts';
import { settleContract } from './settle-contract.ts';

export interface SettlementRun {
  /** Contracts looked at. */
  readonly contracts: number;
  readonly settlements: readonly Pick<Settlement, 'id' | 'contract' | 'kind' | 'quarter'>[];
  /** Quarters of contracts that wait for a reference price. */
  readonly held: readonly { readonly contract: string; readonly quarter: string }[];
  /** Contracts that could not be settled for a fault of ours; each is in the log, and tried again. */
  readonly failed: readonly string[];
  /** Time was up before all was done: the next run goes on. */
  readonly more: boolean;
}

/** Contracts of one shard taken up at a time. */
const batch = 64;

/**
 * Looks at every contract that is due. It can be stopped and started at any point, and run twice at once: each step is
 * one transaction that only one of them can make. One contract that fails does not hold up the others.
 */
export async function settleWhatIsDue(dependencies: SettlementDependencies): Promise<SettlementRun> {
  const { table, clock, logger, settings } = dependencies;
  const today = dateOf(clock());
  const settlements: SettlementRun['settlements'][number][] = [];
  const held: SettlementRun['held'][number][] = [];
  const failed = new Set<string>();
  const looked = new Set<string>();
  const isTimeUp = (): boolean => dependencies.remainingMilliseconds() < settings.handOnMilliseconds;

  const lookAt = async (contract: string): Promise<void> => {
    looked.add(contract);
    if (isTimeUp()) return;
    try {
      const found = await settleContract(dependencies, contract);
      settlements.push(
        ...found.settlements.map(({ id, kind, quarter }) => ({ id, contract, kind, quarter })),
      );
      held.push(...found.held.map((quarter) => ({ contract, quarter })));
    } catch (error) {
      failed.add(contract);
      logger.error('a contract could not be settled', { contract, error });
    }
  };

  for (const shard of shards)
    for (;;) {
      // What is done has moved behind today, or is in `looked`: each batch is of others, until there are none.
      const due = await dueContracts(table, shard, today, batch + looked.size);
      const fresh = due.filter((contract) => !looked.has(contract));
      if (fresh.length === 0 || isTimeUp()) break;
      await concurrently(fresh, settings.concurrency, lookAt);
    }
  const more = isTimeUp();
  const run = { contracts: looked.size, settlements, held, failed: [...failed], more };
  logger.info('settlement', { ...run, settlements: settlements.length, held: held.length });
  return run;
}
