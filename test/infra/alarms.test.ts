import { Match } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MetricName } from '../../functions/lambda/metric-names.ts';
import { definitionOf, metricTable } from '../../functions/lambda/metric-names.ts';
import { exampleSettings, idOf, resourcesOf, templates } from '../support/stacks.ts';

const { data, identity, service, observability } = templates(exampleSettings);
const topic = { Ref: idOf(observability, 'AWS::SNS::Topic') };
const alarms = resourcesOf(observability, 'AWS::CloudWatch::Alarm');
const composites = resourcesOf(observability, 'AWS::CloudWatch::CompositeAlarm');
/** Of every stack, of whatever kind. */
const everyAlarm = [data, identity, service, observability].flatMap((stack) =>
  ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    Object.entries(resourcesOf(stack, type)).map(([id, { Properties }]) => ({
      id,
      description: String(Properties['AlarmDescription']),
    })),
  ),
);
const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

/** A queue's name, which the alarms have from the stack that the queue is in. */
const nameOf = (id: string) => ({
  'Fn::ImportValue': Match.stringLikeRegexp(`-service:ExportsOutputFnGetAtt${id}QueueName`),
});

describe('alarms', () => {
  it.each(Object.keys(alarms))('%s says what to do, and tells when it begins and ends', (id) => {
    expect(alarms[id]?.Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    expect(String(alarms[id]?.Properties['AlarmDescription']).length).toBeGreaterThan(30);
  });

  it.each(
    Object.entries(resourcesOf(service, 'AWS::SQS::Queue')).filter(
      ([, queue]) => !('RedrivePolicy' in queue.Properties),
    ),
  )('watch %s, a queue of dead letters, from the first one', (id) => {
    observability.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: nameOf(id) }],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
    });
  });

  it.each([
    ['AWS/ApiGateway', '5XXError'],
    ['AWS/Lambda', 'Errors'],
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage'],
  ])('watch %s %s', (Namespace, MetricName) => {
    expect(
      Object.keys(
        observability.findResources('AWS::CloudWatch::Alarm', { Properties: { Namespace, MetricName } }),
      ),
    ).not.toEqual([]);
  });

  it('tell people when a version is taken back, by alarms that only CodeDeploy looks at', () => {
    const [taken] = Object.values(composites);
    expect(taken?.Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    const rollback = Object.keys(resourcesOf(service, 'AWS::CloudWatch::Alarm'));
    expect(rollback).toHaveLength(3);
    for (const id of rollback) expect(JSON.stringify(taken?.Properties['AlarmRule'])).toContain(id);
  });

  it('sound when ticks fall silent, which no error would show', () => {
    observability.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
  });
});

describe('the topic', () => {
  it('lets CloudWatch of this account publish: its own policy replaces the one that would', () => {
    observability.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [topic],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });

  it('reaches whom the settings name', () => {
    observability.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: exampleSettings.alarmEmail,
    });
  });
});

/** A metric as an alarm or a widget names it. */
interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** Metrics that the functions of the stage record are those of their table, by the dimensions that these have. */
function expectRecorded({ namespace, name, dimensions }: Named): void {
  expect(namespace).toBe('Lodestone/prod');
  expect(Object.keys(metricTable)).toContain(name);
  const { from, dimension } = definitionOf(name as MetricName);
  expect(dimension, `${name} is recorded by ${String(dimension)} only`).toBeUndefined();
  expect(dimensions).toEqual({ service: from });
}

const awsMetrics: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda': ['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions', 'IteratorAge'],
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
  'AWS/ApiGateway': ['Count', '4XXError', '5XXError'],
  'AWS/DynamoDB': [
    ...['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'],
    ...['ReadThrottleEvents', 'WriteThrottleEvents', 'TransactionConflict'],
  ],
};

/** Those of AWS are of something in the deployment: named by a reference, or as the deployment names it. */
function expectOfAws({ namespace, name, dimensions }: Named): void {
  expect(awsMetrics[namespace]).toContain(name);
  const values = Object.values(dimensions);
  expect(values).toHaveLength(1);
  expect(JSON.stringify(values)).toMatch(/-(service|data|identity):ExportsOutput|lodestone-prod/);
}

const expectReal = (named: Named): void => {
  if (named.namespace.startsWith('AWS/')) expectOfAws(named);
  else expectRecorded(named);
};

describe('each alarm', () => {
  it.each(Object.entries(alarms))('%s watches what there is', (_id, { Properties }) => {
    const dimensions = Properties['Dimensions'] as readonly { Name: string; Value: unknown }[];
    expectReal({
      namespace: String(Properties['Namespace']),
      name: String(Properties['MetricName']),
      dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
    });
  });
});

describe('the runbook', () => {
  const sections = runbook
    .split(/^### /m)
    .slice(1)
    .map((text) => ({ title: text.split('\n')[0] ?? '', text }));
  const anchors = Object.values({ ...alarms, ...composites }).map(
    ({ Properties }) =>
      / Runbook: docs\/runbook\.md#(\w+)$/.exec(String(Properties['AlarmDescription']))?.[1],
  );

  it('has a section for every alarm, to which it leads, and an alarm for every section', () => {
    expect(sections.map(({ title }) => title.toLowerCase()).toSorted()).toEqual(anchors.toSorted());
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it.each(everyAlarm)('is where $id leads, an alarm of any stack', ({ description }) => {
    const [, anchor = ''] = / Runbook: docs\/runbook\.md#(\w+)$/.exec(description) ?? [];
    expect(anchors).toContain(anchor);
  });

  it.each(sections)('$title: its meaning, three steps, at least one of them a command', ({ text }) => {
    expect(text).toMatch(/^\w+\n\n[A-Z][\s\S]{60,}?\n\n1\. /);
    expect(text.match(/^\d\. /gm)).toEqual(['1. ', '2. ', '3. ']);
    expect(text).toContain('```sh');
  });

  it('asks the deployment only for names that it gives out', () => {
    const asked = [...runbook.matchAll(/\$\(out (\w+)\)/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(30);
    const given = Object.keys(observability.findOutputs('*'));
    expect(asked.filter((name) => !given.includes(name ?? ''))).toEqual([]);
  });

  it('names only tests that there are', () => {
    const named = [...runbook.matchAll(/`(test\/[\w/-]+\.test\.ts)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(5);
    for (const path of named)
      expect(() => readFileSync(join(import.meta.dirname, '../..', path)), path).not.toThrow();
  });

  it('says of every queue of what was given up what becomes of it', () => {
    const rows = runbook.matchAll(/^\| `(\w+)` +\|.*\(#(\w+)\)/gm);
    const told = [...rows].map(([, queue = '', anchor = '']) => [queue.toLowerCase(), anchor]);
    const deadLetters = Object.values(resourcesOf(service, 'AWS::SQS::Queue')).filter(
      ({ Properties }) => !('RedrivePolicy' in Properties),
    );
    expect(told).toHaveLength(deadLetters.length);
    for (const [queue, anchor] of told)
      expect([queue, anchors]).toEqual([anchor, expect.arrayContaining([queue])]);
  });

  it('can be led to by a link', () => {
    const { observability: linked } = templates({ runbook: 'https://wiki.example/runbook' });
    const [alarm] = Object.values(resourcesOf(linked, 'AWS::CloudWatch::Alarm'));
    expect(alarm?.Properties['AlarmDescription']).toContain('Runbook: https://wiki.example/runbook#');
  });
});

describe('the dashboard', () => {
  const [dashboard] = Object.values(resourcesOf(observability, 'AWS::CloudWatch::Dashboard'));
  const [, parts] = (dashboard?.Properties['DashboardBody'] as { 'Fn::Join': [string, unknown[]] })[
    'Fn::Join'
  ];
  /** References are written into the text as the names of what they refer to. */
  const body = parts
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', "'")))
    .join('');
  const { widgets } = JSON.parse(body) as {
    widgets: { properties: { metrics?: unknown[][]; alarms?: string[] } }[];
  };
  const rows = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const searches = rows.flatMap(([first]) =>
    typeof first === 'object' && first !== null && 'expression' in first ? [String(first.expression)] : [],
  );
  const plain = rows.filter(([first]) => typeof first === 'string');
  const searched = searches.map((text) => {
    const [, schema = '', name = ''] = /^SEARCH\('\{([^}]+)\} MetricName="(\w+)"',/.exec(text) ?? [];
    return { schema: schema.split(','), name };
  });

  it('shows nothing but what is measured', () => {
    expect(plain.length).toBeGreaterThan(40);
    for (const row of plain) {
      const words = row.filter((word) => typeof word === 'string');
      const [namespace = '', name = '', ...pairs] = words;
      expectReal({
        ...{ namespace, name },
        dimensions: Object.fromEntries(
          pairs.flatMap((each, i) => (i % 2 === 0 ? [[each, pairs[i + 1]]] : [])),
        ),
      });
    }
    expect(searched.length).toBeGreaterThan(0);
    for (const { schema, name } of searched)
      expect(schema).toEqual(['Lodestone/prod', 'service', definitionOf(name as MetricName).dimension]);
  });

  it('shows everything that is measured', () => {
    const shown = [...plain.map(([, name]) => name), ...searched.map(({ name }) => name)];
    expect(Object.keys(metricTable).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('shows the state of every alarm that there is, in whatever stack', () => {
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    const missing = everyAlarm.filter(({ id }) => !shown.some((arn) => arn.includes(id)));
    expect(missing).toEqual([]);
    expect(shown).toHaveLength(everyAlarm.length);
  });
});
