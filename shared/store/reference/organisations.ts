import { ok } from '../../kernel/result.ts';
import { latestOf } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Organisation, OrganisationTerms } from '../../reference/organisation.ts';
import { organisationTermsSchema } from '../../reference/organisation.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { readOrganisation, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion, termsOf } from '../table/versioned.ts';

/** Registers an organisation, or says anew who it is. Errors: precondition_failed. */
export const putOrganisation =
  (
    table: Table,
    act: Act,
    id: string,
    terms: OrganisationTerms,
    expected?: ExpectedVersion,
  ): Plan<Put<Organisation>> =>
  async () => {
    const present = await readOrganisation(table, id);
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    if (present !== undefined && saysTheSame(organisationTermsSchema, termsOf(present), terms))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    const author = { subject: act.subject, at: latestOf(act.at, present?.recordedAt) };
    const record = { ...terms, id, ...nextVersion(present, author) };
    return ok({
      actions: recordVersion(referenceSeries.organisation, record),
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };
