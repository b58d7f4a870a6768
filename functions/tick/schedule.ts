import { Cron } from 'croner';
import { derivedId } from '../../shared/kernel/derived-id.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { instantOf, millisecondsOf } from '../../shared/kernel/time.ts';

/**
 * A slot that nobody ticked at (a restart, an outage) is still cleared within the hour. Later than that it is left
 * out: participants rely on when the gate closes.
 */
const graceMilliseconds = 3_600_000;

/** The last instant of a schedule (five-field cron, UTC) that is due: not after `now`, and not an hour before. */
export function dueSlot(schedule: string, now: Instant): Instant | undefined {
  const cron = new Cron(schedule, { paused: true, mode: '5-part', timezone: 'UTC' });
  const until = millisecondsOf(now);
  let slot: Instant | undefined;
  for (
    let next = cron.nextRun(instantOf(until - graceMilliseconds));
    next !== null && next.getTime() <= until;
    next = cron.nextRun(next)
  )
    slot = instantOf(next.getTime());
  return slot;
}

/** The id of the clearing that a product's schedule asks for at a slot: the same whoever asks. */
export const scheduledClearingId = (product: string, slot: Instant): string =>
  derivedId('clearing', slot, `${product}#${slot}`);
