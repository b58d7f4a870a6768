import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { HandlerName } from './bundle.ts';
import type { Alarms } from './constructs/alarms.ts';
import { eachMinute } from './constructs/alarms.ts';
import type { FifoQueueWithDeadLetters } from './constructs/queue-with-dead-letters.ts';
import type { Settings } from './settings.ts';

/** What there is to watch of a deployment. */
export interface Watched {
  /** Of which the namespace of its metrics tells. */
  readonly stage: Settings['stage'];
  readonly api: RestApi;
  readonly table: TableV2;
  /** Every function by its handler's name. */
  readonly functions: Readonly<Record<HandlerName, Function>>;
  readonly clearings: FifoQueueWithDeadLetters;
  readonly missedTicks: Queue;
  readonly missedSettlements: Queue;
  readonly missedEvents: Queue;
  readonly missedNotices: Queue;
  /** What takes back a version of the API that is being rolled out. */
  readonly rollback: readonly Alarm[];
}

/** Every alarm on what AWS itself measures, each saying what is wrong and where to begin. */
export function watchService(alarms: Alarms, { functions, ...watched }: Watched): void {
  const waiting = (queue: Queue) =>
    queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' });

  alarms.watch('ClearingDeadLetters', {
    description:
      'A clearing was given up after repeated tries. No order is lost: find the cause in the log of the clearing ' +
      'function, then redrive the dead letters.',
    metric: waiting(watched.clearings.deadLetters),
  });
  alarms.watch('ClearingErrors', {
    description: 'The clearing function failed. It is tried again by itself; look when it goes on.',
    metric: functions.clearing.metricErrors(eachMinute),
  });
  alarms.watch('ClearingBacklog', {
    description: 'A request for a clearing has waited half an hour: markets are held up or too slow.',
    metric: watched.clearings.queue.metricApproximateAgeOfOldestMessage({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    }),
    threshold: Duration.minutes(30).toSeconds(),
  });
  alarms.watch('MissedTicks', {
    description: 'A tick failed or could not be called. Purge the queue once later ticks succeed.',
    metric: waiting(watched.missedTicks),
  });
  alarms.watch('NoTick', {
    description:
      'No tick for five minutes: nothing is cleared on schedule and nothing left behind is resumed.',
    metric: functions.tick.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
    below: true,
  });
  alarms.watch('MissedSettlements', {
    description:
      'A settlement run failed or could not be called; no money has moved halfway. Find the contracts in the log of ' +
      'the settlement function. Purge the queue once later runs succeed.',
    metric: waiting(watched.missedSettlements),
  });
  alarms.watch('NoSettlement', {
    description: 'No settlement run for an hour: contracts that are due wait.',
    metric: functions.settlement.metricInvocations({ period: Duration.hours(1), statistic: 'Sum' }),
    below: true,
  });
  alarms.watch('MissedEvents', {
    description:
      'Events could not be followed: alerts may be out of date by at most a day. Find the cause in the log of the stream ' +
      'function, then call it with {"sweep": true}, and purge the queue.',
    metric: waiting(watched.missedEvents),
  });
  alarms.watch('EventsLate', {
    description:
      'The stream is half an hour behind: alerts come late. Look into the log of the stream function.',
    metric: functions.stream.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: Duration.minutes(30).toMilliseconds(),
  });
  alarms.watch('MissedNotices', {
    description:
      'Subscribers could not be told of alerts for a fault of ours. Nothing is lost: what is due is tried each minute. ' +
      'Find the cause in the log of the notify function; purge the queue once later runs succeed.',
    metric: waiting(watched.missedNotices),
  });
  alarms.watch('ApiServerErrors', {
    description: 'The API answered 5xx three minutes in a row.',
    metric: watched.api.metricServerError(eachMinute),
    periods: 3,
  });
  alarms.watchAny(
    'VersionTakenBack',
    'The API fails, answers 5xx or takes over ten seconds: a version that was being rolled out has been taken back.',
    watched.rollback,
  );
  alarms.watch('TokensRefused', {
    description:
      'Many tokens were refused: people without an organisation, or a pre-token function that fails for all.',
    metric: functions['pre-token'].metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 20,
  });
  alarms.watch('TableThrottled', {
    description:
      'The table threw calls back for five minutes: one partition is hot, or an account limit is reached.',
    metric: watched.table.metric('WriteThrottleEvents', eachMinute),
    threshold: 10,
    periods: 5,
  });
}
