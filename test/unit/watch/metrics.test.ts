import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definitionOf, metricTable, type MetricName } from '../../../functions/lambda/metric-names.ts';
import { metricsInto } from '../../../functions/lambda/metrics.ts';
import { localMetrics } from '../../../infra/local/metrics.ts';

const functions = join(import.meta.dirname, '../../../functions');
const names = Object.keys(metricTable) as MetricName[];
const sources = (folder: string): string =>
  globSync(join(functions, folder, '**/*.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

describe('the table of metrics', () => {
  it.each(names)('%s is recorded by the function that the table names', (name) => {
    expect(sources(definitionOf(name).from)).toContain(`'${name}'`);
  });

  it('knows no dimension that could tell of an organisation', () => {
    const dimensions = names.flatMap((name) => definitionOf(name).dimension ?? []);
    expect([...new Set(dimensions)].toSorted()).toEqual(['code', 'currency']);
  });
});

describe('what is measured', () => {
  it('never fails whoever measures, and is a figure', () => {
    const taken: number[] = [];
    const metrics = metricsInto(({ value }) => {
      taken.push(value);
      throw new Error('the log is full');
    });
    for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY, 2]) metrics.record('Requests', value);
    expect(taken).toEqual([1, 2]);
  });

  it('is added up on one machine, since its start and since the last tick', () => {
    const metrics = localMetrics();
    metrics.record('RequestTime', 5);
    metrics.record('RequestTime', 3);
    metrics.record('Refusals', 1, { code: 'not_found' });
    const expected = {
      RequestTime: { count: 2, sum: 8, most: 5, unit: 'Milliseconds' },
      'Refusals code=not_found': { count: 1, sum: 1, most: 1, unit: 'Count' },
    };
    expect(metrics.takeRecent()).toEqual(expected);
    expect(metrics.takeRecent()).toEqual({});
    expect(metrics.all()).toEqual(expected);
  });
});
