import { describe, expect, it } from 'vitest';
import { dueSlot, scheduledClearingId } from '../../../functions/tick/schedule.ts';
import { generatedIdSchema } from '../../../shared/kernel/ids.ts';

describe('what a schedule asks for', () => {
  // Fridays at 16:00 UTC; 2026-11-27 is a Friday.
  const fridays = '0 16 * * 5';
  it.for([
    ['2026-11-27T15:59:59.999Z', undefined],
    ['2026-11-27T16:00:00.000Z', '2026-11-27T16:00:00.000Z'],
    ['2026-11-27T16:00:41.000Z', '2026-11-27T16:00:00.000Z'],
    ['2026-11-27T16:59:59.999Z', '2026-11-27T16:00:00.000Z'],
    ['2026-11-27T17:00:01.000Z', undefined],
    ['2026-11-26T16:00:00.000Z', undefined],
  ] as const)('at %s it is %s', ([now, slot]) => {
    expect(dueSlot(fridays, now)).toBe(slot);
  });

  it('is the latest of several slots in the hour', () => {
    expect(dueSlot('*/10 * * * *', '2026-11-27T16:35:00.000Z')).toBe('2026-11-27T16:30:00.000Z');
  });

  it('has an id that is the same whoever asks, and differs by product and slot', () => {
    const slot = '2026-11-27T16:00:00.000Z';
    const id = scheduledClearingId('ndpr', slot);
    expect(generatedIdSchema('clearing').parse(id)).toBe(scheduledClearingId('ndpr', slot));
    const others = [
      scheduledClearingId('cobalt', slot),
      scheduledClearingId('ndpr', '2026-12-04T16:00:00.000Z'),
    ];
    expect(new Set([id, ...others]).size).toBe(3);
    // In order of time, as the ids of requests by people are.
    expect(others[1]! > id).toBe(true);
  });
});
