import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { once } from '../../../shared/kernel/once.ts';
import { quiet } from '../../../shared/store/table/quiet.ts';

/*
 * Stands in bundles for `@aws-sdk/client-dynamodb`: the same client, whose code (165 KB, as much work to load as an empty
 * process) is read when the table is first asked for something. Who is refused before that does not wait for it.
 */

/** The names of the commands that the table is asked by; a build fails where another is imported. */
type Name =
  | `${'BatchGet' | 'Delete' | 'Get' | 'Put' | 'Update'}ItemCommand`
  | 'QueryCommand'
  | 'TransactWriteItemsCommand';

interface Command {
  readonly name: Name;
  readonly input: object;
}

const commandOf = (name: Name): new (input: object) => Command =>
  class {
    readonly name = name;
    readonly input: object;
    constructor(input: object) {
      this.input = input;
    }
  };

export const BatchGetItemCommand = commandOf('BatchGetItemCommand');
export const DeleteItemCommand = commandOf('DeleteItemCommand');
export const GetItemCommand = commandOf('GetItemCommand');
export const PutItemCommand = commandOf('PutItemCommand');
export const QueryCommand = commandOf('QueryCommand');
export const TransactWriteItemsCommand = commandOf('TransactWriteItemsCommand');
export const UpdateItemCommand = commandOf('UpdateItemCommand');

export class DynamoDBClient {
  readonly #opened: () => Promise<(command: Command) => Promise<unknown>>;

  constructor(config: DynamoDBClientConfig) {
    this.#opened = once(async () => {
      const sdk = await import('@aws-sdk/client-dynamodb');
      const client = quiet(new sdk.DynamoDBClient(config));
      // Which command goes with which input, their callers have proven to the compiler against the SDK's own types.
      type AnyCommand = new (input: object) => Parameters<typeof client.send>[0];
      return ({ name, input }) => client.send(new (sdk[name] as unknown as AnyCommand)(input));
    });
  }

  async send(command: Command): Promise<unknown> {
    return (await this.#opened())(command);
  }
}

/** Errors are told apart by their class: whoever asks need not have read the SDK, which has thrown it if anybody has. */
const errorNamed = (name: string) =>
  Object.defineProperty(() => undefined, Symbol.hasInstance, {
    value: (error: unknown): boolean => error instanceof Error && error.name === name,
  });

export const ConditionalCheckFailedException = errorNamed('ConditionalCheckFailedException');
export const TransactionCanceledException = errorNamed('TransactionCanceledException');
