import { hasEnded, yearOf } from '../../kernel/quarter.ts';
import { problem } from '../../kernel/problem.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { EventBody } from '../contract-events.ts';
import { standingIn } from '../make-up.ts';
import { settlesYears } from '../standard-terms.ts';
import type { ContractState } from '../state.ts';
import type { Ground, Ruled } from './ground.ts';
import { did, mustBe, mustStand, objection, unless } from './ground.ts';

/** An administrator lets nothing new be delivered. Errors: forbidden, contract_ended, invalid_state. */
export const suspend = ({ state, actor }: Ground, reason: string): Ruled =>
  unless(
    objection(
      mustBe(actor, 'administrator'),
      mustStand(state),
      state.status === 'suspended'
        ? problem('invalid_state', 'The contract is suspended already.')
        : undefined,
    ),
    () => [did(actor, { type: 'suspended', reason })],
  );

/** Errors: forbidden, contract_ended, invalid_state. */
export const resume = ({ state, actor }: Ground, reason: string): Ruled =>
  unless(
    objection(
      mustBe(actor, 'administrator'),
      mustStand(state),
      state.status === 'suspended' ? undefined : problem('invalid_state', 'The contract is not suspended.'),
    ),
    () => [did(actor, { type: 'resumed', reason })],
  );

/**
 * Ends the contract for what is still to come; deliveries under way are finished. The buyer may, once a certificate that
 * the contract relies on has been revoked; of administrators a second one, where another has suspended the contract.
 * Both sides together do it by an amendment. Errors: forbidden, contract_ended, no_ground, second_approval_required.
 *
 * @param revoked certificates of the contract that stand revoked.
 */
export function terminate({ state, actor }: Ground, reason: string, revoked: readonly string[]): Ruled {
  const cause = actor.role === 'administrator' ? 'authority' : 'certificate_revoked';
  const ungrounded =
    cause === 'certificate_revoked'
      ? revoked.length === 0
        ? problem('no_ground', 'No certificate that the contract relies on has been revoked.')
        : undefined
      : state.status !== 'suspended'
        ? problem('no_ground', 'An administrator terminates only what another one has suspended.')
        : state.suspendedBy === actor.subject
          ? problem(
              'second_approval_required',
              'Who suspended the contract cannot terminate it: another must.',
            )
          : undefined;
  return unless(objection(mustBe(actor, 'buyer', 'administrator'), mustStand(state), ungrounded), () => [
    did(actor, { type: 'terminated', cause, reason }),
  ]);
}

/**
 * What a day brings about by itself: a contract whose conditions were not met by the longstop date is terminated; one of
 * which everything is delivered, settled and taken is completed.
 */
export function dueEvents(state: ContractState, at: Instant): EventBody[] {
  const today = dateOf(at);
  if (state.status === 'completed' || state.status === 'terminated') return [];
  const missed = state.conditions.filter(
    ({ state: condition, longstop }) => condition === 'open' && longstop < today,
  );
  if (missed.length > 0)
    return [
      {
        ...{ type: 'terminated', at, cause: 'longstop' },
        reason: `Not met in time: ${missed.map(({ id, longstop }) => `${id} (${longstop})`).join(', ')}.`,
      },
    ];
  return state.status !== 'suspended' && isDone(state, today) ? [{ type: 'completed', at }] : [];
}

const undecided = new Set(['noticed', 'received', 'assayed', 'blocked']);

function isDone(state: ContractState, today: string): boolean {
  const quarters = state.schedule.map(({ quarter }) => quarter);
  return (
    quarters.every((quarter) => hasEnded(quarter, today) && state.settled.has(quarter)) &&
    state.deliveries.every(
      ({ status, quarter }) =>
        !undecided.has(status) && (status !== 'accepted' || state.settled.has(quarter)),
    ) &&
    (!settlesYears(state.terms) || quarters.every((quarter) => state.settledYears.has(yearOf(quarter)))) &&
    state.makeUp.every((lot) => standingIn([lot], Math.max(lot.year + 1, yearIn(today))).length === 0)
  );
}

const yearIn = (date: string): number => Number(date.slice(0, 4));
