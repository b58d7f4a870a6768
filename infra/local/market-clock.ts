import type { Problem } from '../../shared/kernel/problem.ts';
import { fieldProblem } from '../../shared/kernel/problem.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import type { Clock, Instant } from '../../shared/kernel/time.ts';
import { instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { Table } from '../../shared/store/table/table.ts';

/**
 * The clock of a market on one machine: the machine's own, ahead of it by as much as somebody has asked for, so that a
 * contract can be seen from award to its last tonne in an afternoon. It is kept with the market, whose contracts and
 * settlements are dated by it, and never goes back.
 */
export interface MarketClock {
  readonly now: Clock;
  readonly aheadMilliseconds: () => number;
  /** Errors: invalid_request, for an instant that has passed or that is more than ten years away. */
  moveTo(instant: Instant): Promise<Result<Instant>>;
}

const key = { pk: 'ONE_MACHINE', sk: 'CLOCK' } as const;

/** A slip of the finger must not strand a market in a far century. */
const furthestMilliseconds = 3653 * 86_400_000;

/** By how much the clock of the market that this item was read from is ahead, if it is the item that tells. */
export const aheadOf = ({ pk, sk, ahead }: Item): number | undefined =>
  pk === key.pk && sk === key.sk && typeof ahead === 'bigint' ? Number(ahead) : undefined;

export async function marketClock(table: Table, machine: () => number = Date.now): Promise<MarketClock> {
  const kept = await table.get(key);
  let ahead = (kept && aheadOf(kept)) ?? 0;
  const now = (): Instant => instantOf(machine() + ahead);
  let last: Promise<unknown> = Promise.resolve();

  const move = async (instant: Instant): Promise<Result<Instant>> => {
    const distance = millisecondsOf(instant) - millisecondsOf(now());
    if (distance < 0) return fail(refused(`It is ${now()} here already, and the clock does not go back.`));
    if (distance > furthestMilliseconds) return fail(refused('At most ten years at a time.'));
    const next = ahead + distance;
    await table.transact([{ name: 'clock moved', put: { ...key, ahead: BigInt(next) } }]);
    ahead = next;
    return ok(now());
  };
  return {
    now,
    aheadMilliseconds: () => ahead,
    // One after the other: two at once could otherwise take it back.
    moveTo: (instant) => {
      const moved = last.then(() => move(instant));
      last = moved.catch(() => undefined);
      return moved;
    },
  };
}

const refused = (detail: string): Problem => fieldProblem('invalid_request', '/now', detail);
