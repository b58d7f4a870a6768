import * as z from 'zod';

/** The step of the value chain that makes the product. */
export const stages = ['mining', 'processing', 'refining', 'recycling'] as const;
export const stageSchema = z.enum(stages);
export type Stage = z.output<typeof stageSchema>;

/** A mineral or mineral family, by the market's own short name: `ndpr`, `lithium`, `cobalt`, … */
export const mineralSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9 -]{0,39}$/, 'expected a mineral name such as "cobalt"');
