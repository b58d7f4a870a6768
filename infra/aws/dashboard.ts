import { Duration } from 'aws-cdk-lib';
import type { IAlarm, IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { MetricName } from '../../functions/lambda/metric-names.ts';
import type { Watched } from './alarms.ts';
import { marketMetric, marketMetrics } from './market-metrics.ts';

const most = { statistic: 'Maximum' } as const;
const hourly = { period: Duration.hours(1) } as const;

/** One page from the state of all alarms down to the functions; market first, machines last. */
export function showMarket(
  scope: Construct,
  watched: Watched,
  alarms: readonly IAlarm[],
  runbook: string,
): Dashboard {
  const { stage } = watched;
  const sums = (...names: MetricName[]) => names.map((name) => marketMetric(stage, name));
  const largest = (...names: MetricName[]) => names.map((name) => marketMetric(stage, name, most));
  const each = (name: MetricName) => [marketMetrics(stage, name, hourly)];
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `lodestone-${stage}`,
    defaultInterval: Duration.days(1),
    periodOverride: PeriodOverride.AUTO,
    widgets: [
      [
        new AlarmStatusWidget({
          title: `Alarms; what to do: ${runbook}`,
          alarms: [...alarms],
          width: 24,
          height: 4,
        }),
      ],
      heading(
        'Market. Figures of a clearing are shown where they tell nothing of any one organisation; the others are withheld.',
      ),
      [
        graph('Orders', sums('OrdersPosted', 'OrdersWithdrawn')),
        graph('Contracts', sums('ContractsConcluded', 'FiguresWithheld')),
        graph('Volume, tonnes', [marketMetric(stage, 'Volume', hourly)]),
        graph('Share bound by a floor, %', [
          marketMetric(stage, 'FloorBoundShare', { statistic: 'Average', ...hourly }),
        ]),
      ],
      [
        graph('Value, landed', each('Value')),
        graph('Gains from trade', each('Gains')),
        graph('Levy', each('Levy')),
      ],
      heading('Clearing'),
      [
        graph('Runs', sums('ClearingsCompleted', 'ClearingsFailed', 'AwardsNotConcluded')),
        graph('From request to last contract, seconds', [
          marketMetric(stage, 'TimeToClear', { statistic: 'p50' }),
          ...largest('TimeToClear'),
        ]),
        graph('Waiting, seconds', [
          ...largest('OldestRequestAge'),
          watched.clearings.queue.metricApproximateAgeOfOldestMessage({ ...most, label: 'age of the queue' }),
        ]),
        graph('Runs without a worker', largest('RunsLeftBehind')),
      ],
      heading('Settlement and early warning'),
      [
        graph('Settlements', sums('Settlements', 'SettlementsFailed')),
        graph('Due and not settled, most of a day', [
          marketMetric(stage, 'DueUnsettled', { ...most, period: Duration.days(1) }),
        ]),
        graph('Behind events, seconds', largest('FollowerLag', 'EventAge')),
        graph('Events', sums('EventsFollowed', 'ProductsNotAssessed')),
      ],
      [
        graph('Webhooks', sums('WebhooksDelivered', 'WebhookTriesFailed', 'WebhooksDisabled')),
        graph(
          'Given up, by queue',
          deadLettersOf(watched).map(([label, queue]) =>
            queue.metricApproximateNumberOfMessagesVisible({ ...most, label }),
          ),
        ),
      ],
      heading('API'),
      [
        graph('Requests', sums('Requests', 'ClientErrors', 'ServerErrors', 'RateLimited', 'LimitsNotShared')),
        graph('Time to answer, milliseconds', [
          ...['p50', 'p99'].map((statistic) =>
            marketMetric(stage, 'RequestTime', { statistic }).with({ label: statistic }),
          ),
        ]),
        graph('Refusals, by code', [marketMetrics(stage, 'Refusals')]),
        graph('The gateway', [
          watched.api.metricCount({ statistic: 'Sum' }),
          watched.api.metricClientError(),
          watched.api.metricServerError(),
        ]),
      ],
      heading('Functions and table'),
      functionGraphs(watched),
      tableGraphs(watched),
    ],
  });
}

/** Every queue of what was given up, by the name of the alarm that watches it. */
export const deadLettersOf = (watched: Watched): readonly (readonly [string, Queue])[] => [
  ['ClearingDeadLetters', watched.clearings.deadLetters],
  ['MissedTicks', watched.missedTicks],
  ['MissedSettlements', watched.missedSettlements],
  ['MissedEvents', watched.missedEvents],
  ['MissedNotices', watched.missedNotices],
];

const heading = (markdown: string): IWidget[] => [
  new TextWidget({ markdown: `## ${markdown}`, width: 24, height: 1 }),
];

const graph = (title: string, left: readonly IMetric[]): GraphWidget =>
  new GraphWidget({ title, left: [...left], width: 6, leftYAxis: { min: 0 } });

function functionGraphs({ functions }: Watched): IWidget[] {
  const all = Object.entries(functions);
  const of = (title: string, read: (each: (typeof all)[number][1], label: string) => IMetric) =>
    graph(
      title,
      all.map(([label, each]) => read(each, label)),
    );
  return [
    of('Errors', (each, label) => each.metricErrors({ label })),
    of('Throttles', (each, label) => each.metricThrottles({ label })),
    of('Duration, p99, milliseconds', (each, label) => each.metricDuration({ label, statistic: 'p99' })),
    of('Running at once', (each, label) => each.metric('ConcurrentExecutions', { label, ...most })),
  ];
}

const tableGraphs = ({ table }: Watched): IWidget[] => [
  graph('Units of the table', [
    table.metricConsumedReadCapacityUnits(),
    table.metricConsumedWriteCapacityUnits(),
  ]),
  graph('Calls that the table threw back', [
    table.metric('ReadThrottleEvents', { statistic: 'Sum' }),
    table.metric('WriteThrottleEvents', { statistic: 'Sum' }),
    table.metric('TransactionConflict', { statistic: 'Sum' }),
  ]),
];
