import { Aws, Duration, Validations } from 'aws-cdk-lib';
import type { IAlarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmsProps {
  /** Where it is written what to do, by a heading for each alarm. */
  readonly runbook: string;
  /** @default nobody: the topic can be subscribed to later */
  readonly email?: string | undefined;
}

export interface Watch {
  /** What is wrong and what to do first, for whoever is woken by it. */
  readonly description: string;
  readonly metric: IMetric;
  /** The alarm sounds at this value and above; with `below`, under it. @default 1 */
  readonly threshold?: number;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  /** Sounds below the threshold, and when nothing is measured at all. @default false */
  readonly below?: boolean;
}

/** One topic, and alarms that tell it when they sound and when it is over. */
export class Alarms extends Construct {
  readonly topic: Topic;
  /** Those that tell the topic, in the order in which they were made. */
  readonly all: IAlarm[] = [];
  readonly #runbook: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#runbook = props.runbook;
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    // A policy of its own replaces the one that lets everything in the account publish: without this statement
    // alarms would sound, and nobody would hear them.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    Validations.of(this.topic).acknowledge({
      id: 'NIST.800.53.R5-SNSEncryptedKMS',
      reason:
        'It carries the names and texts of alarms, which are in this repository, to an e-mail address. TLS is required.',
    });
    if (props.email !== undefined) this.topic.addSubscription(new EmailSubscription(props.email));
  }

  watch(id: string, { description, metric, threshold = 1, periods = 1, below = false }: Watch): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${description} Runbook: ${this.#runbook}#${id.toLowerCase()}`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    this.#tell(alarm);
  }

  /** Sounds while any of some alarms does that themselves tell nobody, having something else to do. */
  watchAny(id: string, description: string, alarms: readonly IAlarm[]): void {
    const alarm = new CompositeAlarm(this, id, {
      alarmDescription: `${description} Runbook: ${this.#runbook}#${id.toLowerCase()}`,
      alarmRule: AlarmRule.anyOf(...alarms.map((each) => AlarmRule.fromAlarm(each, AlarmState.ALARM))),
    });
    this.#tell(alarm);
  }

  #tell(alarm: Alarm | CompositeAlarm): void {
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.all.push(alarm);
  }
}

/** Sums over a minute: alarms should not wait for five. */
export const eachMinute = { period: Duration.minutes(1), statistic: 'Sum' } as const;
