import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { tableAccess } from '../../infra/aws/table-access.ts';
import { exampleSettings, resourcesOf, templates } from '../support/stacks.ts';

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly NotResource?: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const all = Object.values(templates(exampleSettings));

/** Every place in which CloudFormation holds a policy of ours. */
const holders = [
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SNS::TopicPolicy',
];

/** Resources with a wildcard in them, each with the reason why nothing narrower can be said. */
const allowedWildcards: readonly {
  readonly reason: string;
  readonly actions: RegExp;
  readonly resource: RegExp;
}[] = [
  {
    reason: 'X-Ray knows no resources',
    actions: /^xray:Put(TelemetryRecords|TraceSegments)$/,
    resource: /^"\*"$/,
  },
  {
    reason: 'objects of clearings, which have no names yet',
    actions: /^s3:(Get|Put)Object$/,
    resource: /Proofs\w*Arn\w*"\},"\/clearings\/\*"\]\]\}$/,
  },
  { reason: 'S3 names its own access logs', actions: /^s3:PutObject$/, resource: /"\/proofs\/\*"/ },
];

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const statementsOf = (template: Template): (readonly [string, Statement])[] =>
  holders.flatMap((type) =>
    Object.entries(resourcesOf(template, type)).flatMap(([id, resource]) => {
      const document = resource.Properties['PolicyDocument'] as { Statement: readonly Statement[] };
      return document.Statement.map((statement) => [id, statement] as const);
    }),
  );
const statements = all.flatMap(statementsOf);
const grants = statements.filter(([, statement]) => statement.Effect === 'Allow');

describe('every policy', () => {
  it('is looked at: roles have no inline ones, and no managed ones but those of API Gateway and CodeDeploy', () => {
    expect(grants.length).toBeGreaterThan(15);
    const roles = all.flatMap((template) => Object.values(resourcesOf(template, 'AWS::IAM::Role')));
    expect(roles.filter((role) => 'Policies' in role.Properties)).toEqual([]);
    const managed = roles.flatMap((role) => listOf(role.Properties['ManagedPolicyArns'] ?? []));
    expect(managed.map((arn) => /policy\/[\w/-]+/.exec(JSON.stringify(arn))?.[0])).toEqual([
      'policy/service-role/AWSCodeDeployRoleForLambdaLimited',
      'policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
    ]);
  });

  it.each(grants)('%s names its actions', (_id, statement) => {
    expect(statement.NotAction ?? statement.NotResource).toBeUndefined();
    for (const action of listOf(statement.Action)) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
  });

  it.each(grants)('%s names its resources, or has its reason', (_id, statement) => {
    for (const resource of listOf(statement.Resource).map((value) => JSON.stringify(value)))
      for (const action of listOf(statement.Action))
        expect(
          !resource.includes('*') ||
            allowedWildcards.some(
              (allowed) => allowed.actions.test(String(action)) && allowed.resource.test(resource),
            ),
          `${String(action)} on ${resource}`,
        ).toBe(true);
  });

  it('lets services in only on behalf of a named source', () => {
    for (const [id, statement] of grants.filter(([, { Principal }]) => Principal !== undefined))
      expect(JSON.stringify(statement.Condition), id).toMatch(/aws:Source(Arn|Account)/i);
  });
});

describe('what a function may do', () => {
  /** `action resource` for each pair that a function's policy allows, with the resource's own words shortened. */
  const allowed = (name: string): string[] =>
    grants
      .filter(([id]) => id.startsWith(`${name}FunctionRole`))
      .flatMap(([, { Action, Resource }]) =>
        listOf(Action).flatMap((action) =>
          listOf(Resource).map((resource) => `${String(action)} ${short(JSON.stringify(resource))}`),
        ),
      )
      .filter((pair) => !/^(logs|xray):/.test(pair))
      .sort();
  const short = (resource: string): string =>
    [
      /Table\w+ArnE/.test(resource) ? 'table' : '',
      /Proofs\w+Arn/.test(resource) ? 'bucket' : '',
      /ClearingsQueue/.test(resource) ? 'queue' : '',
      /MissedTicks/.test(resource) ? 'missed ticks' : '',
      /MissedSettlements/.test(resource) ? 'missed settlements' : '',
      /MissedEvents/.test(resource) ? 'missed events' : '',
      /MissedNotices/.test(resource) ? 'missed notices' : '',
      /Table\w+StreamArn/.test(resource) ? 'stream' : '',
      /Alerts\w+/.test(resource) && resource.includes('Arn') ? 'bus' : '',
      /\/(index|clearings)\/[\w*]+/.exec(resource)?.[0] ?? '',
    ].join('');

  const table = [
    'BatchGetItem',
    'ConditionCheckItem',
    'DeleteItem',
    'GetItem',
    'PutItem',
    'Query',
    'UpdateItem',
  ].map((action) => `dynamodb:${action} table`);

  it('api: the table and its indexes, read proofs, ask for clearings', () => {
    expect(allowed('Api')).toEqual(
      [
        ...table,
        'dynamodb:Query table/index/gsi1',
        'dynamodb:Query table/index/gsi2',
        'dynamodb:Query table/index/gsi3',
        's3:GetObject bucket/clearings/*',
        's3:ListBucket bucket',
        'sqs:SendMessage queue',
      ].sort(),
    );
  });

  it('clearing: the table, its own objects, its own queue', () => {
    expect(allowed('Clearing')).toEqual(
      [
        ...table,
        's3:GetObject bucket/clearings/*',
        's3:ListBucket bucket',
        's3:PutObject bucket/clearings/*',
        ...[
          'ChangeMessageVisibility',
          'DeleteMessage',
          'GetQueueAttributes',
          'GetQueueUrl',
          'ReceiveMessage',
          'SendMessage',
        ].map((action) => `sqs:${action} queue`),
      ].sort(),
    );
  });

  it('settlement: the table and its indexes, and saying that it failed', () => {
    expect(allowed('Settlement')).toEqual(
      [
        ...table,
        ...['gsi1', 'gsi2', 'gsi3'].map((index) => `dynamodb:Query table/index/${index}`),
        ...['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map(
          (action) => `sqs:${action} missed settlements`,
        ),
      ].sort(),
    );
  });

  const reading = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
  const saying = (queue: string) =>
    ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map((action) => `sqs:${action} ${queue}`);

  it('stream: the stream, the table, from which it removes nothing, its indexes, and saying that it failed', () => {
    expect([...new Set(allowed('Stream'))]).toEqual(
      [
        ...table.filter((pair) => !pair.includes('Delete')),
        ...['gsi1', 'gsi2', 'gsi3'].map((index) => `dynamodb:Query table/index/${index}`),
        ...reading.map((action) => `dynamodb:${action} stream`),
        ...saying('missed events'),
      ].sort(),
    );
  });

  it('notify: the stream, the table, what is due, the bus, and saying that it failed', () => {
    expect([...new Set(allowed('Notify'))]).toEqual(
      [
        ...table,
        'dynamodb:Query table/index/gsi3',
        ...reading.map((action) => `dynamodb:${action} stream`),
        'events:PutEvents bus',
        ...saying('missed notices'),
      ].sort(),
    );
  });

  it('tick: the table, what operators own and which rules to ask, asking for clearings, and saying that it failed', () => {
    expect(allowed('Tick')).toEqual(
      [
        ...table,
        ...['gsi1', 'gsi3'].map((index) => `dynamodb:Query table/index/${index}`),
        'sqs:SendMessage queue',
        ...['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map((action) => `sqs:${action} missed ticks`),
      ].sort(),
    );
  });

  it.each(Object.entries(tableAccess))(
    '%s: of the table, the partitions that are its own',
    (user, access) => {
      const own = statements.filter(
        ([id, { Condition }]) =>
          id.toLowerCase().startsWith(`${user}functionrole`) &&
          JSON.stringify({ Condition }).includes('dynamodb:LeadingKeys'),
      );
      const under = (Effect: string, operator: string, action: string) =>
        own
          .filter(([, statement]) => statement.Effect === Effect)
          .filter(([, { Action }]) => listOf(Action).includes(`dynamodb:${action}`))
          .flatMap(([, { Condition }]) => {
            const operators = Condition as Record<string, Record<string, unknown>>;
            expect(Object.keys(operators)).toEqual([operator]);
            return listOf(operators[operator]!['dynamodb:LeadingKeys']);
          })
          .sort();
      const sorted = (...patterns: (readonly string[] | undefined)[]) =>
        patterns.flatMap((each) => each ?? []).sort();
      expect(under('Allow', 'ForAllValues:StringLike', 'PutItem')).toEqual(sorted(access.writesOnly));
      expect(under('Allow', 'ForAllValues:StringLike', 'Query')).toEqual(sorted(access.readsOnly));
      expect(under('Allow', 'ForAllValues:StringLike', 'DeleteItem')).toEqual(sorted(access.removes));
      expect(under('Deny', 'ForAnyValue:StringLike', 'GetItem')).toEqual(sorted(access.neverTouches));
      expect(under('Deny', 'ForAnyValue:StringLike', 'UpdateItem')).toEqual(
        sorted(access.neverTouches, access.neverWrites),
      );
    },
  );

  it('pre-token: nothing but its own log and traces', () => {
    expect(grants.filter(([id]) => id.startsWith('PreTokenRole'))).toHaveLength(2);
    expect(allowed('PreToken')).toEqual([]);
  });
});
