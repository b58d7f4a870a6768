import type { Duration } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { memoryOf } from '../memory.ts';
import { queueDefaults } from './queue-with-dead-letters.ts';
import type { ServiceFunctionProps } from './service-function.ts';
import { ServiceFunction } from './service-function.ts';

export interface ScheduledFunctionProps extends Pick<
  ServiceFunctionProps,
  'code' | 'description' | 'environment'
> {
  readonly handler: 'tick' | 'settlement' | 'stream' | 'notify';
  /** Shorter than `every`, so that runs do not pile up. */
  readonly timeout: Duration;
  readonly every: Duration;
  /** Ids of the schedule and of the queue of what failed, in the scope. */
  readonly rule: string;
  readonly missed: string;
}

export interface ScheduledFunction {
  readonly function: ServiceFunction;
  /** Calls that failed, or that could not be made. */
  readonly missed: Queue;
}

/** A function on a schedule. A run that failed is not repeated: the next one does what it left. */
export function scheduledFunction(
  scope: Construct,
  name: 'Tick' | 'Settlement' | 'Stream' | 'Notify',
  { every, rule, missed: missedName, ...props }: ScheduledFunctionProps,
): ScheduledFunction {
  const missed = new Queue(scope, missedName, queueDefaults);
  Validations.of(missed).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is a dead-letter queue itself, of a function and a rule rather than of another queue.',
  });
  const scheduled = new ServiceFunction(scope, `${name}Function`, {
    ...props,
    memorySize: memoryOf[props.handler],
  });
  // The function failed …
  scheduled.function.configureAsyncInvoke({
    retryAttempts: 0,
    maxEventAge: every,
    onFailure: new SqsDestination(missed),
  });
  // … or could not even be called.
  new Rule(scope, rule, {
    schedule: Schedule.rate(every),
    targets: [
      new LambdaFunction(scheduled.function, {
        deadLetterQueue: missed,
        retryAttempts: 2,
        maxEventAge: every,
      }),
    ],
  });
  return { function: scheduled, missed };
}
