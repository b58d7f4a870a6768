import { describe, expect, it, vi } from 'vitest';
import { healthOf, patience } from '../../../functions/api/health.ts';
import { starting } from '../../../infra/local/starting.ts';
import { instantOf, millisecondsOf } from '../../../shared/kernel/time.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { testApi } from '../../support/api.ts';

const now = '2026-11-22T12:00:00.000Z';
const ago = (milliseconds: number) => instantOf(millisecondsOf(now) - milliseconds);
const well = { beat: { at: ago(30_000) }, followed: ago(30_000) };

describe('health', () => {
  it('is ok where every part is', () => {
    expect(healthOf(well, now)).toEqual({
      status: 'ok',
      parts: { table: 'ok', tick: 'ok', follower: 'ok', leftovers: 'ok' },
    });
  });

  it('is not known before the first tick', () => {
    expect(healthOf({ beat: undefined, followed: undefined }, now)).toEqual({
      status: 'degraded',
      parts: { table: 'ok', tick: 'unknown', follower: 'unknown', leftovers: 'unknown' },
    });
  });

  it.each([
    ['tick', (late: number) => ({ ...well, beat: { at: ago(late) } })],
    ['follower', (late: number) => ({ ...well, followed: ago(late) })],
    ['leftovers', (late: number) => ({ ...well, beat: { at: now, waitingSince: ago(late) } })],
  ] as const)('%s is late once its patience is over, and nothing else is', (part, pulse) => {
    const parts = { ...healthOf(well, now).parts };
    expect(healthOf(pulse(patience[part]), now)).toEqual({ status: 'ok', parts });
    expect(healthOf(pulse(patience[part] + 1), now)).toEqual({
      status: 'degraded',
      parts: { ...parts, [part]: 'late' },
    });
  });

  it('is answered in time where the table hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const hangs = new Table({
        client: { send: () => new Promise(() => undefined) } as never,
        name: 'lodestone',
        pause: () => Promise.resolve(),
        random: () => 0,
      });
      const answer = testApi(hangs).call(undefined, 'GET', '/healthz');
      await vi.advanceTimersByTimeAsync(2000);
      expect(await answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    } finally {
      vi.useRealTimers();
    }
  });

  it('says while a market starts that it lives, and that it takes no orders yet', () => {
    const at = (path: string) => starting(new Request(`http://localhost${path}`)).status;
    expect([at('/livez'), at('/healthz'), at('/v1/offers')]).toEqual([200, 503, 503]);
  });
});
