import { AwsJsonClient, commandOf } from './aws-json.ts';

/** Stands in bundles for `@aws-sdk/client-eventbridge`. */
export class EventBridgeClient extends AwsJsonClient {
  constructor() {
    super({ id: 'events', target: 'AWSEvents', version: '1.1', endpoint: 'AWS_ENDPOINT_URL_EVENTBRIDGE' });
  }
}

export const PutEventsCommand = commandOf('PutEvents');
