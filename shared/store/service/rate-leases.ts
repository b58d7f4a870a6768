import type { Instant } from '../../kernel/instant.ts';
import { instantOf, millisecondsOf } from '../../kernel/instant.ts';
import type { Clause } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import type { Table } from '../table/table.ts';

/** A window of time in which an organisation may ask so often, whichever instance it asks. */
export interface RateWindow {
  readonly organisation: string;
  readonly begins: Instant;
  readonly ends: Instant;
  readonly limit: number;
}

/** So many requests are the caller's to serve; `taken` is what all instances together then have. */
export interface RateLease {
  readonly given: number;
  readonly taken: number;
}

/** Long enough that no instance whose clock is behind counts in a window that was swept. */
const keptMilliseconds = 3_600_000;

/** Something of the window is left. */
const isLeft = (limit: number): Clause => ({
  name: 'isLeft',
  expression: 'attribute_not_exists(pk) OR #taken < :limit',
  names: { '#taken': 'taken' },
  values: { ':limit': limit },
});

/**
 * Takes up to so many requests out of a window by one write, which serves as many. What is added may exceed the limit;
 * what is given never does, since each addition says what stood before it. An addition whose answer is lost may be made
 * twice, which gives an organisation less and never more. Tried once: who leases has something to go by without.
 */
export async function leaseRequests(table: Table, window: RateWindow, wanted: number): Promise<RateLease> {
  const { organisation, begins, ends, limit } = window;
  const { done, item } = await table.update(
    keys.rateWindow(organisation, begins),
    {
      expression: 'SET #expiresAt = :expiresAt ADD #taken :wanted',
      names: { '#taken': 'taken', '#expiresAt': 'expiresAt' },
      values: {
        ':wanted': wanted,
        ':expiresAt': Math.ceil((millisecondsOf(ends) + keptMilliseconds) / 1000),
      },
    },
    [isLeft(limit)],
    { tries: 1 },
  );
  const taken = Number(item?.['taken'] ?? limit);
  return done ? { given: Math.min(wanted, limit - (taken - wanted)), taken } : { given: 0, taken };
}

/** The window that an instant lies in, of windows that begin at whole multiples of their length. */
export function windowAt(
  organisation: string,
  now: Instant,
  milliseconds: number,
  limit: number,
): RateWindow {
  const begins = Math.floor(millisecondsOf(now) / milliseconds) * milliseconds;
  return { organisation, begins: instantOf(begins), ends: instantOf(begins + milliseconds), limit };
}
