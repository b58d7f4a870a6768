import type { HandlerName } from './bundle.ts';

/** MiB that are one whole virtual CPU. */
export const wholeCpu = 1769;

/**
 * MiB of each function, of which Lambda makes its share of a CPU as well. Somebody waits for the API, and what the follower
 * of the stream does grows with the market: they have a whole CPU. The others have half as much again as a measured
 * market of a thousand contracts took of them; `docs/cost.md` has the figures. The clearing's depends on the largest market it
 * is to take, and so on the stage: `clearingMemory` of the settings.
 */
export const memoryOf: Readonly<Record<Exclude<HandlerName, 'clearing'>, number>> = {
  ...{ api: wholeCpu, stream: wholeCpu },
  ...{ tick: 512, settlement: 512, notify: 512 },
  'pre-token': 512,
};
