import * as z from 'zod';
import { sha256 } from '../../kernel/digest.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { instantOf, millisecondsOf } from '../../kernel/time.ts';
import type { Clause } from '../table/condition.ts';
import type { Plan } from '../table/effect.ts';
import { perform } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';

/**
 * One request under a caller's own key. The record of its answer is written in the same transaction as its
 * effect, so a crash leaves either both or neither. Only answers of success are recorded: a request that was
 * refused changed nothing, and is judged anew when it is repeated.
 *
 *     |-- first request: effect and record --|------ kept 48 h: the first answer again ------|-- forgotten --|
 */
export interface IdempotentRequest {
  readonly organisation: string;
  readonly operation: string;
  readonly key: string;
  /** Digest of method, path and body: another request under the same key is refused. */
  readonly requestHash: string;
  readonly at: Instant;
}

/** An answer as recorded. */
const recordedAnswerSchema = z.object({
  status: z.coerce.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type RecordedAnswer = z.output<typeof recordedAnswerSchema>;

const keptHours = 48;
const recordAction = 'idempotencyRecord';

/** Nobody has used the key, or so long ago that it is forgotten, swept or not. */
const isFree = (at: Instant): Clause => ({
  name: 'isFree',
  expression: 'attribute_not_exists(pk) OR #forgottenAt <= :now',
  names: { '#forgottenAt': 'forgottenAt' },
  values: { ':now': at },
});

/**
 * Carries out the plan at most once for its key; every further caller, racing or late, gets the one answer.
 * Errors: the plan's own, and idempotency_key_reused.
 */
export async function performOnce(
  table: Table,
  request: IdempotentRequest,
  plan: Plan<RecordedAnswer>,
): Promise<Result<RecordedAnswer & { readonly replayed: boolean }>> {
  const key = keys.idempotency(request.organisation, request.operation, sha256(request.key));
  const recorded = async () => answerOf(await table.get(key), request);
  const outcome = await perform<RecordedAnswer & { readonly replayed: boolean }>(table, async () => {
    const earlier = await recorded();
    if (earlier !== undefined) return earlier.ok ? ok({ actions: [], value: earlier.value }) : earlier;
    const planned = await plan();
    if (!planned.ok) return planned;
    const { actions, value, refused } = planned.value;
    const forgottenAt = millisecondsOf(request.at) + keptHours * 3_600_000;
    const record = {
      ...key,
      requestHash: request.requestHash,
      ...value,
      forgottenAt: instantOf(forgottenAt),
      expiresAt: Math.ceil(forgottenAt / 1000),
    };
    return ok({
      actions: [...actions, { name: recordAction, put: record, conditions: [isFree(request.at)] }],
      value: { ...value, replayed: false },
      refused: (refusal) => (refusal.action === recordAction ? 'again' : (refused?.(refusal) ?? 'again')),
    });
  });
  if (outcome.ok) return outcome;
  // A racing caller with the same key may have won between our look at the record and our failure.
  return (await recorded()) ?? outcome;
}

function answerOf(item: Item | undefined, request: IdempotentRequest) {
  if (item === undefined || String(item['forgottenAt']) <= request.at) return undefined;
  if (item['requestHash'] !== request.requestHash)
    return fail(
      problem(
        'idempotency_key_reused',
        'This Idempotency-Key was used for another request. Use a new key for each new request.',
      ),
    );
  return ok({ ...recordedAnswerSchema.parse(item), replayed: true });
}
