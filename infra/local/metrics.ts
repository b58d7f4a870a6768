import { definitionOf } from '../../functions/lambda/metric-names.ts';
import type { Metrics } from '../../functions/lambda/metrics.ts';
import { metricsInto } from '../../functions/lambda/metrics.ts';

/** What has been measured of one name, and of one value of its dimension where it has one. */
export interface Sum {
  readonly count: number;
  readonly sum: number;
  readonly most: number;
  readonly unit: string;
}

/** The metrics of one machine: the names and units that CloudWatch has of a deployment, added up in memory. */
export interface LocalMetrics extends Metrics {
  /** Since this process has begun, by name: `Requests`, `Refusals code=not_found`. */
  all(): Readonly<Record<string, Sum>>;
  /** The same since the last time that this was asked. */
  takeRecent(): Readonly<Record<string, Sum>>;
}

export function localMetrics(): LocalMetrics {
  const since = new Map<string, Sum>();
  const recent = new Map<string, Sum>();
  const add = (sums: Map<string, Sum>, name: string, value: number, unit: string): void => {
    const { count, sum, most } = sums.get(name) ?? { count: 0, sum: 0, most: value };
    sums.set(name, { count: count + 1, sum: sum + value, most: Math.max(most, value), unit });
  };
  const metrics = metricsInto(({ name, value, dimensions }) => {
    const of = [name, ...Object.entries(dimensions).map(([dimension, each]) => `${dimension}=${each}`)];
    for (const sums of [since, recent]) add(sums, of.join(' '), value, definitionOf(name).unit);
  });
  return {
    ...metrics,
    all: () => Object.fromEntries(since),
    takeRecent: () => {
      const taken = Object.fromEntries(recent);
      recent.clear();
      return taken;
    },
  };
}
