import type { HandlerName } from '../../infra/aws/bundle.ts';

/** The most bytes of code that each Lambda may read as it starts: what is read is what a cold start compiles. */
export const startBudgets: Readonly<Record<HandlerName, number>> = {
  api: 450_000,
  clearing: 650_000,
  settlement: 540_000,
  tick: 430_000,
  stream: 480_000,
  notify: 480_000,
  'pre-token': 100_000,
};

/** The most bytes that the API's first preview may read on top of that: its routes and the whole engine. */
export const previewBudget = 320_000;

/** The most bytes that the first call of any other noun may read on top of the start. */
export const groupBudget = 270_000;
