import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { answered } from './client.ts';
import { MemoryDynamo } from './engine.ts';
import { embeddedAgrees } from './second-opinion.ts';

/** A DynamoDB of a test file: embedded and a process of its own, or in memory; `endpoint` says which. */
export interface TestEngine {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const scheme = 'memory:';
const running = new Map<string, MemoryDynamo>();
let started = 0;

/**
 * In place of `startEngine` for tests that are not about the store: a DynamoDB in this process's memory, a hundred times
 * quicker. Each kind of request that they make is also made of the embedded engine, once.
 */
export function startMemory(): Promise<TestEngine> {
  started += 1;
  const endpoint = `${scheme}${started}`;
  running.set(endpoint, new MemoryDynamo());
  return Promise.resolve({
    endpoint,
    stop: () => Promise.resolve(void running.delete(endpoint)),
  });
}

export const isMemory = (endpoint: string): boolean => endpoint.startsWith(scheme);

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}
type Handler = (args: { readonly input: object }) => Promise<{ readonly output: object }>;
type Middleware = (next: Handler, context: { readonly commandName: string }) => Handler;

/** As much of the SDK's client as `Table`, and tests that meddle with calls, use: `send` and a stack of middleware. */
export function memoryClientAt(endpoint: string): DynamoDBClient {
  const stack: { readonly name: string | undefined; readonly middleware: Middleware }[] = [];
  const send = async (command: Command): Promise<object> => {
    const context = { commandName: command.constructor.name };
    const operation = context.commandName.replace(/Command$/, '');
    const last: Handler = async ({ input }) => {
      const engine = running.get(endpoint);
      if (engine === undefined) throw new Error(`${operation}: the test's DynamoDB has been stopped`);
      // Not in the same step as it was asked for: whoever else asks now is as early.
      await Promise.resolve();
      const agreement = embeddedAgrees(engine, operation, input);
      try {
        return { output: { $metadata: {}, ...answered(engine, { name: operation, input }) } };
      } finally {
        await agreement();
      }
    };
    const handler = stack.reduceRight((next, { middleware }) => middleware(next, context), last);
    return (await handler({ input: command.input })).output;
  };
  const middlewareStack = {
    add: (middleware: Middleware, { name }: { readonly name?: string }) => {
      stack.push({ name, middleware });
    },
    remove: (name: string) => {
      const at = stack.findIndex((each) => each.name === name);
      if (at >= 0) stack.splice(at, 1);
      return at >= 0;
    },
  };
  return { send, middlewareStack } as unknown as DynamoDBClient;
}
