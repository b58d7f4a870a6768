import { problem } from '../../shared/kernel/problem.ts';
import { problemDetails } from '../../shared/wire/problem-details.ts';
import { randomUUID } from 'node:crypto';

/** What every request gets until orders can be taken; but that the process lives, it says at once. */
export function starting(request: Request): Response {
  if (request.method === 'GET' && new URL(request.url).pathname === '/livez')
    return Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } });
  const requestId = randomUUID();
  const details = problemDetails(
    problem('unavailable', 'The marketplace is starting. Try again in a moment.'),
    requestId,
  );
  return new Response(JSON.stringify(details), {
    status: details.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'Retry-After': '1',
      'X-Request-Id': requestId,
    },
  });
}
