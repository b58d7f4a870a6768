import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { followedPartitions } from '../../functions/stream/domain-event.ts';
import type { Resource } from '../support/stacks.ts';
import { exampleSettings, idOf, resourcesOf, templates } from '../support/stacks.ts';

const all = templates(exampleSettings);
const { service } = all;
const functionCalled = (
  name: string,
): { readonly id: string; readonly properties: Resource['Properties'] } => {
  const id = idOf(service, 'AWS::Lambda::Function', {
    Environment: { Variables: { POWERTOOLS_SERVICE_NAME: name } },
  });
  return { id, properties: resourcesOf(service, 'AWS::Lambda::Function')[id]!.Properties };
};
const variablesOf = (name: string): string[] =>
  Object.keys((functionCalled(name).properties['Environment'] as { Variables: object }).Variables).sort();

describe('every function', () => {
  const functions = Object.values(all).flatMap((template) =>
    Object.entries(resourcesOf(template, 'AWS::Lambda::Function')),
  );

  it('is one of the seven that are bundled: none slips in with a runtime of its own', () => {
    expect(functions).toHaveLength(7);
  });

  it.each(functions)('%s runs on Node.js 24 on arm64, traced', (_id, { Properties }) => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogGroup: { Ref: expect.any(String) as string } },
    });
    // Reserved concurrency on a queue's consumer dead-letters messages that were never tried.
    expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('has no more in its environment than where things are, and who may ask how often', () => {
    const shared = [
      'BUCKET_NAME',
      'METRICS_NAMESPACE',
      'POWERTOOLS_LOG_LEVEL',
      'POWERTOOLS_SERVICE_NAME',
      'QUEUE_URL',
      'TABLE_NAME',
    ];
    expect(variablesOf('clearing')).toEqual(['NODE_OPTIONS', ...shared].sort());
    expect(variablesOf('tick')).toEqual(shared);
    expect(variablesOf('settlement')).toEqual(shared.filter((name) => !/BUCKET|QUEUE/.test(name)));
    expect(variablesOf('stream')).toEqual(shared.filter((name) => !/BUCKET|QUEUE/.test(name)));
    expect(variablesOf('notify')).toEqual(
      [...shared.filter((name) => !/BUCKET|QUEUE/.test(name)), 'EVENT_BUS_NAME'].sort(),
    );
    expect(variablesOf('api')).toEqual(
      [...shared, 'CLIENT_IDS', 'CORS_ORIGINS', 'ISSUER', 'RATE_LIMIT'].sort(),
    );
  });
});

describe('a new version of the API', () => {
  const alias = idOf(service, 'AWS::Lambda::Alias');
  const group = idOf(service, 'AWS::CodeDeploy::DeploymentGroup');

  it('is kept ready, and called by the gateway through the alias alone', () => {
    expect(resourcesOf(service, 'AWS::Lambda::Alias')[alias]).toMatchObject({
      Properties: { Name: 'live', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 } },
      UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: group } } },
    });
    for (const method of Object.values(resourcesOf(service, 'AWS::ApiGateway::Method')))
      expect(JSON.stringify(method.Properties['Integration'])).toContain(`{"Ref":"${alias}"}`);
    const permitted = Object.values(resourcesOf(service, 'AWS::Lambda::Permission')).filter(
      ({ Properties }) => Properties['Principal'] === 'apigateway.amazonaws.com',
    );
    expect(permitted.length).toBeGreaterThan(0);
    for (const { Properties } of permitted) expect(Properties['FunctionName']).toEqual({ Ref: alias });
  });

  it('gets its calls bit by bit, and loses them to the one before when an alarm of three sounds', () => {
    const { Properties } = resourcesOf(service, 'AWS::CodeDeploy::DeploymentGroup')[group]!;
    expect(JSON.stringify(Properties['DeploymentConfigName'])).toContain('LambdaCanary10Percent15Minutes');
    expect(Properties['AutoRollbackConfiguration']).toMatchObject({
      Enabled: true,
      Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']) as string[],
    });
    const { Alarms } = Properties['AlarmConfiguration'] as { Alarms: { Name: { Ref: string } }[] };
    const alarms = Alarms.map(
      ({ Name }) => resourcesOf(service, 'AWS::CloudWatch::Alarm')[Name.Ref]!.Properties,
    );
    expect(alarms.map(({ MetricName }) => MetricName)).toEqual(['Errors', '5XXError', 'Duration']);
    const { Name } = Object.values(resourcesOf(service, 'AWS::ApiGateway::RestApi'))[0]!.Properties;
    expect(alarms[1]!['Dimensions']).toEqual([{ Name: 'ApiName', Value: Name }]);
  });

  it('outlives its deployment, so that there is one to go back to', () => {
    const [version] = Object.values(resourcesOf(service, 'AWS::Lambda::Version'));
    expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('takes over at once in dev, where none is kept ready', () => {
    const { service: dev } = templates({}, 'dev');
    const [ready] = Object.values(resourcesOf(dev, 'AWS::Lambda::Alias'));
    expect(ready?.Properties).not.toHaveProperty('ProvisionedConcurrencyConfig');
    const [shift] = Object.values(resourcesOf(dev, 'AWS::CodeDeploy::DeploymentGroup'));
    expect(JSON.stringify(shift?.Properties['DeploymentConfigName'])).toContain('AllAtOnce');
  });
});

