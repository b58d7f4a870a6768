import { describe, expect, it } from 'vitest';
import type { AdmissionSettings } from '../../../infra/local/admission.ts';
import { admission } from '../../../infra/local/admission.ts';

const ask = (path = '/v1/products') => new Request(`http://localhost${path}`);

/** A handler that answers when it is told to, and an admission before it with a clock that is set. */
function counter(settings: Partial<AdmissionSettings>) {
  const time = { now: 0 };
  const open: (() => void)[] = [];
  const admitted = admission(
    () => () =>
      new Promise<Response>((end) => {
        open.push(() => {
          end(new Response('done'));
        });
      }),
    { ...settings, now: () => time.now },
  );
  /** As many requests as are taken; then all of them are answered so much later. */
  const round = async (takes: number): Promise<number> => {
    const begun: Promise<Response>[] = [];
    for (;;) {
      const before = open.length;
      const answer = Promise.resolve(admitted(ask()));
      if (open.length === before) {
        expect((await answer).status).toBe(429);
        break;
      }
      begun.push(answer);
    }
    time.now += takes;
    for (const end of open.splice(0)) end();
    await Promise.all(begun);
    return begun.length;
  };
  return { admitted, open, round };
}

describe('admission', () => {
  it('refuses one more than may be worked on with 429 and when to come back, and takes one when one has ended', async () => {
    const { admitted, open } = counter({ fewest: 2, most: 2, first: 2 });
    const first = admitted(ask());
    void admitted(ask());
    const refused = await admitted(ask());
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', status: 429 });
    open[0]?.();
    expect((await first).status).toBe(200);
    void admitted(ask());
    expect(open).toHaveLength(3);
  });

  it('takes more while answers are in time, and less while they are late, within its bounds', async () => {
    const { round } = counter({ fewest: 4, most: 40, first: 16, targetMilliseconds: 1000 });
    const taken: number[] = [];
    for (let rounds = 0; rounds < 80; rounds += 1) taken.push(await round(900));
    expect(taken[0]).toBe(16);
    expect(taken.at(-1)).toBe(40);
    // One cut for a round that is late, however many of its answers are.
    expect([await round(1100), await round(1100), await round(1100)]).toEqual([40, 32, 25]);
    for (let rounds = 0; rounds < 12; rounds += 1) await round(1100);
    expect(await round(1100)).toBe(4);
    // And back, once there is less to do.
    expect(await round(100)).toBe(4);
    for (let rounds = 0; rounds < 4; rounds += 1) await round(100);
    expect(await round(100)).toBeGreaterThan(5);
  });

  it('does not take more for having been idle', async () => {
    const { admitted, open, round } = counter({ fewest: 4, most: 40, first: 16, targetMilliseconds: 1000 });
    for (let alone = 0; alone < 200; alone += 1) {
      const answer = admitted(ask());
      open.shift()?.();
      await answer;
    }
    expect(await round(10)).toBe(16);
  });

  it('counts what fails as ended', async () => {
    const failing = admission(() => () => Promise.reject(new Error('a surprise')), {
      fewest: 1,
      most: 1,
      first: 1,
    });
    for (let times = 0; times < 3; times += 1) await expect(failing(ask())).rejects.toThrow('a surprise');
  });

  it('always admits who asks for health', async () => {
    const { admitted, open } = counter({ fewest: 1, most: 1, first: 1 });
    void admitted(ask());
    expect((await admitted(ask())).status).toBe(429);
    for (const path of ['/healthz', '/livez']) {
      const answer = admitted(ask(path));
      open.at(-1)?.();
      expect((await answer).status).toBe(200);
    }
  });
});
