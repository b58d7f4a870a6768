import * as z from 'zod';
import { generatedIdSchema, textSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { seesAll } from '../../../shared/reference/caller.ts';
import type { Certificate, CertificateAction } from '../../../shared/standards/certificate.ts';
import { certificateSchema, certificateTermsSchema } from '../../../shared/standards/certificate.ts';
import {
  actOnCertificate,
  certificateVersions,
  pageOfCertificates,
  readCertificate,
  submitCertificate,
} from '../../../shared/store/sites/certificates.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, everyone, nothingHere } from './reference.ts';
import { siteParams, visibleSite } from './sites.ts';

const params = z.strictObject({ id: generatedIdSchema('certificate') });
const tag = 'Sites and certificates';

async function visibleCertificate(
  table: Table,
  caller: Caller,
  id: string,
): Promise<Certificate | undefined> {
  const certificate = await readCertificate(table, id);
  return certificate !== undefined && (seesAll(caller) || certificate.organisation === caller.organisation)
    ? certificate
    : undefined;
}

const action = <B extends z.ZodType>(
  name: CertificateAction,
  summary: string,
  body: B,
  reasonOf: (body: z.output<B>) => string | undefined,
): Route =>
  defineRoute({
    operationId: `${name}Certificate`,
    method: 'post',
    path: `/v1/certificates/{id}/${name}`,
    summary,
    tag,
    roles: administrators,
    params,
    body,
    responses: { 200: { description: 'The certificate', schema: certificateSchema } },
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(
        actOnCertificate(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          name,
          reasonOf(request.body),
        ),
        (certificate) => reply(200, certificate, { version: certificate.version }),
      ),
  });

const noBody = z.strictObject({}).optional();
const reasonBody = z.strictObject({ reason: textSchema(1000) });
const noReason = () => undefined;

export const certificateRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postCertificate',
    method: 'post',
    path: '/v1/sites/{id}/certificates',
    summary: 'Submit a certificate for a site',
    description: 'It counts once an administrator has verified it.',
    tag,
    roles: ['producer'],
    params: siteParams,
    body: certificateTermsSchema,
    responses: { 201: { description: 'Submitted', schema: certificateSchema } },
    problems: ['not_found', 'unknown_reference'],
    write: (request, dependencies) =>
      mapPlan(
        submitCertificate(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        (certificate) =>
          reply(201, certificate, {
            version: certificate.version,
            location: `/v1/certificates/${certificate.id}`,
          }),
      ),
  }),
  defineRoute({
    operationId: 'listCertificates',
    method: 'get',
    path: '/v1/sites/{id}/certificates',
    summary: 'List the certificates of a site',
    tag,
    roles: everyone,
    params: siteParams,
    paged: true,
    responses: { 200: { description: 'Certificates, oldest first', schema: listOf(certificateSchema) } },
    problems: ['not_found'],
    read: async (request, { table }) => {
      const site = await visibleSite(table, request.caller, request.params.id);
      return site === undefined
        ? nothingHere
        : ok(reply(200, await pageOfCertificates(table, site.id, request.page)));
    },
  }),
  defineRoute({
    operationId: 'getCertificate',
    method: 'get',
    path: '/v1/certificates/{id}',
    summary: 'Read a certificate',
    tag,
    roles: everyone,
    params,
    responses: { 200: { description: 'The certificate', schema: certificateSchema } },
    problems: ['not_found'],
    read: async (request, { table }) => {
      const certificate = await visibleCertificate(table, request.caller, request.params.id);
      return certificate === undefined
        ? nothingHere
        : ok(reply(200, certificate, { version: certificate.version }));
    },
  }),
  defineRoute({
    operationId: 'listCertificateVersions',
    method: 'get',
    path: '/v1/certificates/{id}/versions',
    summary: 'List the versions of a certificate',
    tag,
    roles: everyone,
    params,
    paged: true,
    responses: { 200: { description: 'Versions, oldest first', schema: listOf(certificateSchema) } },
    problems: ['not_found'],
    read: async (request, { table }) => {
      const certificate = await visibleCertificate(table, request.caller, request.params.id);
      return certificate === undefined
        ? nothingHere
        : ok(reply(200, await certificateVersions(table, certificate.id, request.page)));
    },
  }),
  action('verify', 'Confirm a submitted certificate: it counts from now on', noBody, noReason),
  action('suspend', 'Suspend a certificate', reasonBody, ({ reason }) => reason),
  action('reinstate', 'End the suspension of a certificate', noBody, noReason),
  action('revoke', 'Revoke a certificate for good', reasonBody, ({ reason }) => reason),
];
