import type { Key } from './key.ts';

/** What the service keeps of itself: who has asked how much, what was answered, and the beat that tells that it is alive. */
export const serviceKeys = {
  /** What an organisation has asked of the API in a window of time, by when that begins. */
  rateWindow: (organisation: string, begins: string): Key => ({ pk: `RATE#${organisation}`, sk: begins }),
  idempotency: (organisation: string, operation: string, keyHash: string): Key => ({
    pk: `IDEMPOTENCY#${organisation}#${operation}#${keyHash}`,
    sk: 'RECORD',
  }),
  /** What the last tick found; and the last beat of it that came through the stream. One partition, read whole. */
  beat: (): Key => ({ pk: 'HEALTH', sk: 'BEAT' }),
  beatFollowed: (): Key => ({ pk: 'HEALTH', sk: 'FOLLOWED' }),
} as const;
