import type { HandlerName } from '../../infra/aws/bundle.ts';

/** The most bytes that each Lambda's bundle may weigh: what it weighs is what a cold start reads and compiles. */
export const bundleBudgets: Readonly<Record<HandlerName, number>> = {
  // With the whole engine, for previews.
  api: 725_000,
  clearing: 600_000,
  tick: 550_000,
  'pre-token': 120_000,
};
