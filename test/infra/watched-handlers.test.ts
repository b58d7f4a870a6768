import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { definitionOf, metricTable, type MetricName } from '../../functions/lambda/metric-names.ts';
import type { GatewayCall, LambdaWorld } from '../support/lambda.ts';
import { gatewayCaller, lambdaWorld } from '../support/lambda.ts';
import { productBody } from '../support/reference.ts';

/** A line of CloudWatch's embedded metric format. */
interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

let world: LambdaWorld;
let call: GatewayCall;
const written: string[] = [];
beforeAll(async () => {
  world = await lambdaWorld();
  Object.assign(process.env, {
    ...{ POWERTOOLS_METRICS_DISABLED: 'false', POWERTOOLS_LOG_LEVEL: 'INFO' },
    ...{ METRICS_NAMESPACE: 'Lodestone/staging', POWERTOOLS_SERVICE_NAME: 'api' },
    ...{
      AWS_LAMBDA_FUNCTION_NAME: 'api',
      _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
    },
  });
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  call = await gatewayCaller(world, 'ministry', ['administrator']);
});
afterEach(() => {
  written.length = 0;
});
afterAll(async () => {
  vi.restoreAllMocks();
  await world.end();
});

const lines = () =>
  written
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
const measured = () =>
  lines()
    .filter((line) => '_aws' in line)
    .flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.map(({ Name, Unit }) => ({
          ...{ Namespace, Name, Unit, value: line[Name] },
          dimensions: Dimensions.map((set) => Object.fromEntries(set.map((each) => [each, line[each]]))),
        })),
      ),
    );

describe('the bundled API', () => {
  it('writes what it measures into its log as CloudWatch takes it, a line for a call', async () => {
    await call('PUT', '/v1/products/ndpr-oxide', productBody());
    expect(measured()).toEqual([
      expect.objectContaining({ Namespace: 'Lodestone/staging', Name: 'Requests', value: 1 }),
      expect.objectContaining({ Name: 'RequestTime', Unit: 'Milliseconds' }),
    ]);
    expect(lines().filter((line) => '_aws' in line)).toHaveLength(1);
    for (const { dimensions } of measured()) expect(dimensions).toEqual([{ service: 'api' }]);
  });

  it('names the code of a refusal, in the dimensions that the dashboard asks for', async () => {
    await call('GET', '/v1/nothing');
    expect(measured().find(({ Name }) => Name === 'Refusals')).toMatchObject({
      value: 1,
      dimensions: [{ service: 'api', code: 'not_found' }],
    });
    for (const { Name, Unit } of measured()) {
      expect(Object.keys(metricTable)).toContain(Name);
      expect(Unit).toBe(definitionOf(Name as MetricName).unit);
    }
  });

  it('logs the trace with the request, and sends both on with the message that wakes the clearing', async () => {
    world.queued.length = 0;
    await call('POST', '/v1/clearings', { product: 'ndpr-oxide' }, { 'X-Request-Id': 'audit-0001' });
    expect(lines().find(({ message }) => message === 'request')).toMatchObject({
      requestId: 'audit-0001',
      xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    });
    expect(world.queued[0]).toMatchObject({
      MessageAttributes: { requestId: { DataType: 'String', StringValue: 'audit-0001' } },
      traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
    });
  });
});

describe('the bundled stream function', () => {
  it('follows the beat of the tick, whose lag the next tick and health see', async () => {
    const tick = await world.handler('tick');
    const stream = await world.handler('stream');
    await tick({});
    expect((await call('GET', '/healthz')).body).toMatchObject({
      parts: { tick: 'ok', follower: 'unknown' },
    });
    const at = new Date().toISOString();
    await stream({
      Records: [
        {
          eventName: 'MODIFY',
          dynamodb: {
            ApproximateCreationDateTime: Date.now() / 1000 - 5,
            NewImage: { pk: { S: 'HEALTH' }, sk: { S: 'BEAT' }, at: { S: at } },
          },
        },
      ],
    });
    expect((await call('GET', '/healthz')).body).toMatchObject({ status: 'ok', parts: { follower: 'ok' } });
    await tick({});
    const of = (name: string) => measured().find(({ Name }) => Name === name);
    expect(of('EventAge')?.value).toBeGreaterThanOrEqual(5);
    expect(of('FollowerLag')?.value).toBeLessThan(60);
  });
});
