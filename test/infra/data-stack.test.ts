import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { tableDefinition } from '../../shared/store/table/definition.ts';
import { resourcesOf, stacks, templates } from '../support/stacks.ts';

const { data } = templates();

describe('the table', () => {
  const [table] = Object.values(resourcesOf(data, 'AWS::DynamoDB::GlobalTable'));
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = tableDefinition('any');

  it('has the shape that the store and its tests use on one machine', () => {
    expect(table?.Properties).toMatchObject({
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
      BillingMode,
    });
  });

  it('survives the stack, a slip of the hand, and a bad write', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
        },
      ],
    });
  });

  it('streams both images, expires by expiresAt, and encrypts under a KMS key', () => {
    data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
  });
});

describe('the buckets', () => {
  const buckets = resourcesOf(data, 'AWS::S3::Bucket');

  it.each(Object.entries(buckets))('%s is kept, encrypted and closed to the public', (_id, bucket) => {
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
  });

  it.each(Object.keys(buckets))('%s answers TLS 1.2 and above only', (id) => {
    const refuses = (Condition: Record<string, unknown>) =>
      Match.objectLike({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition });
    data.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: id },
      PolicyDocument: {
        Statement: Match.arrayWith([
          refuses({ Bool: { 'aws:SecureTransport': 'false' } }),
          refuses({ NumericLessThan: { 's3:TlsVersion': 1.2 } }),
        ]),
      },
    });
  });

  it('keep every version of snapshots and proofs for ever, and who read them', () => {
    const [proofs, ...others] = Object.values(buckets).filter(
      (bucket) => 'VersioningConfiguration' in bucket.Properties,
    );
    expect(others).toEqual([]);
    expect(proofs?.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: { LogFilePrefix: 'proofs/' },
    });
    expect(JSON.stringify(proofs?.Properties['LifecycleConfiguration'])).not.toContain('Expiration');
  });
});

it('cannot be deleted as a stack without being unlocked first', () => {
  expect(stacks().data.terminationProtection).toBe(true);
});
