import { Duration } from 'aws-cdk-lib';
import type { Alarms } from './constructs/alarms.ts';
import { marketMetric } from './market-metrics.ts';
import type { Settings } from './settings.ts';

/** Alarms on what the functions record themselves: what AWS cannot know of a market. */
export function watchMarket(alarms: Alarms, stage: Settings['stage']): void {
  const eachMinute = { period: Duration.minutes(1), statistic: 'Maximum' };

  alarms.watch('ClearingOverdue', {
    description: 'A request for a clearing has waited half an hour for a run, whatever the queue says of it.',
    metric: marketMetric(stage, 'OldestRequestAge', eachMinute),
    threshold: Duration.minutes(30).toSeconds(),
    periods: 2,
  });
  alarms.watch('RunsLeftBehind', {
    description: 'A run has had no worker for ten minutes: its orders are locked, its market stands still.',
    metric: marketMetric(stage, 'RunsLeftBehind', { period: Duration.minutes(1), statistic: 'Minimum' }),
    periods: 10,
  });
  alarms.watch('ClearingFailed', {
    description: 'A clearing ended as failed: nothing traded, all orders are free again.',
    metric: marketMetric(stage, 'ClearingsFailed', { period: Duration.minutes(1) }),
  });
  alarms.watch('ClearingSlow', {
    description: 'A clearing took more than half an hour from its request to its last contract.',
    metric: marketMetric(stage, 'TimeToClear', { statistic: 'Maximum' }),
    threshold: Duration.minutes(30).toSeconds(),
  });
  alarms.watch('AwardsNotConcluded', {
    description:
      'A run closed with fewer contracts than it had decided on. That must not be: stop asking for clearings and audit.',
    metric: marketMetric(stage, 'AwardsNotConcluded', { statistic: 'Maximum' }),
  });
  alarms.watch('FollowerBehind', {
    description: 'What each tick writes has not come through the stream for ten minutes: nobody is warned.',
    metric: marketMetric(stage, 'FollowerLag', eachMinute),
    threshold: Duration.minutes(10).toSeconds(),
    periods: 3,
  });
  alarms.watch('UnsettledForDays', {
    // What waits is looked at once a day, so only the greatest count of a day tells how many wait.
    description:
      'On three days in a row something due could not be settled: a price, cover or our own fault is missing.',
    metric: marketMetric(stage, 'DueUnsettled', { period: Duration.days(1), statistic: 'Maximum' }),
    periods: 3,
  });
  alarms.watch('WebhookDisabled', {
    description:
      'A subscriber could not be reached for so long that its webhook was disabled. It is not told of alerts.',
    metric: marketMetric(stage, 'WebhooksDisabled'),
  });
  alarms.watch('ApiSlow', {
    description: 'One answer in a hundred takes more than five seconds, for a quarter of an hour.',
    metric: marketMetric(stage, 'RequestTime', { statistic: 'p99' }),
    threshold: 5000,
    periods: 3,
  });
  alarms.watch('ManyRateLimited', {
    description:
      'More than a thousand requests in five minutes were refused because an organisation asked too often.',
    metric: marketMetric(stage, 'RateLimited'),
    threshold: 1000,
  });
  alarms.watch('LimitsNotShared', {
    description:
      'For a quarter of an hour instances of the API could not ask what is left of organisations’ limits: each counts for itself.',
    metric: marketMetric(stage, 'LimitsNotShared'),
    threshold: 10,
    periods: 3,
  });
}
