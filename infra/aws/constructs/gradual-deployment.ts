import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Function, IVersion } from 'aws-cdk-lib/aws-lambda';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { eachMinute } from './alarms.ts';

export interface GradualDeploymentProps {
  readonly function: Function;
  readonly rollout: Settings['rollout'];
  readonly readyInstances: number;
  /** Counts of answers that are the function's fault though it did not fail, a minute. */
  readonly serverErrors: IMetric;
  /** Where it is written what to do. */
  readonly runbook: string;
}

const shifts = {
  'at-once': LambdaDeploymentConfig.ALL_AT_ONCE,
  canary: LambdaDeploymentConfig.CANARY_10PERCENT_15MINUTES,
  linear: LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_3MINUTES,
};

/**
 * An alias that callers call instead of the function. A new version gets its calls bit by bit; an alarm meanwhile gives
 * them all back to the version before, and the deployment fails. Versions are kept, so that one can go back later too.
 */
export class GradualDeployment extends Construct {
  readonly alias: Alias;
  /** What takes a new version back. */
  readonly rollback: readonly Alarm[];

  constructor(scope: Construct, id: string, props: GradualDeploymentProps) {
    super(scope, id);
    this.alias = new Alias(this, 'Live', {
      aliasName: 'live',
      // CDK's own types disagree under exactOptionalPropertyTypes.
      version: props.function.currentVersion as IVersion,
      ...(props.readyInstances === 0 ? {} : { provisionedConcurrentExecutions: props.readyInstances }),
    });
    props.function.currentVersion.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alarm = (name: string, description: string, metric: IMetric, threshold: number) =>
      new Alarm(this, name, {
        // People are told by the alarm on all three, whose section has what to do.
        alarmDescription: `${description} Runbook: ${props.runbook}#versiontakenback`,
        ...{ metric, threshold, evaluationPeriods: 1 },
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    this.rollback = [
      alarm(
        'Failures',
        'The API function fails: a version that is being rolled out is taken back.',
        this.alias.metricErrors(eachMinute),
        3,
      ),
      alarm(
        'ServerErrors',
        'The API answers 5xx: a version that is being rolled out is taken back.',
        props.serverErrors,
        5,
      ),
      alarm(
        'Slowness',
        'One in a hundred calls of the API takes over ten seconds: a version that is being rolled out is taken back.',
        this.alias.metricDuration({ period: Duration.minutes(1), statistic: 'p99' }),
        Duration.seconds(10).toMilliseconds(),
      ),
    ];
    Validations.of(this).acknowledge({
      id: 'NIST.800.53.R5-CloudWatchAlarmAction',
      reason:
        'What it does is take a version back, which CodeDeploy does that looks at it. People are told by VersionTakenBack, which looks at it too.',
    });
    const group = new LambdaDeploymentGroup(this, 'Rollout', {
      application: new LambdaApplication(this, 'Versions'),
      alias: this.alias,
      deploymentConfig: shifts[props.rollout],
      alarms: [...this.rollback],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    Validations.of(group).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason:
        'What CodeDeploy may do for Lambda, in the narrower of the two policies that AWS keeps for it: move aliases, ' +
        'read alarms, call its own hooks, publish to topics. CDK attaches it to every deployment group.',
    });
  }
}
