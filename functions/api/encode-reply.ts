import * as z from 'zod';
import type { RecordedAnswer } from '../../shared/store/service/idempotency.ts';
import { etagOf } from '../../shared/wire/etag.ts';
import type { Reply, Route } from './route.ts';

/** A reply in the form in which it is sent, and recorded under an Idempotency-Key. */
export function encodeReply(route: Route, reply: Reply): RecordedAnswer {
  const schema = route.responses[reply.status]?.schema;
  return {
    status: reply.status,
    headers: {
      ...(reply.version === undefined ? {} : { ETag: etagOf(reply.version) }),
      ...(reply.location === undefined ? {} : { Location: reply.location }),
    },
    body: schema === undefined ? '' : JSON.stringify(z.encode(schema, reply.value)),
  };
}
