import * as z from 'zod';

const maximumLimit = 100;
export const defaultLimit = 25;

const limitCodec = z.codec(
  z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `expected a whole number from 1 to ${maximumLimit}`)
    .meta({
      override: ({ jsonSchema }) => {
        // In a URL it is digits; to a reader of the documentation it is a number.
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, {
          type: 'integer',
          minimum: 1,
          maximum: maximumLimit,
          default: defaultLimit,
        });
      },
    }),
  z.int().min(1).max(maximumLimit),
  { decode: Number, encode: String },
);

/** Query parameters of every list. */
export const pageQueryShape = {
  limit: limitCodec.optional().meta({ description: 'Most items answered' }),
  cursor: z.string().max(600).optional().meta({ description: '`next` of the page before' }),
};

/** A list as answered: `next` is the cursor of the next page, `null` on the last. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });
