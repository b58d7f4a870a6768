import type { Key } from './key.ts';
import { padded } from './key.ts';

/** Sites, what lies beside them, and projects of sites. */
export const siteKeys = {
  site: (id: string): Key => ({ pk: `SITE#${id}`, sk: 'SITE' }),
  siteVersion: (id: string, version: number): Key => ({ pk: `SITE#${id}`, sk: `V#${padded(version)}` }),
  siteCertificate: (site: string, certificate: string): Key => ({
    pk: `SITE#${site}`,
    sk: `CERTIFICATE#${certificate}`,
  }),
  /** A project that a site is of. */
  siteProject: (site: string, project: string): Key => ({ pk: `SITE#${site}`, sk: `PROJECT#${project}` }),
  siteOffer: (site: string, offer: string): Key => ({ pk: `SITE#${site}`, sk: `OFFER#${offer}` }),
  /** There where an agreement supports what the site makes of a product in a quarter. */
  siteSupport: (site: string, product: string, quarter: string): Key => ({
    pk: `SITE#${site}`,
    sk: `SUPPORT#${product}#${quarter}`,
  }),
  certificateVersion: (id: string, version: number): Key => ({
    pk: `CERTIFICATE#${id}`,
    sk: `V#${padded(version)}`,
  }),
  project: (id: string): Key => ({ pk: `PROJECT#${id}`, sk: 'PROJECT' }),
  projectVersion: (id: string, version: number): Key => ({ pk: `PROJECT#${id}`, sk: `V#${padded(version)}` }),
} as const;
