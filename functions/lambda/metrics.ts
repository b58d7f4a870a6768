import type { metricTable, MetricName } from './metric-names.ts';

/** The dimension of a metric that has one. */
export type DimensionsOf<Name extends MetricName> = (typeof metricTable)[Name] extends {
  readonly dimension: infer Dimension extends string;
}
  ? readonly [dimensions: Readonly<Record<Dimension, string>>]
  : readonly [];

/**
 * What is measured goes here. It never throws and never waits: a request is not worth less for what could not be
 * counted. Nobody's books rest on these figures; they may be lost, and large sums lose their last digits.
 */
export interface Metrics {
  record<Name extends MetricName>(name: Name, value: number, ...dimensions: DimensionsOf<Name>): void;
  /** What was measured elsewhere, or before. */
  take(measured: Measured): void;
}

export const noMetrics: Metrics = { record: () => undefined, take: () => undefined };

/** One thing measured. */
export interface Measured {
  readonly name: MetricName;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Metrics that hand each thing measured to a function; what that throws, and figures that are none, are dropped. */
export function metricsInto(take: (measured: Measured) => void): Metrics {
  const takeSafely = (measured: Measured): void => {
    if (!Number.isFinite(measured.value)) return;
    try {
      take(measured);
    } catch {
      // See above.
    }
  };
  return {
    take: takeSafely,
    record: (name, value, ...[dimensions]) => {
      takeSafely({ name, value, dimensions: dimensions ?? {} });
    },
  };
}
