import * as z from 'zod';
import { decimalCodec } from '../kernel/decimal.ts';
import { nameIdSchema } from '../kernel/ids.ts';
import { instantSchema } from '../kernel/time.ts';
import { unitSchema } from '../kernel/unit.ts';
import { coverStatusSchema, zoneCoverSchema } from './cover-status.ts';

/** How well a zone's stockpiles cover it, by product. */
export const zoneCoversSchema = z
  .strictObject({
    zone: nameIdSchema,
    at: instantSchema,
    products: z.array(
      z.strictObject({
        product: nameIdSchema,
        unit: unitSchema,
        /** Planned in the four quarters from the present one on; null where not every one is declared. */
        consumption: decimalCodec.nullable(),
        /** Each stockpile that the caller may see. */
        cover: z.array(coverStatusSchema),
        /** Of all together. Null for operators: from it and their own each could tell the others'. */
        zoneCover: zoneCoverSchema.nullable(),
        withheld: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'ZoneCovers' });
export type ZoneCovers = z.output<typeof zoneCoversSchema>;
