import * as z from 'zod';
import { nameIdSchema, textSchema } from '../kernel/ids.ts';
import { versionShape } from '../kernel/version.ts';

/** What an administrator puts: organisations of one `group` are related parties. */
export const organisationTermsSchema = z.strictObject({
  name: textSchema(200),
  group: nameIdSchema.optional(),
});
export type OrganisationTerms = z.output<typeof organisationTermsSchema>;

export const organisationSchema = organisationTermsSchema
  .extend({ id: nameIdSchema, ...versionShape })
  .meta({ id: 'Organisation' });
export type Organisation = z.output<typeof organisationSchema>;

/** The group an organisation belongs to; unregistered or without a group, each is its own. */
export const groupOf = (id: string, organisation: Pick<Organisation, 'group'> | undefined): string =>
  organisation?.group === undefined ? `organisation:${id}` : `group:${organisation.group}`;
