import * as z from 'zod';
import { quarterSchema } from '../kernel/quarter.ts';

const countCodec = z.codec(z.string().regex(/^\d{1,40}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

/** What earlier settlements of an agreement have left behind, kept with the last one for the next one to begin at. */
export const supportAccountSchema = z.strictObject({
  /** Quantity counted in all quarters settled, in billionths of the product's unit; and so the next. */
  settled: countCodec,
  stockpiledPaid: countCodec,
  clawback: z.strictObject({
    /** Minor units charged, and neither set off nor invoiced yet, by the quarter they were charged for; oldest first. */
    open: z.array(z.strictObject({ quarter: quarterSchema, amount: countCodec })),
    /** Charged in the calendar year of the last settlement, and in all. */
    year: z.int(),
    inYear: countCodec,
    inAll: countCodec,
  }),
});
export type SupportAccount = z.output<typeof supportAccountSchema>;
