import type { ContractTerms } from '../../shared/contracts/chain.ts';
import { landedByDestination } from '../../shared/clearing/documents/landed.ts';
import { noFigures, noOutcome } from '../../shared/clearing/documents/record.ts';
import {
  completeClearing,
  failClearing,
  readFinding,
  recordRun,
} from '../../shared/store/clearing/clearings.ts';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import { countUse, useOfContracts } from '../../shared/store/clearing/origin-use.ts';
import { readProduct } from '../../shared/store/reference/reference.ts';
import { endOfRun } from '../../shared/store/clearing/control.ts';
import type { HeldMarket } from './held-market.ts';
import type { FailureReason } from './unclearable.ts';

/**
 * Closes a run whose contracts are all recorded. Its orders are free from this write on, and its contracts are counted
 * against the zones' caps.
 */
export async function completeRun(market: HeldMarket, contracts: readonly ContractTerms[]): Promise<void> {
  const { table, clock, metrics } = market.dependencies;
  const { log } = market;
  const { run, clearing, gateClosure } = market.in('applying');
  const { outcome, figures, requestedAt } = await readFinding(table, clearing);
  const { floors, levyTotal, supportTotal } = outcome;
  const product = await readProduct(table, market.product);
  if (product === undefined) throw new Error(`there is no product ${market.product}`);
  const counted = await countUse(
    ...([table, market.product, run, useOfContracts(contracts, product), figures.counted] as const),
  );
  const endedAt = clock();
  await market.move(
    endOfRun(run, endedAt),
    completeClearing(clearing, endedAt),
    recordRun(market.product, {
      ...{ run, clearing, gateClosure, endedAt, status: 'completed' },
      ...{ ...figures, contracts: outcome.contracts, floors, levyTotal, supportTotal },
      landed: landedByDestination(contracts),
    }),
    ...counted,
  );
  log.info('run closed', { status: 'completed', contracts: contracts.length });
  metrics?.record('ClearingsCompleted', 1);
  metrics?.record('AwardsNotConcluded', outcome.contracts - contracts.length);
  metrics?.record('TimeToClear', (millisecondsOf(endedAt) - millisecondsOf(requestedAt)) / 1000);
}

/** Closes a run that cannot be cleared. Only its locks were written, and they bind no longer. */
export async function failRun(market: HeldMarket, reason: FailureReason): Promise<void> {
  const { clock, metrics } = market.dependencies;
  const { control, log } = market;
  if (control.phase !== 'locking' && control.phase !== 'locked')
    throw new Error(`a run that is ${control.phase} cannot fail`);
  const { run, clearing, gateClosure } = control;
  const endedAt = clock();
  const { contracts, floors, levyTotal, supportTotal } = noOutcome;
  await market.move(
    endOfRun(run, endedAt),
    failClearing(clearing, reason, endedAt),
    recordRun(market.product, {
      ...{ run, clearing, gateClosure, endedAt, status: 'failed' },
      ...{ ...noFigures, contracts, floors, levyTotal, supportTotal },
    }),
  );
  log.info('run closed', { status: 'failed', reason });
  metrics?.record('ClearingsFailed', 1);
}
