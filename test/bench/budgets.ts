import type { HandlerName } from '../../infra/aws/bundle.ts';

/** The most bytes of code that each Lambda may read as it starts: what is read is what a cold start compiles. */
export const startBudgets: Readonly<Record<HandlerName, number>> = {
  api: 125_000,
  clearing: 480_000,
  settlement: 375_000,
  tick: 265_000,
  stream: 325_000,
  notify: 265_000,
  'pre-token': 85_000,
};

/** The most bytes that the API's first preview may read on top of that: its routes, what serves any, Zod, the whole engine. */
export const previewBudget = 450_000;

/** The most bytes that the first call of any other noun may read on top of the start: its routes, what serves any, and Zod. */
export const groupBudget = 420_000;
