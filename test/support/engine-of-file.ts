import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { startMemory, type TestEngine } from './memory-dynamo/store.ts';
import { clientFor } from './table.ts';

/**
 * One store in memory for all tests of a file, from before the first to after the last. Called at the file's head; what it
 * answers can be used within hooks and tests. Each test has tables of its own there.
 */
export function engineOfFile(): { readonly endpoint: string; readonly client: DynamoDBClient } {
  let engine: TestEngine;
  let client: DynamoDBClient;
  beforeAll(async () => {
    engine = await startMemory();
    client = clientFor(engine.endpoint);
  });
  afterAll(async () => {
    await engine.stop();
  });
  return {
    get endpoint() {
      return engine.endpoint;
    },
    get client() {
      return client;
    },
  };
}
