import { problem } from '../../shared/kernel/problem.ts';
import { problemDetails } from '../../shared/wire/problem-details.ts';
import { randomUUID } from 'node:crypto';

/** What every request gets until orders can be taken. */
export function starting(): Response {
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
