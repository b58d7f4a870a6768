import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { dateSchema } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion, versionShape } from '../kernel/version.ts';
import { without } from '../kernel/without.ts';
import { mineralSchema, stageSchema } from '../reference/stage.ts';
import { levelSchema } from './scheme.ts';

const certificateShape = z.strictObject({
  scheme: nameIdSchema,
  level: levelSchema.optional(),
  validFrom: dateSchema,
  validTo: dateSchema,
  /** The certifier's own number of the document. */
  reference: textSchema(200),
  /** Narrower than the scheme's scope, where the certificate says so. */
  minerals: z.array(mineralSchema).min(1).max(50).optional(),
  stages: z.array(stageSchema).min(1).optional(),
});

export const certificateTermsSchema = certificateShape.refine((terms) => terms.validFrom <= terms.validTo, {
  path: ['validTo'],
  message: 'must not be before validFrom',
});
export type CertificateTerms = z.output<typeof certificateTermsSchema>;

/** `submitted` until an administrator verifies it; only `active` ones count. */
const certificateStatuses = ['submitted', 'active', 'suspended', 'revoked'] as const;

export const certificateSchema = certificateShape
  .extend({
    id: generatedIdSchema('certificate'),
    site: generatedIdSchema('site'),
    organisation: nameIdSchema,
    status: z.enum(certificateStatuses),
    /** Why it was suspended or revoked. */
    reason: textSchema(1000).optional(),
    ...versionShape,
  })
  .meta({ id: 'Certificate' });
export type Certificate = z.output<typeof certificateSchema>;
export type CertificateStatus = Certificate['status'];

/** The four things administrators do to a certificate: from which states, to which. */
const certificateTransitions = {
  verify: { from: ['submitted'], to: 'active' },
  suspend: { from: ['active'], to: 'suspended' },
  reinstate: { from: ['suspended'], to: 'active' },
  revoke: { from: ['submitted', 'active', 'suspended'], to: 'revoked' },
} as const satisfies Record<string, { from: readonly CertificateStatus[]; to: CertificateStatus }>;
export type CertificateAction = keyof typeof certificateTransitions;

/** The certificate after an administrator's action. Error: invalid_state. */
export function certificateAfter(
  certificate: Certificate,
  action: CertificateAction,
  reason: string | undefined,
  author: Author,
): Result<Certificate> {
  const { from, to } = certificateTransitions[action];
  if (!(from as readonly CertificateStatus[]).includes(certificate.status))
    return fail(
      problem('invalid_state', `The certificate is ${certificate.status}: it cannot be ${past[action]}.`),
    );
  return ok({
    ...without(certificate, 'reason'),
    status: to,
    ...(reason === undefined ? {} : { reason }),
    ...nextVersion(certificate, author),
  });
}

const past: Record<CertificateAction, string> = {
  verify: 'verified',
  suspend: 'suspended',
  reinstate: 'reinstated',
  revoke: 'revoked',
};
