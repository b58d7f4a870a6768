import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { latestOf } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Project, ProjectChanges, ProjectTerms, SiteProject } from '../../reference/project.ts';
import { projectSchema, siteProjectSchema } from '../../reference/project.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { listedAs, listPartition, ownedBy } from '../table/keys/indexes.ts';
import { shards } from '../table/keys/shards.ts';
import { checkExpected } from '../table/put.ts';
import { readReference } from '../reference/reference.ts';
import { readSite } from './sites.ts';
import type { Table } from '../table/table.ts';
import type { Series } from '../table/versioned.ts';
import { readHead, readRecord, recordVersion } from '../table/versioned.ts';

export const projectSeries: Series<Project> = {
  name: 'project',
  schema: projectSchema,
  head: (project) => keys.project(project.id),
  versionKey: (project) => keys.projectVersion(project.id, project.version),
  beside: (project) => ({
    ...ownedBy(project.organisation, 'project', project.id),
    ...listedAs('project', project.id),
  }),
};

export const readProject = (table: Table, id: string): Promise<Project | undefined> =>
  readHead(table, projectSeries, keys.project(id));

/** Every project there is: a registry of hundreds, not of orders. */
export async function allProjects(table: Table): Promise<Project[]> {
  const located = await Promise.all(
    shards.map((shard) => table.queryIndex('gsi2', listPartition('project', shard))),
  );
  const items = await table.getMany(located.flat().map(({ pk, sk }) => ({ pk, sk })));
  return items.map((item) => readRecord(projectSeries, item)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Sites that go or come in one change: each is a write of its transaction. */
const mostSitesAtOnce = 90;

/** A project's next version, with what of it lies beside its sites, for whoever offers from one of them. */
function recordProject(project: Project, before?: Project): Action[] {
  const { stage, mineral, status, start, verified } = project;
  const left = before?.sites.filter((site) => !project.sites.includes(site)) ?? [];
  return [
    ...recordVersion(projectSeries, project),
    ...project.sites.map((site): Action => ({
      name: 'siteProject',
      put: {
        ...keys.siteProject(site, project.id),
        type: 'project of a site',
        ...{ stage, mineral, status, start, verified },
      },
    })),
    ...left.map((site): Action => ({ name: 'siteProject', remove: keys.siteProject(site, project.id) })),
  ];
}

/** The projects that a site is of, as they now are. */
export async function projectsOfSite(table: Table, site: string): Promise<SiteProject[]> {
  const { pk, sk: prefix } = keys.siteProject(site, '');
  return (await table.query(pk, { prefix })).map((item) => siteProjectSchema.parse(item));
}

/** Sites are the organisation's own, and make the mineral where and how the project says; schemes are known. */
async function linkProblem(
  table: Table,
  organisation: string,
  { sites, standards, country, stage, mineral }: ProjectTerms,
): Promise<Problem | undefined> {
  for (const [index, id] of sites.entries()) {
    const site = await readSite(table, id);
    if (site?.organisation !== organisation)
      return fieldProblem('unknown_reference', `/sites/${index}`, 'You have no such site.');
    if (site.country !== country || site.stage !== stage || !site.minerals.includes(mineral))
      return fieldProblem(
        'site_mismatch',
        `/sites/${index}`,
        'The site is in another country, or makes another mineral or stage.',
      );
  }
  for (const [index, id] of standards.entries())
    if ((await readReference(table, 'scheme', id)) === undefined)
      return fieldProblem('unknown_reference', `/standards/${index}`, 'There is no such scheme.');
  return undefined;
}

/** Enters a project of the caller's organisation. Errors: unknown_reference, site_mismatch. */
export const enterProject =
  (table: Table, act: Act, terms: ProjectTerms): Plan<Project> =>
  async () => {
    const wrong = await linkProblem(table, act.organisation, terms);
    if (wrong !== undefined) return fail(wrong);
    const project: Project = {
      ...terms,
      ...{ id: act.newId('project'), organisation: act.organisation, verified: false },
      ...nextVersion(undefined, act),
    };
    return ok({ actions: recordProject(project), value: project });
  };

/** Errors: not_found, precondition_failed, invalid_state, unknown_reference, site_mismatch, invalid_request. */
export const changeProject =
  (table: Table, act: Act, id: string, changes: ProjectChanges, expected: ExpectedVersion): Plan<Project> =>
  async () => {
    const present = await readProject(table, id);
    if (present?.organisation !== act.organisation)
      return fail(problem('not_found', 'You have no such project.'));
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    if (present.status === 'cancelled')
      return fail(problem('invalid_state', 'A cancelled project stays as it is. Enter a new one.'));
    const changed = { ...present, ...definedOf(changes), verified: false };
    if (new Set([...present.sites, ...changed.sites]).size > mostSitesAtOnce)
      return fail(
        fieldProblem(
          'invalid_request',
          '/sites',
          'So many sites are exchanged in two steps: take some away first.',
        ),
      );
    const wrong = await linkProblem(table, act.organisation, changed);
    if (wrong !== undefined) return fail(wrong);
    const author = { subject: act.subject, at: latestOf(act.at, present.recordedAt) };
    const project = { ...changed, ...nextVersion(present, author) };
    return ok({ actions: recordProject(project, present), value: project });
  };

const definedOf = (changes: ProjectChanges): Partial<ProjectTerms> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

/** An administrator has seen what shows it. Errors: not_found, invalid_state. */
export const verifyProject =
  (table: Table, act: Act, id: string): Plan<Project> =>
  async () => {
    const present = await readProject(table, id);
    if (present === undefined) return fail(problem('not_found', 'There is no such project.'));
    if (present.verified) return fail(problem('invalid_state', 'The project is verified already.'));
    const author = { subject: act.subject, at: latestOf(act.at, present.recordedAt) };
    const project = { ...present, verified: true, ...nextVersion(present, author) };
    return ok({ actions: recordProject(project, present), value: project });
  };
