import { problem } from '../../shared/kernel/problem.ts';
import { problemDetails } from '../../shared/wire/problem-details.ts';
import { randomUUID } from 'node:crypto';

/** What every request gets until orders can be taken; but that the process lives, it says at once. */
const notYet =
  (detail: string, retryAfterSeconds: number) =>
  (request: Request): Response => {
    if (request.method === 'GET' && new URL(request.url).pathname === '/livez')
      return Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } });
    const requestId = randomUUID();
    const details = problemDetails(problem('unavailable', detail), requestId);
    return new Response(JSON.stringify(details), {
      status: details.status,
      headers: {
        'Content-Type': 'application/problem+json',
        'Cache-Control': 'no-store',
        'Retry-After': String(retryAfterSeconds),
        'X-Request-Id': requestId,
      },
    });
  };

export const starting = notYet('The marketplace is starting. Try again in a moment.', 1);

export const waitingForStore = notYet('The marketplace waits for its store, which does not answer yet.', 5);
