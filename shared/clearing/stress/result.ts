import * as z from 'zod';
import { decimalCodec } from '../../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import { instantSchema } from '../../kernel/time.ts';
import { unitSchema } from '../../kernel/unit.ts';
import { previewSchema } from '../preview/result.ts';

const mass = decimalCodec;
const { current, difference } = previewSchema.shape;

/** What stops, what clearing what is left of the book at once would restore of it, and what neither brings. */
const lossShape = { lost: mass, restored: mass, unmet: mass };

export const stressTestSchema = z
  .strictObject({
    product: nameIdSchema,
    origin: countrySchema,
    unit: unitSchema,
    at: instantSchema,
    clearingUnderWay: previewSchema.shape.clearingUnderWay,
    /** By quarter: of all contracts, those of the origin, and what is planned (by all zones that plan). */
    quarters: z.array(
      z.strictObject({
        quarter: quarterSchema,
        contracted: mass,
        ...lossShape,
        /** Null where no zone has declared it, and where zones that have share a member. */
        consumption: mass.nullable(),
      }),
    ),
    ...lossShape,
    /** Contracts that would not be delivered. */
    contracts: z.array(
      z.strictObject({
        contract: generatedIdSchema('contract'),
        destination: countrySchema,
        ...lossShape,
      }),
    ),
    zones: z.array(
      z.strictObject({
        zone: nameIdSchema,
        ...lossShape,
        /** What its stockpiles can release above their reserve floors: physical − encumbered − what members may draw − floor. */
        releasable: mass,
        /** Days of cover before, by planned consumption; null where it is not declared. */
        daysOfCover: decimalCodec.nullable(),
        /** Days of the stop that what is releasable bridges at the rate of what is unmet; null where nothing is. */
        daysBridged: decimalCodec.nullable(),
        /** What no release makes good. */
        unmetAfterRelease: mass,
        /** From declared flows: what a year brings from the origin, for as many quarters as it stops. */
        declaredLoss: z.strictObject({ quantity: mass, source: z.string(), year: z.int() }).nullable(),
      }),
    ),
    /** The open book cleared now as it stands; then without the origin, with the lost demand back in it. */
    clearing: z.strictObject({
      current,
      without: current,
      difference: difference.omit({ vanishing: true, appearing: true, steps: true }),
    }),
  })
  .meta({ id: 'StressTest' });
export type StressTest = z.output<typeof stressTestSchema>;
