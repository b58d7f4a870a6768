import { AwsJsonClient, commandOf } from './aws-json.ts';

/** Stands in bundles for `@aws-sdk/client-sqs`. */
export class SQSClient extends AwsJsonClient {
  constructor() {
    super({ id: 'sqs', target: 'AmazonSQS', version: '1.0', endpoint: 'AWS_ENDPOINT_URL_SQS' });
  }
}

export const SendMessageCommand = commandOf('SendMessage');
