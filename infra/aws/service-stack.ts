import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
// CDK's own types disagree under exactOptionalPropertyTypes: a TableV2 is an ITable, an Alias an IFunction.
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { metricNamespaceOf } from '../../functions/lambda/metric-names.ts';
import { followedPartitions } from '../../functions/stream/domain-event.ts';
import { keys } from '../../shared/store/table/keys.ts';
import type { Watched } from './alarms.ts';
import { eachMinute } from './constructs/alarms.ts';
import { GradualDeployment } from './constructs/gradual-deployment.ts';
import { PublicApi } from './constructs/public-api.ts';
import { FifoQueueWithDeadLetters } from './constructs/queue-with-dead-letters.ts';
import { scheduledFunction } from './constructs/scheduled-function.ts';
import type { HandlerCode } from './constructs/service-function.ts';
import { ServiceFunction } from './constructs/service-function.ts';
import type { DataStack } from './data-stack.ts';
import type { IdentityStack } from './identity-stack.ts';
import { memoryOf } from './memory.ts';
import { publishTo, readClearings, seeWhatIsMissing, sendTo, writeClearings } from './permissions.ts';
import type { Settings } from './settings.ts';
import { useOfTable } from './table-access.ts';

export interface ServiceStackProps extends StackProps {
  readonly data: DataStack;
  readonly identity: IdentityStack;
  readonly code: HandlerCode;
  readonly settings: Settings;
}

/** Megabytes for JavaScript's own objects; an eighth is left to buffers, code and the runtime itself. */
const heapOf = (memory: number): number => Math.floor((memory * 7) / 8);

interface Filter {
  readonly pattern: string;
}

/** What each tick writes, so that whoever follows the stream can be seen to follow it. */
const beats: Filter = {
  pattern: JSON.stringify({
    dynamodb: { Keys: { pk: { S: [keys.beat().pk] }, sk: { S: [keys.beat().sk] } } },
  }),
};

/**
 * Items put for the first time in these partitions. A batch that fails is halved until what is at fault is alone, which
 * after some tries goes to `failed`; meanwhile the rest of its shard waits.
 */
const streamed = (partitions: readonly string[], failed: Queue, more: readonly Filter[] = []) => ({
  startingPosition: StartingPosition.TRIM_HORIZON,
  bisectBatchOnError: true,
  retryAttempts: 5,
  onFailure: new SqsDlq(failed),
  filters: [
    {
      pattern: JSON.stringify({
        eventName: ['INSERT'],
        dynamodb: { Keys: { pk: { S: partitions.map((prefix) => ({ prefix })) } } },
      }),
    },
    ...more,
  ],
});

/** What runs: the API, the clearing behind its queue, the followers of the stream, and all that comes on a schedule. */
export class ServiceStack extends Stack {
  readonly watched: Watched;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { data, identity, code, settings } = props;
    // Longer than any clearing takes between two of its saved steps: near the end of its time it hands itself on,
    // through the queue. (Lambda stops a function that calls itself through SQS more than 16 times in a row; the
    // message then lands among the dead letters, an alarm sounds, and the tick resumes the run.)
    const clearingTimeout = Duration.minutes(settings.clearingMinutes);
    // One minute more, not the six times that are customary: those bridge retries of throttled invocations, which the
    // event source's maximum concurrency prevents. After a crash nothing else of that product is cleared until the
    // message shows again, so this is how long a market can stand still.
    const clearingVisibility = clearingTimeout.plus(Duration.minutes(1));
    const clearings = new FifoQueueWithDeadLetters(this, 'Clearings', {
      visibilityTimeout: clearingVisibility,
    });
    const environment = {
      TABLE_NAME: data.table.tableName,
      BUCKET_NAME: data.proofs.bucketName,
      QUEUE_URL: clearings.queue.queueUrl,
    };

    const api = new ServiceFunction(this, 'ApiFunction', {
      handler: 'api',
      code,
      description: 'Answers every call of the HTTP API',
      memorySize: memoryOf.api,
      environment: {
        ...environment,
        ISSUER: identity.identity.issuer,
        CLIENT_IDS: identity.identity.clientIds,
        CORS_ORIGINS: settings.corsOrigins.join(','),
        RATE_LIMIT: `${settings.organisationThrottle.rate},${settings.organisationThrottle.burst}`,
      },
    });
    api.allow(
      ...useOfTable(data, 'api'),
      readClearings(data),
      seeWhatIsMissing(data),
      sendTo(clearings.queue),
    );
    const name = `lodestone-${settings.stage}`;
    const deployment = new GradualDeployment(this, 'ApiDeployment', {
      function: api.function,
      ...settings,
      serverErrors: new Metric({
        ...{ namespace: 'AWS/ApiGateway', metricName: '5XXError', dimensionsMap: { ApiName: name } },
        ...eachMinute,
      }),
    });
    const publicApi = new PublicApi(this, 'PublicApi', {
      handler: deployment.alias as IFunction,
      name,
      ...settings,
    });

    const clearing = new ServiceFunction(this, 'ClearingFunction', {
      handler: 'clearing',
      code,
      description: 'Clears one market and commits its contracts',
      timeout: clearingTimeout,
      memorySize: settings.clearingMemory,
      environment: {
        ...environment,
        NODE_OPTIONS: `--max-old-space-size=${heapOf(settings.clearingMemory)}`,
      },
    });
    clearing.allow(
      ...useOfTable(data, 'clearing'),
      readClearings(data),
      seeWhatIsMissing(data),
      writeClearings(data),
      sendTo(clearings.queue),
    );
    clearing.function.addEventSource(
      new SqsEventSource(clearings.queue, {
        // One message is one market: a slow one must not hold up others, nor take them down with it.
        batchSize: 1,
        reportBatchItemFailures: true,
        // Reserved concurrency instead would throttle the poller and dead-letter messages never tried.
        maxConcurrency: settings.concurrentClearings,
      }),
    );

    const tick = this.#tick(props, environment);
    tick.function.allow(...useOfTable(data, 'tick'), sendTo(clearings.queue));

    const settlement = this.#settlement(props, environment);
    settlement.function.allow(...useOfTable(data, 'settlement'));

    const stream = this.#stream(props, environment);
    stream.function.allow(...useOfTable(data, 'stream'));

    const bus = new EventBus(this, 'Alerts', { description: 'Steps of alerts, as outlines without figures' });
    const notify = this.#notify(props, { ...environment, EVENT_BUS_NAME: bus.eventBusName });
    notify.function.allow(...useOfTable(data, 'notify'), publishTo(bus.eventBusArn));

    for (const construct of this.node.findAll())
      if (construct instanceof ServiceFunction)
        construct.function.addEnvironment('METRICS_NAMESPACE', metricNamespaceOf(settings.stage));
    this.watched = {
      stage: settings.stage,
      api: publicApi.api,
      table: data.table,
      functions: {
        api: api.function,
        clearing: clearing.function,
        settlement: settlement.function.function,
        tick: tick.function.function,
        stream: stream.function.function,
        notify: notify.function.function,
        'pre-token': identity.preToken.function,
      },
      clearings,
      missedTicks: tick.missed,
      missedSettlements: settlement.missed,
      missedEvents: stream.missed,
      missedNotices: notify.missed,
      rollback: deployment.rollback,
    };
    Validations.of(this).acknowledge({
      // Named as cdk-nag sees it: a bucket of the data stack, imported by its export.
      id: `AwsSolutions-IAM5[Resource::${data.stackName}:ExportsOutputFnGetAttProofs8E4B3043Arn0C459B95/clearings/*]`,
      reason: 'Every object under clearings/, which is what the API reads and the clearing writes.',
    });
    new CfnOutput(this, 'Url', { value: publicApi.api.url });
    const { domainName } = publicApi.api;
    if (domainName !== undefined)
      new CfnOutput(this, 'DomainTarget', { value: domainName.domainNameAliasDomainName });
  }

  /** Runs each minute. The next one is the retry of the last; what failed twice over lies in `missed`. */
  #tick({ code }: ServiceStackProps, environment: Record<string, string>) {
    return scheduledFunction(this, 'Tick', {
      handler: 'tick',
      code,
      description: 'Starts clearings that are due, sends those not taken, resumes those left behind',
      // Within its minute, so that ticks do not pile up.
      timeout: Duration.seconds(50),
      every: Duration.minutes(1),
      ...{ rule: 'EachMinute', missed: 'MissedTicks', environment },
    });
  }

  /**
   * Runs each quarter of an hour, and each run goes on where the last one ended: most find nothing, at the end of a
   * quarter they settle one after the other what a run has no time for.
   */
  #settlement({ code }: ServiceStackProps, environment: Record<string, string>) {
    const every = Duration.minutes(15);
    return scheduledFunction(this, 'Settlement', {
      handler: 'settlement',
      code,
      description: 'Settles contracts that are due, lapses and completes them',
      // Two at once would be safe, and a waste.
      timeout: Duration.minutes(14),
      every,
      ...{ rule: 'EachQuarterHour', missed: 'MissedSettlements' },
      environment: { TABLE_NAME: environment['TABLE_NAME'] ?? '' },
    });
  }

  /** Follows what happens by the table's stream; once an hour it looks at what it has not looked at that day. */
  #stream({ code, data }: ServiceStackProps, environment: Record<string, string>) {
    const stream = scheduledFunction(this, 'Stream', {
      handler: 'stream',
      code,
      description: 'Follows what happens, assesses the products concerned, brings their alerts up to date',
      timeout: Duration.minutes(5),
      every: Duration.hours(1),
      ...{ rule: 'EachHour', missed: 'MissedEvents' },
      environment: { TABLE_NAME: environment['TABLE_NAME'] ?? '' },
    });
    stream.function.function.addEventSource(
      new DynamoEventSource(data.table as ITable, {
        ...streamed(followedPartitions, stream.missed, [beats]),
        batchSize: 100,
        // Indexes lag behind the stream by less than this; and what is done in a row is assessed once.
        maxBatchingWindow: Duration.seconds(5),
      }),
    );
    return stream;
  }

  /** Tells subscribers as soon as there is something to tell, by the same stream; each minute, what is to be tried again. */
  #notify({ code, data }: ServiceStackProps, environment: Record<string, string>) {
    const notify = scheduledFunction(this, 'Notify', {
      handler: 'notify',
      code,
      description: 'Sends alerts to webhooks and to the event bus',
      timeout: Duration.seconds(55),
      every: Duration.minutes(1),
      ...{ rule: 'EachMinuteNotify', missed: 'MissedNotices' },
      environment: {
        TABLE_NAME: environment['TABLE_NAME'] ?? '',
        EVENT_BUS_NAME: environment['EVENT_BUS_NAME'] ?? '',
      },
    });
    notify.function.function.addEventSource(
      new DynamoEventSource(data.table as ITable, { ...streamed(['NOTICE#'], notify.missed), batchSize: 5 }),
    );
    return notify;
  }
}
