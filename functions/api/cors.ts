/** What scripts of other origins may send and read: what the API itself takes and gives, and no cookies. */
const requestHeaders = [
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'X-Request-Id',
];
const exposedHeaders = ['ETag', 'Link', 'Location', 'Idempotency-Replayed', 'Retry-After', 'X-Request-Id'];
const methods = ['GET', 'POST', 'PUT', 'PATCH'];

/**
 * The headers by which a browser lets scripts of another origin read an answer (Fetch standard, CORS protocol): none
 * unless the origin is one of those that the operator of the market names, as a whole. Tokens travel in a header that
 * scripts set, so `Access-Control-Allow-Credentials` is never sent.
 */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): Record<string, string> {
  if (allowed.length === 0) return {};
  if (origin === undefined || !allowed.includes(origin)) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': exposedHeaders.join(', '),
  };
}

/** A browser asks beforehand, as an allowed origin. */
export const isPreflight = (request: Request, allowed: readonly string[]): boolean =>
  request.method === 'OPTIONS' &&
  request.headers.has('access-control-request-method') &&
  allowed.includes(request.headers.get('origin') ?? '');

/** What it is told; kept for ten minutes. */
export const preflightAnswer = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': requestHeaders.join(', '),
      'Access-Control-Max-Age': '600',
    },
  });
