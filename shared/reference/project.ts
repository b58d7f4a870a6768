import * as z from 'zod';
import { countrySchema, generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { versionShape } from '../kernel/version.ts';
import { mineralSchema, stageSchema } from './stage.ts';

/** How far it has come. What is cancelled stays on record, and counts for nothing. */
export const projectStatuses = ['announced', 'financed', 'building', 'producing', 'cancelled'] as const;

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** A mass of the mineral itself, contained in whatever is made: one scale for ore, oxide and metal. */
const capacitySchema = quantitySchema.refine(
  ({ unit }) => unit === 'g' || unit === 'kg' || unit === 't' || unit === 'lb',
  { path: ['unit'], message: 'expected a mass of contained mineral in g, kg, t or lb' },
);

const shape = z.strictObject({
  name: textSchema(200),
  country: countrySchema,
  stage: stageSchema,
  mineral: mineralSchema,
  /** Contained mineral, once it runs in full. */
  capacityPerYear: capacitySchema,
  /** The first quarter in which it makes something. */
  start: quarterSchema,
  status: z.enum(projectStatuses).default('announced'),
  /** Of the same organisation, that the project becomes or has become. */
  sites: z
    .array(generatedIdSchema('site'))
    .max(50)
    .refine(distinct, 'must not name a site twice')
    .default(() => []),
  /** Schemes that it is to be certified under. */
  standards: z
    .array(nameIdSchema)
    .max(40)
    .refine(distinct, 'must not name a scheme twice')
    .default(() => []),
  /** Programmes that designate it as strategic, such as "CRMA". */
  strategic: z
    .array(textSchema(100))
    .max(20)
    .default(() => []),
  /** Where all this can be looked up. */
  source: textSchema(500).optional(),
});
export const projectTermsSchema = shape;
export type ProjectTerms = z.output<typeof shape>;

/** What may change as a project goes on; what it is and where does not. */
export const projectChangesSchema = z
  .strictObject({
    name: shape.shape.name,
    capacityPerYear: capacitySchema,
    start: quarterSchema,
    status: z.enum(projectStatuses),
    sites: shape.shape.sites.unwrap(),
    standards: shape.shape.standards.unwrap(),
    strategic: shape.shape.strategic.unwrap(),
    source: textSchema(500),
  })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({ id: 'ProjectChanges' });
export type ProjectChanges = z.output<typeof projectChangesSchema>;

export const projectSchema = shape
  .extend({
    id: generatedIdSchema('project'),
    organisation: nameIdSchema,
    /** An administrator has seen what shows it. Any change takes that away again. */
    verified: z.boolean(),
    ...versionShape,
  })
  .meta({ id: 'Project' });
export type Project = z.output<typeof projectSchema>;

/** What of a project lies beside each site that it is of. */
export const siteProjectSchema = z.object({
  stage: stageSchema,
  mineral: mineralSchema,
  status: z.enum(projectStatuses),
  start: quarterSchema,
  verified: z.boolean(),
});
export type SiteProject = z.output<typeof siteProjectSchema>;

/**
 * Whether a site may be relied on to make something in a quarter: one of its projects produces, or is verified to start by
 * then. A site that no project is about, or only cancelled ones, is a site like any other. What a producer says of a start
 * that nobody has seen is no more than what its offer says.
 */
export function producesBy(projects: readonly SiteProject[], quarter: Quarter): boolean {
  const going = projects.filter(({ status }) => status !== 'cancelled');
  return (
    going.length === 0 ||
    going.some(({ status, start, verified }) => status === 'producing' || (verified && start <= quarter))
  );
}
