import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { tableShape } from '../../shared/store/keys.ts';
import type { Permission } from './constructs/service-function.ts';
import type { DataStack } from './data-stack.ts';

/**
 * What each function may do with the data, and on what. Transactions are allowed by their parts:
 * TransactWriteItems is no action of its own.
 */
const reads = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'] as const;
const writes = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
] as const;

export const readAndWriteTable = ({ table }: DataStack): Permission => ({
  actions: [...reads, ...writes],
  resources: [table.tableArn],
});

/** For one that only ever adds to what is there: it removes nothing. */
export const readAndAddToTable = ({ table }: DataStack): Permission => ({
  actions: [...reads, ...writes.filter((action) => action !== 'dynamodb:DeleteItem')],
  resources: [table.tableArn],
});

/** Contracts that are due, and messages that are to be sent. */
export const listWhatIsDue = ({ table }: DataStack): Permission => ({
  actions: ['dynamodb:Query'],
  resources: [`${table.tableArn}/index/${'gsi3' satisfies keyof typeof tableShape.indexes}`],
});

/** What an organisation has: its lots, what it has bought. */
export const listWhatIsOwned = ({ table }: DataStack): Permission => ({
  actions: ['dynamodb:Query'],
  resources: [`${table.tableArn}/index/${'gsi1' satisfies keyof typeof tableShape.indexes}`],
});

export const listByIndex = ({ table }: DataStack): Permission => ({
  actions: ['dynamodb:Query'],
  resources: Object.keys(tableShape.indexes).map((index) => `${table.tableArn}/index/${index}`),
});

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
