import type { AttributeValue, CancellationReason } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { AwsJsonClient, commandOf, ServiceError } from './aws-json.ts';

/** Stands in bundles for `@aws-sdk/client-dynamodb`: what `Table` asks of it, and no more. */
export class ConditionalCheckFailedException extends ServiceError {
  /** The item that did not meet the condition, where it was asked for. */
  declare readonly Item?: Record<string, AttributeValue>;
}

export class TransactionCanceledException extends ServiceError {
  declare readonly CancellationReasons?: CancellationReason[];
}

export class DynamoDBClient extends AwsJsonClient {
  constructor(options?: { readonly requestHandler?: object }) {
    const errors = { ConditionalCheckFailedException, TransactionCanceledException };
    super(
      {
        ...{ id: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' },
        ...{ endpoint: 'AWS_ENDPOINT_URL_DYNAMODB', errors },
      },
      options,
    );
  }
}

export const BatchGetItemCommand = commandOf('BatchGetItem');
export const DeleteItemCommand = commandOf('DeleteItem');
export const GetItemCommand = commandOf('GetItem');
export const PutItemCommand = commandOf('PutItem');
export const QueryCommand = commandOf('Query');
export const UpdateItemCommand = commandOf('UpdateItem');

/** Tried again, it must be the same call: as the SDK does, a token is made up where none is given. */
export class TransactWriteItemsCommand extends commandOf('TransactWriteItems') {
  constructor(input: { readonly ClientRequestToken?: string | undefined }) {
    super({ ...input, ClientRequestToken: input.ClientRequestToken ?? randomUUID() });
  }
}
