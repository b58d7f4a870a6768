import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { exampleSettings, idOf, resourcesOf, templates } from '../support/stacks.ts';

const { service, observability } = templates(exampleSettings);
const topic = { Ref: idOf(observability, 'AWS::SNS::Topic') };
const alarms = resourcesOf(observability, 'AWS::CloudWatch::Alarm');

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
