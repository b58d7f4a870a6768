import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Meddler } from '../faults.ts';
import { writing } from '../faults.ts';
import type { MemoryDynamo } from './engine.ts';
import { EngineError } from './values.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

const undisturbed: Meddler = (send) => send();

/**
 * As much of the SDK's client as `Table` uses: `send`. Neither request nor answer is written out, so a call takes
 * microseconds and never waits for a clock; `meddler` stands between.
 */
export const memoryClient = (engine: MemoryDynamo, meddler: Meddler = undisturbed): DynamoDBClient => {
  const send = ({ constructor: { name }, input }: Command): Promise<unknown> => {
    const call = { write: writing.has(name), name, input };
    return meddler(() => Promise.resolve().then(() => answered(engine, call)), call);
  };
  return { send } as unknown as DynamoDBClient;
};

/** The answer to a call by its name. @throws as the SDK does. */
export function answered(
  engine: MemoryDynamo,
  { name, input }: { readonly name: string; readonly input: object },
): object {
  try {
    return engine.call(name.replace(/Command$/, ''), input);
  } catch (error) {
    throw error instanceof EngineError ? sdkError(error) : error;
  }
}

function sdkError({ type, message, more }: EngineError): Error {
  if (type === 'TransactionCanceledException')
    return new TransactionCanceledException({ message, $metadata: {}, ...more });
  if (type === 'ConditionalCheckFailedException')
    return new ConditionalCheckFailedException({ message, $metadata: {}, ...more });
  return Object.assign(new Error(message), { name: type });
}
