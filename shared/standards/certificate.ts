import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { dateSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';
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

/** `submitted` until an administrator verifies it; only `active` ones count. */
export const certificateStatuses = ['submitted', 'active', 'suspended', 'revoked'] as const;

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
export const certificateTransitions = {
  verify: { from: ['submitted'], to: 'active' },
  suspend: { from: ['active'], to: 'suspended' },
  reinstate: { from: ['suspended'], to: 'active' },
  revoke: { from: ['submitted', 'active', 'suspended'], to: 'revoked' },
} as const satisfies Record<string, { from: readonly CertificateStatus[]; to: CertificateStatus }>;
export type CertificateAction = keyof typeof certificateTransitions;
