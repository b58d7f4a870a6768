import { firstDayOf, type Quarter } from '../../kernel/quarter.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import type { Product } from '../../reference/product.ts';
import type { Requirement } from '../../standards/standards-rule.ts';
import { reachesAssurance, reachesLevel, type Assurance, type Scheme } from '../../standards/scheme.ts';
import type { RefusalCode } from './refusal.ts';
import type { SnapshotCertificate } from '../snapshot.ts';

/** One thing to be shown by certificates: any one of the alternatives will do. */
export interface Check {
  readonly anyOf: readonly Requirement[];
  readonly minimumAssurance?: Assurance | undefined;
  /** A certificate valid at the contract's first quarter suffices; later ones are conditional on renewal. */
  readonly renewalCovenant: boolean;
}

/** The certificate that satisfies a check, or how far the best one came. */
export type CheckResult =
  | { readonly ok: true; readonly certificate: SnapshotCertificate }
  | { readonly ok: false; readonly code: RefusalCode };

/** How a certificate fails, worst first: who fails later needs less to be cured. */
const progress = [
  'certificate_missing',
  'certificate_scope',
  'certificate_level',
  'certificate_expired',
  'certificate_suspended',
] as const satisfies readonly RefusalCode[];

/**
 * Whether a site's certificates satisfy a check for deliveries of the product in `quarter`.
 *
 * A certificate counts only for its own minerals and stages and only while active, and for a quarter only if the
 * quarter begins inside its validity.
 *
 * @param certificates those of the one site that did the product's own stage.
 */
export function satisfies(
  check: Check,
  certificates: readonly SnapshotCertificate[],
  schemes: ReadonlyMap<string, Scheme>,
  product: Pick<Product, 'mineral' | 'stage'>,
  quarter: Quarter,
): CheckResult {
  return satisfiesOn(check, certificates, schemes, product, firstDayOf(quarter));
}

/** The same on one day: that of a delivery, say. */
export function satisfiesOn(
  check: Omit<Check, 'renewalCovenant'>,
  certificates: readonly SnapshotCertificate[],
  schemes: ReadonlyMap<string, Scheme>,
  product: Pick<Product, 'mineral' | 'stage'>,
  day: CalendarDate,
): CheckResult {
  let best: (typeof progress)[number] = 'certificate_missing';
  for (const requirement of check.anyOf) {
    const scheme = schemes.get(requirement.scheme);
    if (scheme === undefined) continue;
    for (const certificate of certificates) {
      if (certificate.scheme !== scheme.id) continue;
      if (certificate.status !== 'active' && certificate.status !== 'suspended') continue;
      const failure = failureOf(certificate, scheme, requirement, check, product, day);
      if (failure === undefined) return { ok: true, certificate };
      if (progress.indexOf(failure) > progress.indexOf(best)) best = failure;
    }
  }
  return { ok: false, code: best };
}

/** The alternatives of a check that some certificate could satisfy: of a known scheme that vouches for the product. */
export const attainable = (
  { anyOf, minimumAssurance }: Pick<Check, 'anyOf' | 'minimumAssurance'>,
  schemes: readonly Scheme[],
  product: Pick<Product, 'mineral' | 'stage'>,
): Requirement[] =>
  anyOf.filter((requirement) => {
    const scheme = schemes.find(({ id }) => id === requirement.scheme);
    return (
      scheme !== undefined &&
      covers(scheme, product) &&
      reachesAssurance(scheme.assurance, minimumAssurance) &&
      (requirement.level === undefined || scheme.levels.includes(requirement.level))
    );
  });

const covers = (scheme: Scheme, { mineral, stage }: Pick<Product, 'mineral' | 'stage'>): boolean =>
  scheme.stages.includes(stage) && (scheme.minerals.includes('*') || scheme.minerals.includes(mineral));

function failureOf(
  certificate: SnapshotCertificate,
  scheme: Scheme,
  requirement: Requirement,
  check: Pick<Check, 'minimumAssurance'>,
  product: Pick<Product, 'mineral' | 'stage'>,
  day: CalendarDate,
): (typeof progress)[number] | undefined {
  const { mineral, stage } = product;
  const inScope =
    covers(scheme, product) &&
    (certificate.stages?.includes(stage) ?? true) &&
    (certificate.minerals?.includes(mineral) ?? true);
  if (!inScope) return 'certificate_scope';
  if (!reachesLevel(scheme, certificate.level, requirement.level)) return 'certificate_level';
  if (!reachesAssurance(scheme.assurance, check.minimumAssurance)) return 'certificate_level';
  if (certificate.validFrom > day || day > certificate.validTo) return 'certificate_expired';
  return certificate.status === 'suspended' ? 'certificate_suspended' : undefined;
}
