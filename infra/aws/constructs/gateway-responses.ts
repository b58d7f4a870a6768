import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';

/** An answer that the gateway gives by itself, before or instead of the function. */
interface GatewayProblem {
  readonly type: ResponseType;
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  /** Seconds to wait before trying again. */
  readonly retryAfter?: number;
}

const unavailable = {
  status: 503,
  code: 'unavailable',
  title: 'Unavailable for the moment',
  detail: 'No answer in time. A write may have taken effect: repeat it with the same Idempotency-Key.',
  retryAfter: 5,
} as const;
const malformed = {
  status: 400,
  code: 'malformed_request',
  title: 'The request cannot be read',
  detail: 'The request could not be read.',
} as const;
const internal = {
  status: 500,
  code: 'internal',
  title: 'Internal error',
  detail: 'Something went wrong here. Quote the request id when you report it.',
} as const;

/** Status and code of the two defaults are fixed too, so that the body never contradicts the status line. */
const gatewayProblems: readonly GatewayProblem[] = [
  { type: ResponseType.DEFAULT_4XX, ...malformed },
  { type: ResponseType.DEFAULT_5XX, ...internal },
  { type: ResponseType.BAD_REQUEST_BODY, ...malformed },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, ...malformed },
  { type: ResponseType.INTEGRATION_FAILURE, ...unavailable },
  { type: ResponseType.INTEGRATION_TIMEOUT, ...unavailable },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    code: 'rate_limited',
    title: 'Too many requests',
    detail: 'The marketplace takes no more requests this second.',
    retryAfter: 1,
  },
  {
    type: ResponseType.WAF_FILTERED,
    status: 403,
    code: 'forbidden',
    title: 'Forbidden',
    detail: 'The firewall refused the request: it looks like an attack, or one of too many from its address.',
  },
  {
    type: ResponseType.ACCESS_DENIED,
    status: 403,
    code: 'forbidden',
    title: 'Forbidden',
    detail: 'This request is not allowed.',
  },
  {
    // What the gateway calls a missing token is a path or method that it has no route for.
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: 'There is nothing here.',
  },
  {
    type: ResponseType.RESOURCE_NOT_FOUND,
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: 'There is nothing here.',
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'body_too_large',
    title: 'Body too large',
    detail: 'The body is larger than the marketplace reads.',
  },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    status: 415,
    code: 'unsupported_media_type',
    title: 'Media type not supported',
    detail: 'Bodies are JSON: send Content-Type application/json.',
  },
];

/**
 * Gives the gateway's own answers the shape of every other error: RFC 9457 problem details with a code and the
 * request id. Templates are chosen by the caller's Accept header and fall back to `application/json`, so that is
 * their key; the header says what they are.
 */
export function answerInProblemDetails(api: RestApi): void {
  for (const { type, status, code, title, detail, retryAfter } of gatewayProblems) {
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(status),
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        'X-Request-Id': 'context.requestId',
        'Cache-Control': "'no-store'",
        ...(retryAfter === undefined ? {} : { 'Retry-After': `'${retryAfter}'` }),
      },
      templates: {
        'application/json': JSON.stringify({
          type: `https://lodestone.example/problems/${code}`,
          title,
          status,
          detail,
          instance: 'urn:lodestone:request:$context.requestId',
          code,
        }),
      },
    });
  }
}
