import type { Measured, Metrics } from '../../functions/lambda/metrics.ts';
import { metricsInto } from '../../functions/lambda/metrics.ts';

/** Metrics that keep what is measured. */
export function memoryMetrics(): Metrics & {
  readonly measured: Measured[];
  readonly sumOf: (name: Measured['name'], dimensions?: Measured['dimensions']) => number;
} {
  const measured: Measured[] = [];
  return {
    ...metricsInto((each) => {
      measured.push(each);
    }),
    measured,
    sumOf: (name, dimensions) =>
      measured
        .filter(
          (each) =>
            each.name === name &&
            (dimensions === undefined || JSON.stringify(each.dimensions) === JSON.stringify(dimensions)),
        )
        .reduce((sum, { value }) => sum + value, 0),
  };
}
