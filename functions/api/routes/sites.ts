import * as z from 'zod';
import { generatedIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { seesAll } from '../../../shared/reference/caller.ts';
import type { Site } from '../../../shared/reference/site.ts';
import { siteSchema, siteTermsSchema } from '../../../shared/reference/site.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listOwnedOrAll } from '../../../shared/store/table/listing.ts';
import {
  readSite,
  registerSite,
  siteSeries,
  siteVersions,
  verifySite,
} from '../../../shared/store/sites/sites.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { readRecord } from '../../../shared/store/table/versioned.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, everyone, nothingHere } from './reference.ts';

export const siteParams = z.strictObject({ id: generatedIdSchema('site') });

/** The site, if the caller may see it: its own, or any for administrators and auditors. */
export async function visibleSite(table: Table, caller: Caller, id: string): Promise<Site | undefined> {
  const site = await readSite(table, id);
  return site !== undefined && (seesAll(caller) || site.organisation === caller.organisation)
    ? site
    : undefined;
}

export const siteRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postSite',
    method: 'post',
    path: '/v1/sites',
    summary: 'Register a site',
    description: 'Its country is that of the work done there, and never changes.',
    tag: 'Sites and certificates',
    roles: ['producer'],
    body: siteTermsSchema,
    responses: { 201: { description: 'Registered, not yet verified', schema: siteSchema } },
    write: (request, dependencies) =>
      mapPlan(registerSite(actOf(request, dependencies), request.body), (site) =>
        reply(201, site, { version: site.version, location: `/v1/sites/${site.id}` }),
      ),
  }),
  defineRoute({
    operationId: 'listSites',
    method: 'get',
    path: '/v1/sites',
    summary: "List the caller's sites; for administrators and auditors, all",
    tag: 'Sites and certificates',
    roles: everyone,
    paged: true,
    responses: { 200: { description: 'Sites, in order of id', schema: listOf(siteSchema) } },
    read: async ({ caller, page }, { table }) =>
      ok(
        reply(
          200,
          await listOwnedOrAll(table, 'site', caller, page, (items) =>
            Promise.resolve(items.map((item) => readRecord(siteSeries, item))),
          ),
        ),
      ),
  }),
  defineRoute({
    operationId: 'getSite',
    method: 'get',
    path: '/v1/sites/{id}',
    summary: 'Read a site',
    tag: 'Sites and certificates',
    roles: everyone,
    params: siteParams,
    responses: { 200: { description: 'The site', schema: siteSchema } },
    problems: ['not_found'],
    read: async ({ caller, params }, { table }) => {
      const site = await visibleSite(table, caller, params.id);
      return site === undefined ? nothingHere : ok(reply(200, site, { version: site.version }));
    },
  }),
  defineRoute({
    operationId: 'listSiteVersions',
    method: 'get',
    path: '/v1/sites/{id}/versions',
    summary: 'List the versions of a site',
    tag: 'Sites and certificates',
    roles: everyone,
    params: siteParams,
    paged: true,
    responses: { 200: { description: 'Versions, oldest first', schema: listOf(siteSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params, page }, { table }) => {
      const site = await visibleSite(table, caller, params.id);
      return site === undefined ? nothingHere : ok(reply(200, await siteVersions(table, site.id, page)));
    },
  }),
  defineRoute({
    operationId: 'verifySite',
    method: 'post',
    path: '/v1/sites/{id}/verify',
    summary: 'Confirm that a site is what it says',
    tag: 'Sites and certificates',
    roles: administrators,
    params: siteParams,
    responses: { 200: { description: 'Verified', schema: siteSchema } },
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(verifySite(dependencies.table, actOf(request, dependencies), request.params.id), (site) =>
        reply(200, site, { version: site.version }),
      ),
  }),
];
