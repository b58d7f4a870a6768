import type { StackProps } from 'aws-cdk-lib';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { tableShape } from '../../shared/store/table/table-shape.ts';
import { objectsEncrypted } from './constructs/encryption.ts';
import type { Settings } from './settings.ts';

export interface DataStackProps extends StackProps {
  readonly settings: Settings;
}

/** What must outlive every deployment: the table, and the clearings' snapshots and proofs. */
export class DataStack extends Stack {
  readonly table: TableV2;
  readonly proofs: Bucket;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: true });
    this.table = this.#table(props.settings);
    this.proofs = this.#proofs();
  }

  #table({ tableReplicas }: Settings): TableV2 {
    const text = (name: string) => ({ name, type: AttributeType.STRING });
    return new TableV2(this, 'Table', {
      partitionKey: text(tableShape.partitionKey),
      sortKey: text(tableShape.sortKey),
      globalSecondaryIndexes: Object.entries(tableShape.indexes).map(([indexName, index]) => ({
        indexName,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      replicas: tableReplicas.map((region) => ({ region })),
      billing: Billing.onDemand(),
      timeToLiveAttribute: tableShape.timeToLive,
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      // The key of DynamoDB in this account: every use of it is in the account's trail.
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  #proofs(): Bucket {
    const defaults = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    const accessLogs = new Bucket(this, 'ProofsAccessLogs', {
      ...defaults,
      lifecycleRules: [{ expiration: Duration.days(400) }],
    });
    Validations.of(accessLogs).acknowledge({
      id: 'NIST.800.53.R5-S3BucketVersioningEnabled',
      reason:
        'S3 writes each of these logs once, under a name of its own, and nobody has the right to change one.',
    });
    const proofs = new Bucket(this, 'Proofs', {
      ...defaults,
      versioned: true,
      // CDK's own types disagree under exactOptionalPropertyTypes.
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: 'proofs/',
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
    for (const bucket of [accessLogs, proofs])
      Validations.of(bucket).acknowledge(
        { id: 'NIST.800.53.R5-S3DefaultEncryptionKMS', reason: objectsEncrypted },
        {
          id: 'NIST.800.53.R5-S3BucketReplicationEnabled',
          reason:
            'S3 keeps each object in three places of the region. Contracts and the digest of every proof are in the ' +
            'table, whose copies in other regions are a setting; no right or duty hangs on an object of the bucket.',
        },
      );
    return proofs;
  }
}
