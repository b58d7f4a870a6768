import { problem } from '../../kernel/problem.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { latestOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Site, SiteTerms } from '../../reference/site.ts';
import { siteSchema } from '../../reference/site.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { listedAs, ownedBy } from '../table/keys/indexes.ts';
import type { Table } from '../table/table.ts';
import type { Series } from '../table/versioned.ts';
import { pageOfVersions, readHead, recordVersion, versionAsOf } from '../table/versioned.ts';

export const siteSeries: Series<Site> = {
  name: 'site',
  schema: siteSchema,
  head: (site) => keys.site(site.id),
  versionKey: (site) => keys.siteVersion(site.id, site.version),
  beside: (site) => ({
    ...ownedBy(site.organisation, 'site', site.id),
    ...listedAs('site', site.id),
    organisation: site.organisation,
  }),
};

export const readSite = (table: Table, id: string): Promise<Site | undefined> =>
  readHead(table, siteSeries, keys.site(id));

export const siteAt = (table: Table, id: string, at: Instant): Promise<Site | undefined> =>
  versionAsOf(table, siteSeries, keys.site(id).pk, at);

export const siteVersions = (table: Table, id: string, page: PageRequest): Promise<Page<Site>> =>
  pageOfVersions(table, siteSeries, keys.site(id).pk, page);

/** Registers a site of the caller's organisation. */
export const registerSite =
  (act: Act, terms: SiteTerms): Plan<Site> =>
  () => {
    const site: Site = {
      ...terms,
      id: act.newId('site'),
      organisation: act.organisation,
      verified: false,
      ...nextVersion(undefined, act),
    };
    return Promise.resolve(ok({ actions: recordVersion(siteSeries, site), value: site }));
  };

/** An administrator has seen that the site is what it says. Errors: not_found, invalid_state. */
export const verifySite =
  (table: Table, act: Act, id: string): Plan<Site> =>
  async () => {
    const present = await readSite(table, id);
    if (present === undefined) return fail(problem('not_found', 'There is no such site.'));
    if (present.verified) return fail(problem('invalid_state', 'The site is verified already.'));
    const author = { subject: act.subject, at: latestOf(act.at, present.recordedAt) };
    const site = { ...present, verified: true, ...nextVersion(present, author) };
    return ok({ actions: recordVersion(siteSeries, site), value: site });
  };
