import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../functions/lambda/metric-names.ts';
import { definitionOf, metricNamespaceOf } from '../../functions/lambda/metric-names.ts';
import type { Settings } from './settings.ts';

type Stage = Settings['stage'];

export interface Reading {
  /** As CloudWatch writes it. @default Sum */
  readonly statistic?: string;
  /** @default 5 minutes */
  readonly period?: Duration;
}

/** What the functions of a stage record, as CloudWatch has it. */
export function marketMetric(
  stage: Stage,
  metricName: MetricName,
  { statistic = 'Sum', period = Duration.minutes(5) }: Reading = {},
): Metric {
  return new Metric({
    namespace: metricNamespaceOf(stage),
    metricName,
    dimensionsMap: { service: definitionOf(metricName).from },
    ...{ statistic, period },
  });
}

/** One that has a dimension: a line for each of its values that there are. */
export function marketMetrics(
  stage: Stage,
  metricName: MetricName,
  { statistic = 'Sum', period = Duration.minutes(5) }: Reading = {},
): MathExpression {
  const { dimension } = definitionOf(metricName);
  if (dimension === undefined) throw new Error(`${metricName} has no dimension`);
  const schema = [metricNamespaceOf(stage), 'service', dimension].join();
  return new MathExpression({
    expression: `SEARCH('{${schema}} MetricName="${metricName}"', '${statistic}', ${period.toSeconds()})`,
    label: `${metricName} `,
    period,
  });
}
