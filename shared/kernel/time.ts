import * as z from 'zod';

export * from './instant.ts';

export const instantSchema = z.iso
  .datetime({ precision: 3, message: 'expected an RFC 3339 UTC instant with milliseconds' })
  .meta({ examples: ['2026-11-22T12:00:00.000Z'] });

export const dateSchema = z.iso.date('expected a date such as "2027-03-31"');
