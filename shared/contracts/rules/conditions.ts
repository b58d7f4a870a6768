import type { Problem } from '../../kernel/problem.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import type { EventBody } from '../contract-events.ts';
import type { Condition } from '../state.ts';
import type { Ground, Ruled } from './ground.ts';
import { did, mustBe, mustStand, objection, otherSide, unless } from './ground.ts';

/**
 * A condition precedent is met: by the side whose task it is, with what shows it, or by an administrator who has seen it.
 * The last one makes the contract active. Errors: forbidden, contract_ended, longstop_passed, invalid_state, not_found.
 */
export function meetCondition(ground: Ground, id: string, evidence: string): Ruled {
  const found = conditionOf(ground, id);
  if (!found.ok) return found;
  const condition = found.value;
  return unless(
    objection(mustBe(ground.actor, condition.side, 'administrator'), mustBeOpen(ground, condition)),
    () => [
      did(ground.actor, { type: 'condition_met', condition: id, evidence }),
      ...activationAfter(ground, id),
    ],
  );
}

/** The side for whose sake it was agreed does without it. Errors: as above. */
export function waiveCondition(ground: Ground, id: string): Ruled {
  const found = conditionOf(ground, id);
  if (!found.ok) return found;
  const condition = found.value;
  return unless(
    objection(mustBe(ground.actor, otherSide(condition.side)), mustBeOpen(ground, condition)),
    () => [did(ground.actor, { type: 'condition_waived', condition: id }), ...activationAfter(ground, id)],
  );
}

function conditionOf({ state }: Ground, id: string): Result<Condition> {
  const condition = state.conditions.find((each) => each.id === id);
  return condition === undefined
    ? fail(problem('not_found', 'The contract has no such condition.'))
    : ok(condition);
}

function mustBeOpen({ state, actor }: Ground, condition: Condition): Problem | undefined {
  const over = mustStand(state);
  if (over !== undefined) return over;
  if (condition.state !== 'open')
    return problem('invalid_state', `The condition is ${condition.state} already.`);
  return dateOf(actor.at) > condition.longstop
    ? problem('longstop_passed', `The condition could be met until ${condition.longstop}.`)
    : undefined;
}

const activationAfter = ({ state, actor }: Ground, last: string): EventBody[] =>
  state.status === 'concluded' &&
  state.conditions.every((condition) => condition.id === last || condition.state !== 'open')
    ? [{ type: 'activated', at: actor.at }]
    : [];
