import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Permission } from './constructs/service-function.ts';
import type { DataStack } from './data-stack.ts';

/** Objects of clearings, and nothing else that the bucket may come to hold. */
export const readClearings = ({ proofs }: DataStack): Permission => ({
  actions: ['s3:GetObject'],
  resources: [proofs.arnForObjects('clearings/*')],
});

/** Without it S3 answers "forbidden" where nothing lies, and a missing object would look like a fault. */
export const seeWhatIsMissing = ({ proofs }: DataStack): Permission => ({
  actions: ['s3:ListBucket'],
  resources: [proofs.bucketArn],
});

export const writeClearings = ({ proofs }: DataStack): Permission => ({
  actions: ['s3:PutObject'],
  resources: [proofs.arnForObjects('clearings/*')],
});

export const sendTo = (queue: IQueue): Permission => ({
  actions: ['sqs:SendMessage'],
  resources: [queue.queueArn],
});

export const publishTo = (eventBusArn: string): Permission => ({
  actions: ['events:PutEvents'],
  resources: [eventBusArn],
});
