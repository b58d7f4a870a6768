import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Watched } from './alarms.ts';
import { watchService } from './alarms.ts';
import { Alarms } from './constructs/alarms.ts';
import { deadLettersOf, showMarket } from './dashboard.ts';
import { watchMarket } from './market-alarms.ts';
import type { Settings } from './settings.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly settings: Settings;
  readonly watched: Watched;
}

/** Who is told when something is wrong. Nothing else depends on it: it can be taken down and put up again. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, watched, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    const { runbook, alarmEmail: email } = settings;
    const alarms = new Alarms(this, 'Alarms', { runbook, email });
    watchService(alarms, watched);
    watchMarket(alarms, watched.stage);
    showMarket(this, watched, [...alarms.all, ...watched.rollback], runbook);
    this.#nameWhatTheRunbookNames(watched);
  }

  /** CloudFormation gives queues, functions and logs names of its own: the runbook's commands ask for them here. */
  #nameWhatTheRunbookNames(watched: Watched): void {
    for (const [name, queue] of [
      ...deadLettersOf(watched),
      ['Clearings', watched.clearings.queue] as const,
    ]) {
      new CfnOutput(this, `${name}Url`, { value: queue.queueUrl });
      new CfnOutput(this, `${name}Arn`, { value: queue.queueArn });
    }
    for (const [handler, { functionName, logGroup }] of Object.entries(watched.functions)) {
      const name = handler.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
      new CfnOutput(this, `${name}Function`, { value: functionName });
      new CfnOutput(this, `${name}Log`, { value: logGroup.logGroupName });
    }
    new CfnOutput(this, 'TableName', { value: watched.table.tableName });
  }
}
