import { Metrics as Emf } from '@aws-lambda-powertools/metrics';
import { definitionOf } from './metric-names.ts';
import type { Metrics } from './metrics.ts';
import { metricsInto } from './metrics.ts';

/** The service stack names the namespace of its stage. */
const emf = new Emf({ namespace: process.env['METRICS_NAMESPACE'] ?? 'Lodestone' });

/**
 * CloudWatch's embedded metric format: figures are written into the log, from which CloudWatch takes them, so that
 * measuring costs a line and not a call. Those of one invocation share a line; each with a dimension has its own.
 */
export const metrics: Metrics = metricsInto(({ name, value, dimensions }) => {
  const { unit } = definitionOf(name);
  const entries = Object.entries(dimensions);
  // One with dimensions writes itself at once.
  const into = entries.length === 0 ? emf : emf.singleMetric();
  for (const [dimension, of] of entries) into.addDimension(dimension, of);
  into.addMetric(name, unit, value);
});

/** A handler after each of whose calls what has been measured is written. */
export const measured =
  <Arguments extends unknown[], Answer>(handler: (...args: Arguments) => Promise<Answer>) =>
  async (...args: Arguments): Promise<Answer> => {
    try {
      return await handler(...args);
    } finally {
      try {
        if (emf.hasStoredMetrics()) emf.publishStoredMetrics();
      } catch {
        // A log that cannot be written to does not undo what the call has done.
      }
    }
  };
