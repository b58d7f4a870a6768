import * as z from 'zod';
import { problemCodes } from '../kernel/problem.ts';

/** RFC 9457 problem details, with the stable `code` and the fields at fault. */
export const problemDetailsSchema = z
  .strictObject({
    type: z.string().meta({ description: 'URI of the kind of problem', format: 'uri' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'This occurrence: names the request id', format: 'uri' }),
    code: z.enum(problemCodes).meta({ description: 'Stable name of the problem; what clients match on' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'RFC 6901 JSON pointer into the request' }),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemDetails = z.output<typeof problemDetailsSchema>;
