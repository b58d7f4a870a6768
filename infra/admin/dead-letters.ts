import {
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { pendingClearings } from '../../shared/store/clearing/clearings.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Command, Telling } from './command.ts';
import { commonUsage, options } from './command.ts';
import { openPlace } from './place.ts';

export const deadLettersCommand: Command = {
  name: 'dead-letters',
  about: 'tells what was given up on, and has it tried again',
  usage: `npm run admin -- dead-letters [--stage STAGE] [--replay] [--data DIR] [--json]

On AWS: every dead-letter queue of the stage, with how many messages lie in it. --replay sends those of a queue back to
the queue they came from (SQS redrive); handlers are idempotent, so it may be repeated. What lies in a queue of missed
invocations is not sent again by SQS: the next tick does the same work; see docs/runbook.md.
On one machine there are no queues: what it lists are requests for a clearing that no run has taken; the running market
takes them up each minute by itself. Messages to webhooks are replayed by POST /v1/webhooks/<id>/replay.

--stage STAGE  of the deployment (default prod)
--replay       sends them back
${commonUsage}
Exit code: 0 nothing lies there (or it was sent back), 1 something does, 2 nothing could be asked.`,
  run: async (args) => {
    const { values, where, telling } = options(args, {
      stage: { type: 'string', default: 'prod' },
      replay: { type: 'boolean', default: false },
    });
    const place = await openPlace(where, process.env);
    try {
      if (where.kind !== 'aws') return await waiting(place.table, telling);
      return await onQueues(new SQSClient(), `lodestone-${values.stage}-`, values.replay, telling);
    } finally {
      await place.close();
    }
  },
};

async function waiting(table: Table, telling: Telling): Promise<number> {
  const requests = await pendingClearings(table);
  telling.result(
    { waiting: requests },
    [
      ...requests.map(
        ({ product, clearing, requestedAt }) => `${clearing} of ${product}, since ${requestedAt}`,
      ),
      requests.length === 0
        ? 'Nothing waits.'
        : `${requests.length} requests wait: start the market (npm start), and it takes them up.`,
    ].join('\n'),
  );
  return requests.length === 0 ? 0 : 1;
}

interface DeadLetters {
  readonly queue: string;
  readonly messages: number;
  /** Of a queue, to which its messages can be sent back; what missed an invocation has none. */
  readonly replayed: boolean;
}

export async function onQueues(
  sqs: SQSClient,
  prefix: string,
  replay: boolean,
  telling: Telling,
): Promise<number> {
  const found: DeadLetters[] = [];
  for await (const url of queuesOf(sqs, prefix)) {
    const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url }));
    const isRedriven = (sources.queueUrls ?? []).length > 0;
    const name = url.split('/').at(-1) ?? url;
    if (!isRedriven && !/Missed|DeadLetters/i.test(name)) continue;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'QueueArn'],
      }),
    );
    const messages = Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
    const replayed = replay && isRedriven && messages > 0;
    if (replayed) await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: Attributes?.['QueueArn'] }));
    found.push({ queue: name, messages, replayed });
  }
  const left = found.filter(({ messages, replayed }) => messages > 0 && !replayed);
  telling.result(
    { queues: found },
    [
      ...found.map(
        ({ queue, messages, replayed }) =>
          `${String(messages).padStart(6)}  ${queue}${replayed ? '  sent back' : ''}`,
      ),
      found.length === 0
        ? `No dead-letter queue begins with ${prefix}: see --stage, AWS_REGION and AWS_PROFILE.`
        : left.length === 0
          ? 'Nothing lies there.'
          : 'What each queue means and what to do first: docs/runbook.md. --replay sends messages back.',
    ].join('\n'),
  );
  if (found.length === 0) return 2;
  return left.length === 0 ? 0 : 1;
}

async function* queuesOf(sqs: SQSClient, prefix: string): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const page = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1000, NextToken: token }),
    );
    yield* page.QueueUrls ?? [];
    token = page.NextToken;
  } while (token !== undefined);
}
