import { withEvents } from '../../contracts/chain.ts';
import type { Contract } from '../../contracts/contract.ts';
import { stateOf } from '../../contracts/life.ts';
import type { Actor, Ground, Ruled } from '../../contracts/rules/ground.ts';
import type { StandardTermsTerms } from '../../contracts/standard-terms.ts';
import type { ContractState } from '../../contracts/state.ts';
import type { Standpoint } from '../../contracts/view.ts';
import { eventsFor, standpointOf } from '../../contracts/view.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf, latestOf } from '../../kernel/time.ts';
import type { Caller } from '../../reference/caller.ts';
import { hasRole } from '../../reference/caller.ts';
import { readContract } from './contracts.ts';
import type { Plan } from '../table/effect.ts';
import { productOf } from '../reference/reference.ts';
import { appendToContract } from './settlements.ts';
import { readStandardTerms } from '../reference/standard-terms.ts';
import type { Table } from '../table/table.ts';

/** A contract with what it stands on. */
export interface HeldContract {
  readonly contract: Contract;
  readonly standardTerms: StandardTermsTerms;
}

/** The same as one of its readers sees it. */
export interface SeenContract extends HeldContract {
  readonly standpoint: Standpoint;
  readonly state: ContractState;
}

/** Errors: not_found, also where the contract is none of the caller's. */
export async function readSeenContract(
  table: Table,
  id: string,
  caller: Caller,
): Promise<Result<SeenContract>> {
  const contract = await readContract(table, id);
  const standpoint = contract && standpointOf(contract, caller);
  return contract === undefined || standpoint === undefined
    ? fail(problem('not_found', 'There is no such contract.'))
    : ok(seenFrom(standpoint, { contract, standardTerms: await readStandardTerms(table, contract) }));
}

function seenFrom(standpoint: Standpoint, { contract, standardTerms }: HeldContract): SeenContract {
  const shown = { ...contract, events: eventsFor(contract.events, standpoint) };
  return { contract, standardTerms, standpoint, state: stateOf(shown, standardTerms) };
}

export interface ContractAct {
  readonly table: Table;
  readonly caller: Caller;
  readonly at: Instant;
  readonly id: string;
}

/**
 * Somebody acts on a contract: the rule says what that comes to, and its events are appended in one transaction. If others
 * got in between, the rule is asked again. Answers the contract as the caller then sees it. Errors: not_found, forbidden,
 * those of the rule.
 */
export const actOnContract =
  (
    { table, caller, at, id }: ContractAct,
    rule: (ground: Ground, held: HeldContract) => Ruled | Promise<Ruled>,
  ): Plan<SeenContract> =>
  async () => {
    const seen = await readSeenContract(table, id, caller);
    if (!seen.ok) return seen;
    const { contract, standardTerms, standpoint } = seen.value;
    // No event is earlier than the one before it, whatever this host's clock says.
    const actor = actorOf(contract, caller, latestOf(at, contract.events.at(-1)?.at));
    if (actor === undefined) return fail(problem('forbidden', 'Your role does not act on this contract.'));
    const ground: Ground = {
      state: stateOf(contract, standardTerms),
      product: await productOf(table, contract.product),
      actor,
    };
    const ruled = await rule(ground, { contract, standardTerms });
    if (!ruled.ok) return ruled;
    return ok({
      actions: appendToContract(contract, ruled.value, dateOf(actor.at)),
      value: seenFrom(standpoint, { contract: withEvents(contract, ruled.value), standardTerms }),
    });
  };

/** An organisation's own people act for its side, with a role that trades; administrators for neither. */
function actorOf({ seller, buyer }: Contract, caller: Caller, at: Instant): Actor | undefined {
  const { organisation, subject } = caller;
  const role =
    organisation === seller && hasRole(caller, 'producer', 'stockpile-operator')
      ? 'seller'
      : organisation === buyer && hasRole(caller, 'buyer', 'stockpile-operator')
        ? 'buyer'
        : hasRole(caller, 'administrator')
          ? 'administrator'
          : undefined;
  return role && { role, organisation, subject, at };
}
