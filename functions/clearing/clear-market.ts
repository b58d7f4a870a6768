import type { ChunkText } from '../../shared/store/clearing/plan.ts';
import { applyPlan } from './apply-plan.ts';
import { decide } from './decide.ts';
import type { ClearingDependencies } from './dependencies.ts';
import { completeRun, failRun } from './end-run.ts';
import { fixSnapshot } from './fix-snapshot.ts';
import { HeldMarket, OutOfTime, Superseded } from './held-market.ts';
import { lockBook } from './lock-book.ts';
import { openRun } from './open-run.ts';
import { Unclearable } from './unclearable.ts';

/**
 * `completed` or `failed`: a run has ended. `nothing to do`: no run is open and none is asked for. `elsewhere`:
 * another worker has the market. `out of time`: begun or resumed, and left for another worker to go on with.
 */
export type Progress = 'completed' | 'failed' | 'nothing to do' | 'elsewhere' | 'out of time';

/**
 * Takes the market; opens the next run if none is open; closes the gate by locking the book, order by order; fixes the
 * snapshot; decides; carries the plan out; closes the run. Whatever the last worker left is gone on with from where it
 * stood. What is thrown is a surprise, and the run stays where it is for the next worker.
 */
export async function clearMarket(dependencies: ClearingDependencies, product: string): Promise<Progress> {
  const market = await HeldMarket.take(dependencies, product);
  if (market === undefined) return 'elsewhere';
  try {
    return await goOn(market);
  } catch (error) {
    if (error instanceof Superseded) return 'elsewhere';
    if (!(error instanceof OutOfTime)) throw error;
    await market.release();
    return 'out of time';
  }
}

async function goOn(market: HeldMarket): Promise<Progress> {
  let decided: readonly ChunkText[] | undefined;
  try {
    giveUpOnTooManyTakes(market);
    for (;;) {
      await market.proceed();
      switch (market.control.phase) {
        case 'idle':
          if (await openRun(market)) {
            market.log.info('run opened', {});
            break;
          }
          await market.release();
          return 'nothing to do';
        case 'locking':
          await fixSnapshot(market, await lockBook(market));
          break;
        case 'locked':
          decided = await decide(market);
          market.log.info('run decided', {});
          break;
        case 'applying':
          await completeRun(market, await applyPlan(market, decided));
          return 'completed';
      }
    }
  } catch (error) {
    if (!(error instanceof Unclearable)) throw error;
    market.log.error('a clearing failed', { reason: error.reason, cause: error.cause });
    await failRun(market, error.reason);
    return 'failed';
  }
}

/** A run that takes its workers down with it (out of memory, out of time) would keep its orders locked for ever. */
function giveUpOnTooManyTakes(market: HeldMarket): void {
  const { control } = market;
  if (control.phase !== 'locking' && control.phase !== 'locked') return;
  if (control.takes > market.dependencies.settings.maximumTakes)
    throw new Unclearable('interrupted', `taken up ${control.takes} times`);
}
