import type { StackProps } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Watched } from './alarms.ts';
import { watchService } from './alarms.ts';
import type { Settings } from './settings.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly settings: Settings;
  readonly watched: Watched;
}

/** Who is told when something is wrong. Nothing else depends on it: it can be taken down and put up again. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    watchService(this, props.watched, props.settings.alarmEmail);
  }
}
