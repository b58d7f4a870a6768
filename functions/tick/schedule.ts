import { Cron } from 'croner';
import { sha256 } from '../../shared/kernel/digest.ts';
import { idPrefixes } from '../../shared/kernel/ids.ts';
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

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The id of the clearing that a product's schedule asks for at a slot: the same whoever asks, and in order of time
 * among all other ids (a ULID whose random part is a hash).
 */
export function scheduledClearingId(product: string, slot: Instant): string {
  let rest = millisecondsOf(slot);
  let time = '';
  for (let digit = 0; digit < 10; digit += 1) {
    time = (crockford[rest % 32] ?? '') + time;
    rest = Math.floor(rest / 32);
  }
  const hash = Buffer.from(sha256(`${product}#${slot}`), 'hex');
  const suffix = [...hash.subarray(0, 16)].map((byte) => crockford[byte % 32]).join('');
  return `${idPrefixes.clearing}_${time}${suffix}`;
}
