import type { Clock } from '../../shared/kernel/instant.ts';
import type { ApiDependencies, RateLimit } from './dependencies.ts';
import type { Rate } from './rate-limit.ts';
import { tokenBuckets } from './rate-limit.ts';

/** An origin as browsers send it: scheme, host and port, nothing behind. */
export const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
export const originExpected = 'expected an origin such as "https://market.example", with no path and no "*"';

/** `20,100`: so many requests of one organisation a second, so many at once. */
const ratePattern = /^(?!0+(?:\.0+)?,)(\d+(?:\.\d+)?),([1-9]\d*)$/;

/**
 * Whose scripts may read answers, and how often an organisation may ask, counted by `limit`: `CORS_ORIGINS` and `RATE_LIMIT` as
 * the environment has them; closed and without limit if absent or empty. Throws where the environment says nonsense.
 */
export function accessSettings(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  limit: (rate: Rate) => RateLimit = tokenBuckets,
): Pick<ApiDependencies, 'allowedOrigins' | 'rateLimit'> {
  const { CORS_ORIGINS: origins = '', RATE_LIMIT: rate = '' } = environment;
  const allowedOrigins = origins === '' ? [] : origins.split(',').map((each) => each.trim());
  const odd = allowedOrigins.find((each) => !isOrigin(each));
  if (odd !== undefined) throw new Error(`CORS_ORIGINS: ${originExpected}, not "${odd}"`);
  if (rate === '') return { allowedOrigins };
  const [, perSecond, burst] = ratePattern.exec(rate) ?? [];
  if (perSecond === undefined || burst === undefined)
    throw new Error(
      `RATE_LIMIT: expected "20,100": so many requests a second, so many at once; not "${rate}"`,
    );
  return { allowedOrigins, rateLimit: limit({ perSecond: Number(perSecond), burst: Number(burst), clock }) };
}
