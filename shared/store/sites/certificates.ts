import { problem } from '../../kernel/problem.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { latestOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Site } from '../../reference/site.ts';
import type { Certificate, CertificateAction, CertificateTerms } from '../../standards/certificate.ts';
import { certificateAfter, certificateSchema } from '../../standards/certificate.ts';
import { certificateProblem } from '../../standards/scope.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { readReference } from '../reference/reference.ts';
import { readSite, siteAt } from './sites.ts';
import type { Table } from '../table/table.ts';
import type { Series } from '../table/versioned.ts';
import { pageOfVersions, readRecord, recordVersion, versionAsOf } from '../table/versioned.ts';

/** A certificate lies beside its site, so that both are read together; its versions lie by its own id. */
const certificateSeries: Series<Certificate> = {
  name: 'certificate',
  schema: certificateSchema,
  head: (certificate) => keys.siteCertificate(certificate.site, certificate.id),
  versionKey: (certificate) => keys.certificateVersion(certificate.id, certificate.version),
};

const partitionOf = (id: string): string => keys.certificateVersion(id, 1).pk;

/** The present version: the last one kept. */
export async function readCertificate(table: Table, id: string): Promise<Certificate | undefined> {
  const [item] = await table.query(partitionOf(id), { reverse: true, limit: 1 });
  return item && readRecord(certificateSeries, item);
}

/** A certificate as it stood at an instant, or stands. */
export const certificateAt = (table: Table, id: string, at?: Instant): Promise<Certificate | undefined> =>
  at === undefined ? readCertificate(table, id) : versionAsOf(table, certificateSeries, partitionOf(id), at);

export const certificateVersions = (
  table: Table,
  id: string,
  page: PageRequest,
): Promise<Page<Certificate>> => pageOfVersions(table, certificateSeries, partitionOf(id), page);

export interface SiteWithCertificates {
  readonly site: Site;
  /** In order of id. */
  readonly certificates: readonly Certificate[];
}

/** A site with all its certificates, whatever their status: as they are, or as they stood at an instant. */
export async function readSiteWithCertificates(
  table: Table,
  siteId: string,
  at?: Instant,
): Promise<SiteWithCertificates | undefined> {
  const [site, certificates] = await Promise.all([
    at === undefined ? readSite(table, siteId) : siteAt(table, siteId, at),
    certificatesOf(table, siteId, at),
  ]);
  return site && { site, certificates };
}

/** The certificates of a site, as they are or as they stood at an instant. */
export async function certificatesOf(table: Table, siteId: string, at?: Instant): Promise<Certificate[]> {
  const { pk, sk: prefix } = keys.siteCertificate(siteId, '');
  const certificates = await Promise.all(
    (await table.query(pk, { prefix })).map(async (item) => {
      const present = readRecord(certificateSeries, item);
      return at === undefined || present.recordedAt <= at
        ? present
        : await versionAsOf(table, certificateSeries, partitionOf(present.id), at);
    }),
  );
  return certificates.filter((certificate) => certificate !== undefined);
}

/** One page of a site's certificates, in order of id. */
export async function pageOfCertificates(
  table: Table,
  siteId: string,
  page: PageRequest,
): Promise<Page<Certificate>> {
  const all = (await readSiteWithCertificates(table, siteId))?.certificates ?? [];
  const behind = all.filter(({ id }) => page.after === undefined || id > page.after);
  const items = behind.slice(0, page.limit);
  return { items, next: behind.length > items.length ? (items.at(-1)?.id ?? null) : null };
}

/**
 * Submits a certificate for a site of the caller's organisation; it counts once an administrator has verified it.
 * Errors: not_found, unknown_reference, invalid_request.
 */
export const submitCertificate =
  (table: Table, act: Act, siteId: string, terms: CertificateTerms): Plan<Certificate> =>
  async () => {
    const [site, scheme] = await Promise.all([
      readSite(table, siteId),
      readReference(table, 'scheme', terms.scheme),
    ]);
    if (site?.organisation !== act.organisation)
      return fail(problem('not_found', 'Your organisation has no such site.'));
    const wrong = certificateProblem(terms, scheme);
    if (wrong !== undefined) return fail(wrong);
    const certificate: Certificate = {
      ...terms,
      id: act.newId('certificate'),
      site: site.id,
      organisation: site.organisation,
      status: 'submitted',
      ...nextVersion(undefined, act),
    };
    return ok({ actions: recordVersion(certificateSeries, certificate), value: certificate });
  };

/** What an administrator does to a certificate. Errors: not_found, invalid_state. */
export const actOnCertificate =
  (table: Table, act: Act, id: string, action: CertificateAction, reason?: string): Plan<Certificate> =>
  async () => {
    const present = await readCertificate(table, id);
    if (present === undefined) return fail(problem('not_found', 'There is no such certificate.'));
    const author = { subject: act.subject, at: latestOf(act.at, present.recordedAt) };
    const next = certificateAfter(present, action, reason, author);
    return next.ok ? ok({ actions: recordVersion(certificateSeries, next.value), value: next.value }) : next;
  };
