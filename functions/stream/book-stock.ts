import { stateOf } from '../../shared/contracts/life.ts';
import { readContract } from '../../shared/store/contracts/contracts.ts';
import { productOf, readSound } from '../../shared/store/reference/reference.ts';
import { noNewEvent } from '../../shared/store/contracts/settlements.ts';
import { readStandardTerms } from '../../shared/store/reference/standard-terms.ts';
import { stockActions } from '../../shared/store/stockpiles/stock-contracts.ts';
import type { DomainEvent } from './domain-event.ts';
import type { FollowerDependencies } from './follow.ts';

/** Tries of a step that others keep getting ahead of. */
const attempts = 6;

/**
 * Books what events of contracts mean for stock as soon as they are told of, so that a clearing's purchases are in transit,
 * and an accepted delivery has left its lot, before anything is assessed. It takes the steps that the settlement function
 * takes when it looks at the contract, under the same conditions: whoever comes second finds them taken, and what is left
 * here, or fails, is done there, or rings there.
 */
export async function bookStock(
  { table, logger }: FollowerDependencies,
  events: readonly DomainEvent[],
): Promise<void> {
  const traded = events.flatMap(({ trade }) => trade ?? []);
  if (traded.length === 0) return;
  const broken = (what: string, error: unknown): void => {
    logger.error('stock could not be booked', { what, error });
  };
  const stockpiles = await readSound(table, 'stockpile', broken);
  const operators = new Set(stockpiles.map(({ operator }) => operator));
  const contracts = new Set(
    traded
      .filter(({ parties }) => parties.some((party) => operators.has(party)))
      .map(({ contract }) => contract),
  );
  for (const contract of contracts)
    try {
      if (!(await bookContract(table, contract)))
        logger.info('stock of a contract is left to its settlement', { contract });
    } catch (error) {
      broken(contract, error);
    }
}

/** False where others kept changing what its steps rest on. */
async function bookContract(table: FollowerDependencies['table'], id: string): Promise<boolean> {
  for (let attempt = 1; attempt <= attempts;) {
    const contract = await readContract(table, id);
    if (contract === undefined) return true;
    const state = stateOf(contract, await readStandardTerms(table, contract));
    const actions = await stockActions(table, contract, state, await productOf(table, contract.product));
    if (actions.length === 0) return true;
    if (!(await table.transact([...actions, noNewEvent(contract)])).done) {
      await table.backOff(attempt);
      attempt += 1;
    }
  }
  return false;
}
