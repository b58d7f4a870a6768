import * as z from 'zod';
import { nameIdSchema, textSchema } from '../kernel/ids.ts';
import { versionShape } from '../kernel/version.ts';
import { mineralSchema, stageSchema } from '../reference/stage.ts';

/** Who vouches, weakest first. */
const assurances = ['self', 'second-party', 'third-party'] as const;
export const assuranceSchema = z.enum(assurances);
export type Assurance = z.output<typeof assuranceSchema>;

export const levelSchema = textSchema(60);

/** A certification scheme: IRMA, Copper Mark, RMAP, … Its levels are listed lowest first. */
export const schemeTermsSchema = z.strictObject({
  name: textSchema(200),
  levels: z
    .array(levelSchema)
    .max(20)
    .refine((levels) => new Set(levels).size === levels.length, 'must not name a level twice'),
  stages: z.array(stageSchema).min(1),
  minerals: z
    .array(z.union([z.literal('*'), mineralSchema]))
    .min(1)
    .max(60),
  assurance: assuranceSchema,
});
export type SchemeTerms = z.output<typeof schemeTermsSchema>;

export const schemeSchema = schemeTermsSchema
  .extend({ id: nameIdSchema, ...versionShape })
  .meta({ id: 'Scheme' });
export type Scheme = z.output<typeof schemeSchema>;

/** Whether a certificate at `level` satisfies `minimum`; a level that the scheme does not know satisfies none. */
export function reachesLevel(
  scheme: Scheme,
  level: string | undefined,
  minimum: string | undefined,
): boolean {
  if (minimum === undefined) return true;
  const needed = scheme.levels.indexOf(minimum);
  return needed >= 0 && level !== undefined && scheme.levels.indexOf(level) >= needed;
}

export const reachesAssurance = (assurance: Assurance, minimum: Assurance | undefined): boolean =>
  minimum === undefined || assurances.indexOf(assurance) >= assurances.indexOf(minimum);
