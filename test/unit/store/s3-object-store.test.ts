import { describe, expect, it, vi } from 'vitest';
import { S3ObjectStore } from '../../../shared/store/service/s3-object-store.ts';

type Answer = Response | Error;

/** A store before a bucket that gives these answers in turn, and what was asked of it. */
function storeAnswering(...answers: Answer[]) {
  const asked: { url: string; method: string | undefined; body: string; headers: Headers }[] = [];
  const pauses: number[] = [];
  const store = new S3ObjectStore({
    endpoint: new URL('https://proofs.s3.eu-central-1.amazonaws.com'),
    region: 'eu-central-1',
    credentials: () => ({ accessKeyId: 'AK', secretAccessKey: 'secret', sessionToken: 'session' }),
    clock: () => '2026-11-22T12:00:00.000Z',
    fetch: (input, init) => {
      asked.push({
        url: String(input instanceof Request ? input.url : input),
        method: init?.method,
        body: init?.body instanceof Uint8Array ? Buffer.from(init.body).toString() : '',
        headers: new Headers(init?.headers),
      });
      const answer = answers.shift() ?? new Error('asked too often');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
  });
  return { store, asked, pauses };
}
const status = (code: number): Response => new Response(null, { status: code });
const key = 'clearings/clr_1/snapshot.json';

describe('objects in S3', () => {
  it('are put under their key, signed with the hash of their bytes', async () => {
    const { store, asked } = storeAnswering(status(200));
    await store.put(key, Buffer.from('{}'));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      url: 'https://proofs.s3.eu-central-1.amazonaws.com/clearings/clr_1/snapshot.json',
      method: 'PUT',
      body: '{}',
    });
    expect(asked[0]?.headers.get('x-amz-content-sha256')).toBe(
      '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    );
    expect(asked[0]?.headers.get('authorization')).toContain('Credential=AK/20261122/eu-central-1/s3/');
  });

  it('come back as they were', async () => {
    const { store } = storeAnswering(new Response('{"a":1}'));
    expect(Buffer.from((await store.get(key)) ?? []).toString()).toBe('{"a":1}');
  });

  it('are undefined where nothing lies', async () => {
    expect(await storeAnswering(status(404)).store.get(key)).toBeUndefined();
  });

  it('throw where the bucket may not be read: that is no missing object', async () => {
    await expect(storeAnswering(status(403)).store.get(key)).rejects.toThrow('403');
    await expect(storeAnswering(status(403)).store.put(key, new Uint8Array())).rejects.toThrow('403');
  });

  it('are asked for again after throttles, faults and broken connections, ever later', async () => {
    const { store, asked, pauses } = storeAnswering(
      status(503),
      new Error('reset'),
      status(500),
      new Response('x'),
    );
    expect(await store.get(key)).toHaveLength(1);
    expect(asked).toHaveLength(4);
    expect(pauses).toEqual([50, 100, 200]);
  });

  it.each<[string, Answer[]]>([
    ['503', [503, 503, 503, 503, 503].map(status)],
    ['reset', Array.from({ length: 5 }, () => new Error('reset'))],
  ])('are given up on after five tries, with what went wrong: %s', async (reason, answers) => {
    const { store, asked } = storeAnswering(...answers);
    await expect(store.put(key, new Uint8Array())).rejects.toThrow(reason);
    expect(asked).toHaveLength(5);
  });

  it('have time by what they carry, and twice as long with each try', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    try {
      const large = new Response('x', { headers: { 'content-length': '40000000' } });
      const { store } = storeAnswering(status(503), status(200), new Error('reset'), large);
      await store.put(key, new Uint8Array(4_000_000));
      await store.get(key);
      const given = timeout.mock.calls.map(([milliseconds]) => milliseconds);
      expect(given).toEqual([12_000, 10_000, 24_000, 10_000, 10_000, 20_000, 30_000]);
    } finally {
      timeout.mockRestore();
    }
  });

  it('can be handed out by a signed URL for a while', async () => {
    const url = await storeAnswering().store.temporaryUrl(key, 300);
    expect(url.pathname).toBe(`/${key}`);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('session');
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
  });
});
