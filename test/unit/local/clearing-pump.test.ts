import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ClearingWork } from '../../../infra/local/clearing-pump.ts';
import { clearingPump } from '../../../infra/local/clearing-pump.ts';

/** Work whose runs end when the test says so. */
function work(overrides: Partial<ClearingWork> = {}) {
  const log: string[] = [];
  const open: (() => void)[] = [];
  const pump = clearingPump({
    run: async (product) => {
      log.push(`begin ${product}`);
      await new Promise<void>((resolve) => open.push(resolve));
      log.push(`end ${product}`);
    },
    tick: () => {
      log.push('tick');
      return Promise.resolve();
    },
    failed: (what) => log.push(`failed ${what}`),
    ...overrides,
  });
  const finishOne = async () => {
    open.shift()?.();
    await pause(1);
  };
  return { log, pump, finishOne };
}

describe('the clearing pump', () => {
  it('runs one clearing of a product at a time, and once more for all who woke it meanwhile', async () => {
    const { log, pump, finishOne } = work();
    pump.wake('a');
    pump.wake('a');
    pump.wake('a');
    expect(log).toEqual(['begin a']);
    await finishOne();
    expect(log).toEqual(['begin a', 'end a', 'begin a']);
    await finishOne();
    expect(log).toEqual(['begin a', 'end a', 'begin a', 'end a']);
  });

  it('runs products side by side', () => {
    const { log, pump } = work();
    pump.wake('a');
    pump.wake('b');
    expect(log).toEqual(['begin a', 'begin b']);
  });

  it('tells of a run that fails, and can be woken again', async () => {
    const { log, pump } = work({ run: () => Promise.reject(new Error('surprise')) });
    pump.wake('a');
    await pause(1);
    pump.wake('a');
    await pause(1);
    expect(log).toEqual(['failed clearing of a', 'failed clearing of a']);
  });

  it('ticks at once and from then on, until it is stopped', async () => {
    const { log, pump } = work();
    await pump.start(5);
    expect(log).toEqual(['tick']);
    await pause(30);
    expect(log.length).toBeGreaterThan(2);
    await pump.stop(1000);
    const ticks = log.length;
    await pause(20);
    expect(log).toHaveLength(ticks);
  });

  it('stops when what is running has ended, or when its patience has', async () => {
    const { log, pump, finishOne } = work();
    pump.wake('a');
    const stopping = pump.stop(10_000).then(() => log.push('stopped'));
    await finishOne();
    await stopping;
    expect(log).toEqual(['begin a', 'end a', 'stopped']);
    pump.wake('a');
    expect(log).toHaveLength(3);

    const stuck = work();
    stuck.pump.wake('b');
    await stuck.pump.stop(5);
    expect(stuck.log).toEqual(['begin b']);
  });
});
