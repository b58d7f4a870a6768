import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import {
  projectChangesSchema,
  projectSchema,
  projectStatuses,
  projectTermsSchema,
} from '../../../shared/reference/project.ts';
import { mineralSchema, stageSchema } from '../../../shared/reference/stage.ts';
import { capacityMap, capacityMapSchema } from '../../../shared/risk/capacity.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { allSource, pageFrom } from '../../../shared/store/table/listing.ts';
import {
  allProjects,
  changeProject,
  enterProject,
  projectSeries,
  readProject,
  verifyProject,
} from '../../../shared/store/sites/projects.ts';
import { readAll } from '../../../shared/store/reference/reference.ts';
import { readRecord } from '../../../shared/store/table/versioned.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, everyone, nothingHere } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('project') });
const pathOf = (id: string): string => `/v1/projects/${id}`;

export const projectRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postProject',
    method: 'post',
    path: '/v1/projects',
    summary: 'Enter a project: a mine, plant or recycling works',
    description:
      'Capacity is in contained mineral a year. Sites that it becomes are linked to it: what supports sites supports them. ' +
      'The registry is public.',
    tag: 'Projects',
    roles: ['producer'],
    body: projectTermsSchema,
    responses: { 201: { description: 'Entered', schema: projectSchema } },
    problems: ['unknown_reference', 'site_mismatch'],
    write: (request, dependencies) =>
      mapPlan(enterProject(dependencies.table, actOf(request, dependencies), request.body), (project) =>
        reply(201, project, { version: project.version, location: pathOf(project.id) }),
      ),
  }),
  defineRoute({
    operationId: 'listProjects',
    method: 'get',
    path: '/v1/projects',
    summary: 'List projects',
    tag: 'Projects',
    roles: everyone,
    query: z.strictObject({
      mineral: mineralSchema.optional(),
      stage: stageSchema.optional(),
      status: z.enum(projectStatuses).optional(),
    }),
    paged: true,
    responses: { 200: { description: 'Projects, in order of id', schema: listOf(projectSchema) } },
    read: async ({ page, query: { mineral, stage, status } }, { table }) =>
      ok(
        reply(
          200,
          await pageFrom(table, allSource(table, 'project'), page, (items) =>
            Promise.resolve(
              items
                .map((item) => readRecord(projectSeries, item))
                .filter(
                  (each) =>
                    (mineral ?? each.mineral) === each.mineral &&
                    (stage ?? each.stage) === each.stage &&
                    (status ?? each.status) === each.status,
                ),
            ),
          ),
        ),
      ),
  }),
  defineRoute({
    operationId: 'getProject',
    method: 'get',
    path: '/v1/projects/{id}',
    summary: 'Read a project',
    tag: 'Projects',
    roles: everyone,
    params,
    responses: { 200: { description: 'The project', schema: projectSchema } },
    problems: ['not_found'],
    read: async ({ params: { id } }, { table }) => {
      const project = await readProject(table, id);
      return project === undefined ? nothingHere : ok(reply(200, project, { version: project.version }));
    },
  }),
  defineRoute({
    operationId: 'changeProject',
    method: 'patch',
    path: '/v1/projects/{id}',
    summary: 'Say how a project has gone on',
    description: 'What an administrator had verified is to be verified again.',
    tag: 'Projects',
    roles: ['producer'],
    params,
    body: projectChangesSchema,
    ifMatch: 'required',
    responses: { 200: { description: 'Changed', schema: projectSchema } },
    problems: ['not_found', 'precondition_failed', 'invalid_state', 'unknown_reference', 'site_mismatch'],
    write: (request, dependencies) =>
      mapPlan(
        changeProject(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion ?? 'any',
        ),
        (project) => reply(200, project, { version: project.version }),
      ),
  }),
  defineRoute({
    operationId: 'verifyProject',
    method: 'post',
    path: '/v1/projects/{id}/verify',
    summary: 'Verify a project',
    tag: 'Projects',
    roles: administrators,
    params,
    responses: { 200: { description: 'Verified', schema: projectSchema } },
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(verifyProject(dependencies.table, actOf(request, dependencies), request.params.id), (project) =>
        reply(200, project, { version: project.version }),
      ),
  }),
  defineRoute({
    operationId: 'getCapacityMap',
    method: 'get',
    path: '/v1/zones/{id}/capacity/{mineral}',
    summary: 'What projects make of a mineral, by stage, against what a zone consumes',
    description:
      "Of the registry's projects in a year, in tonnes of contained mineral, against the zone's planned consumption and the " +
      'benchmarks of the European Critical Raw Materials Act: 10 % extraction, 40 % processing, 25 % recycling inside, at ' +
      'most 65 % from one third country.',
    tag: 'Projects',
    roles: everyone,
    params: z.strictObject({ id: nameIdSchema, mineral: mineralSchema }),
    query: z.strictObject({
      year: z
        .string()
        .regex(/^20\d\d$/, 'expected a year such as "2030"')
        .optional(),
    }),
    responses: { 200: { description: 'The map', schema: capacityMapSchema } },
    problems: ['not_found'],
    read: async ({ params: { id, mineral }, query, at }, { table }) => {
      const [zones, products, plans, flows, projects] = await Promise.all([
        readAll(table, 'zone'),
        readAll(table, 'product'),
        readAll(table, 'consumption'),
        readAll(table, 'flows'),
        allProjects(table),
      ]);
      const zone = zones.find((each) => each.id === id);
      if (zone === undefined) return nothingHere;
      const year = Number(query.year ?? at.slice(0, 4));
      return ok(reply(200, capacityMap(mineral, zone, year, { projects, products, plans, flows })));
    },
  }),
];
