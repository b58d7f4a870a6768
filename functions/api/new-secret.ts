import { randomBytes } from 'node:crypto';

/** A secret as the Standard Webhooks specification writes it: 256 random bits. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
