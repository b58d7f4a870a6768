import type { HandlerName } from '../../infra/aws/bundle.ts';

/** The most bytes of code that each Lambda may read as it starts: what is read is what a cold start compiles. */
export const startBudgets: Readonly<Record<HandlerName, number>> = {
  api: 155_000,
  clearing: 500_000,
  settlement: 390_000,
  tick: 295_000,
  stream: 340_000,
  notify: 300_000,
  'pre-token': 85_000,
};

/** The most bytes that the API's first preview may read on top of that: its routes, what serves any, Zod, the whole engine. */
export const previewBudget = 430_000;

/** The most bytes that the first call of any other noun may read on top of the start: its routes, what serves any, and Zod. */
export const groupBudget = 390_000;
