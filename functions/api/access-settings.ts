import * as z from 'zod';
import type { Clock } from '../../shared/kernel/time.ts';
import type { ApiDependencies, RateLimit } from './dependencies.ts';
import type { Rate } from './rate-limit.ts';
import { tokenBuckets } from './rate-limit.ts';

/** An origin as browsers send it: scheme, host and port, nothing behind. */
export const originSchema = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'expected an origin such as "https://market.example", with no path and no "*"',
});

/** `CORS_ORIGINS` and `RATE_LIMIT` as the environment has them; closed and without limit if absent or empty. */
const environmentSchema = z.object({
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) => (list === '' ? [] : list.split(',').map((each) => each.trim())))
    .pipe(z.array(originSchema)),
  /** Requests of one organisation: `per second,at once`. */
  RATE_LIMIT: z
    .string()
    .regex(
      /^(?!0+(\.0+)?,)(\d+(\.\d+)?,[1-9]\d*)?$/,
      'expected "20,100": so many requests a second, so many at once',
    )
    .default(''),
});

/**
 * Whose scripts may read answers, and how often an organisation may ask, counted by `limit`. Throws where the environment
 * says nonsense.
 */
export function accessSettings(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  limit: (rate: Rate) => RateLimit = tokenBuckets,
): Pick<ApiDependencies, 'allowedOrigins' | 'rateLimit'> {
  const { CORS_ORIGINS, RATE_LIMIT } = environmentSchema.parse(environment);
  if (RATE_LIMIT === '') return { allowedOrigins: CORS_ORIGINS };
  const [perSecond, burst] = RATE_LIMIT.split(',').map(Number) as [number, number];
  return { allowedOrigins: CORS_ORIGINS, rateLimit: limit({ perSecond, burst, clock }) };
}