describe('the memory of the clearing', () => {
  const clearingUnder = (settings: Readonly<Record<string, unknown>>) => {
    const { service: stack } = templates(settings);
    const functions = resourcesOf(stack, 'AWS::Lambda::Function');
    return functions[
      idOf(stack, 'AWS::Lambda::Function', {
        Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'clearing' } },
      })
    ]!.Properties;
  };

  it('is the most that Lambda gives, most of it for JavaScript’s own objects, for as long as Lambda runs', () => {
    expect(clearingUnder({})).toMatchObject({
      MemorySize: 10_240,
      Timeout: 900,
      Environment: { Variables: { NODE_OPTIONS: '--max-old-space-size=8960' } },
    });
  });

  it('is what a deployment sets, and so is the time', () => {
    expect(clearingUnder({ clearingMemory: 3008, clearingMinutes: 5 })).toMatchObject({
      MemorySize: 3008,
      Timeout: 300,
      Environment: { Variables: { NODE_OPTIONS: '--max-old-space-size=2632' } },
    });
  });
});

it('keeps every log for a year, beyond the stack', () => {
  const groups = Object.values(all).flatMap((template) =>
    Object.values(resourcesOf(template, 'AWS::Logs::LogGroup')),
  );
  // Seven functions; access, execution and firewall logs of the API.
  expect(groups).toHaveLength(10);
  for (const group of groups)
    expect(group).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } });
});

describe('the queue of clearings', () => {
  const queues = resourcesOf(service, 'AWS::SQS::Queue');
  const queue = idOf(service, 'AWS::SQS::Queue', { FifoThroughputLimit: 'perMessageGroupId' });

  it('is FIFO by product, and gives up into a FIFO queue that keeps longer than itself', () => {
    const { Properties } = queues[queue]!;
    expect(Properties).toMatchObject({
      FifoQueue: true,
      ContentBasedDeduplication: false,
      DeduplicationScope: 'messageGroup',
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    const redrive = Properties['RedrivePolicy'] as {
      deadLetterTargetArn: { 'Fn::GetAtt': [string, string] };
    };
    const deadLetters = queues[redrive.deadLetterTargetArn['Fn::GetAtt'][0]];
    expect(deadLetters?.Properties).toMatchObject({ FifoQueue: true, MessageRetentionPeriod: 14 * 86_400 });
    expect(Properties['MessageRetentionPeriod']).toBeLessThan(14 * 86_400);
  });

  it('hides a message while its clearing can still run, and hardly longer', () => {
    const timeout = functionCalled('clearing').properties['Timeout'] as number;
    const visibility = queues[queue]!.Properties['VisibilityTimeout'] as number;
    expect(visibility).toBeGreaterThan(timeout);
    expect(visibility).toBeLessThanOrEqual(timeout + 60);
  });

  it('feeds the clearing one message at a time, with partial answers and bounded concurrency', () => {
    service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: functionCalled('clearing').id },
      EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  it.each(Object.keys(queues))('%s is encrypted and refuses plain HTTP, as all queues', (id) => {
    expect(queues[id]?.Properties['SqsManagedSseEnabled']).toBe(true);
    service.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});

describe.each([
  { name: 'tick', rate: 'rate(1 minute)', seconds: 60, missed: /^MissedTicks/ },
  { name: 'settlement', rate: 'rate(15 minutes)', seconds: 900, missed: /^MissedSettlements/ },
  { name: 'stream', rate: 'rate(1 hour)', seconds: 3600, missed: /^MissedEvents/ },
  { name: 'notify', rate: 'rate(1 minute)', seconds: 60, missed: /^MissedNotices/ },
])('the $name', ({ name, rate, seconds, missed: queue }) => {
  it('comes on its schedule and ends before the next', () => {
    const called = functionCalled(name);
    service.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: rate,
      State: 'ENABLED',
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [called.id, 'Arn'] } })],
    });
    expect(called.properties['Timeout']).toBeLessThan(seconds);
  });

  it('leaves a trace when it fails and when it cannot be called; neither is tried later than the next one', () => {
    const [id = ''] = Object.keys(resourcesOf(service, 'AWS::SQS::Queue')).filter((each) => queue.test(each));
    const missed = { 'Fn::GetAtt': [id, 'Arn'] };
    service.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        Match.objectLike({
          DeadLetterConfig: { Arn: missed },
          RetryPolicy: { MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts: 2 },
        }),
      ],
    });
    service.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: functionCalled(name).id },
      DestinationConfig: { OnFailure: { Destination: missed } },
      MaximumEventAgeInSeconds: seconds,
      MaximumRetryAttempts: 0,
    });
  });
});

describe.each([
  {
    name: 'stream',
    partitions: followedPartitions,
    missed: /^MissedEvents/,
    // Each tick's beat replaces the last: it is a change.
    more: [{ Pattern: '{"dynamodb":{"Keys":{"pk":{"S":["HEALTH"]},"sk":{"S":["BEAT"]}}}}' }],
  },
  { name: 'notify', partitions: ['NOTICE#'], missed: /^MissedNotices/, more: [] },
])('the stream to $name', ({ name, partitions, missed, more }) => {
  it('tells of what is put for the first time, and halves what fails until it is alone and put aside', () => {
    const [queue = ''] = Object.keys(resourcesOf(service, 'AWS::SQS::Queue')).filter((id) => missed.test(id));
    const pattern = {
      eventName: ['INSERT'],
      dynamodb: { Keys: { pk: { S: partitions.map((prefix) => ({ prefix })) } } },
    };
    service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: functionCalled(name).id },
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }, ...more] },
    });
  });
});
