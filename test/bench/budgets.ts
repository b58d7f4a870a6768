import type { HandlerName } from '../../infra/aws/bundle.ts';

/** The most bytes of code that each Lambda may read as it starts: what is read is what a cold start compiles. */
export const startBudgets: Readonly<Record<HandlerName, number>> = {
  api: 950_000,
  clearing: 650_000,
  settlement: 550_000,
  tick: 450_000,
  stream: 600_000,
  notify: 800_000,
  'pre-token': 120_000,
};

/** The most bytes that the API's first preview may read on top of that: the whole engine. */
export const previewBudget = 150_000;
