import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { TableUser } from '../../infra/aws/table-access.ts';
import { tableAccess } from '../../infra/aws/table-access.ts';
import { Table } from '../../shared/store/table/table.ts';

/** A part of a request: what is done, to which partition, of the table itself or of an index. */
export interface TableUse {
  readonly action: string;
  readonly partition: string;
  readonly index?: string | undefined;
}

const matches = (patterns: readonly string[], partition: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? partition.startsWith(pattern.slice(0, -1)) : partition === pattern,
  );

/** What each function may do. */
export type Policies = typeof tableAccess;

/** Whether the policy made of `tableAccess` lets a function do this, judged as IAM does: what is refused, then what is allowed. */
function isAllowed(
  user: TableUser,
  { action, partition, index }: TableUse,
  policies: Policies = tableAccess,
): boolean {
  const access = policies[user];
  if (index !== undefined) return (access.indexes as readonly string[]).includes(index) && action === 'Query';
  const writes = ['PutItem', 'UpdateItem', 'DeleteItem'].includes(action);
  if (matches(access.neverTouches ?? [], partition)) return false;
  if (writes && matches(access.neverWrites ?? [], partition)) return false;
  if (action === 'DeleteItem') return matches(access.removes, partition);
  return matches((writes ? access.writesOnly : access.readsOnly) ?? ['*'], partition);
}

const textSchema = z.object({ S: z.string() });
const keySchema = z.looseObject({ pk: textSchema });
const partSchema = z.object({ Key: keySchema.optional(), Item: keySchema.optional() });
const transactionSchema = z.object({
  TransactItems: z.array(
    z.object({
      Put: partSchema.optional(),
      Update: partSchema.optional(),
      Delete: partSchema.optional(),
      ConditionCheck: partSchema.optional(),
    }),
  ),
});
const parts = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};
const querySchema = z.object({
  IndexName: z.string().optional(),
  ExpressionAttributeValues: z.looseObject({ ':pk': textSchema }),
});
const batchSchema = z.object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(keySchema) })) });

/** What a request of DynamoDB's wire protocol asks to do. */
function usesOf(operation: string, body: unknown): TableUse[] {
  if (operation === 'TransactWriteItems')
    return transactionSchema.parse(body).TransactItems.flatMap((item) =>
      Object.entries(parts).flatMap(([part, action]) => {
        const found = item[part as keyof typeof parts];
        return found === undefined ? [] : [{ action, partition: (found.Key ?? found.Item)!.pk.S }];
      }),
    );
  if (operation === 'Query') {
    const { IndexName: index, ExpressionAttributeValues: values } = querySchema.parse(body);
    return [{ action: 'Query', partition: values[':pk'].S, index }];
  }
  if (operation === 'BatchGetItem')
    return Object.values(batchSchema.parse(body).RequestItems).flatMap(({ Keys }) =>
      Keys.map(({ pk }) => ({ action: 'BatchGetItem', partition: pk.S })),
    );
  const { Key, Item } = partSchema.parse(body);
  return [{ action: operation, partition: (Key ?? Item)!.pk.S }];
}

/** A client as a function has it: what its policy does not allow is told of, and thrown as IAM would refuse it. */
export const clientAs = (
  user: TableUser,
  client: Table['client'],
  {
    policies,
    tell,
  }: { readonly policies?: Policies | undefined; readonly tell?: (refusal: string) => void } = {},
): Table['client'] =>
  new Proxy(client, {
    get: (target, property) =>
      property === 'send'
        ? (command: { readonly input: unknown }, ...rest: never[]) => {
            const operation = command.constructor.name.replace(/Command$/, '');
            const refused = usesOf(operation, command.input).find((use) => !isAllowed(user, use, policies));
            if (refused === undefined)
              return (target.send as (...all: unknown[]) => unknown)(command, ...rest);
            tell?.(notAuthorised(user, refused));
            throw new Error(notAuthorised(user, refused));
          }
        : (Reflect.get(target, property) as unknown),
  });

/** A table as a function has it. */
export const tableAs = (user: TableUser, { client, name }: Pick<Table, 'client' | 'name'>): Table =>
  new Table({ client: clientAs(user, client), name, pause: () => Promise.resolve(), random: () => 0 });

const notAuthorised = (user: string, { action, partition, index = 'the table' }: TableUse): string =>
  `${user} is not authorized to perform ${action} on ${partition} of ${index}`;

export interface TableGuard {
  readonly endpoint: string;
  close(): void;
}

/**
 * Stands before an engine as IAM does before DynamoDB: whoever signs with a function's name for its access key is refused
 * what that function's policy does not allow. All others go through.
 */
export async function guardTable(engine: string): Promise<TableGuard> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bytesOf(request);
      const user = /Credential=([\w-]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const refused =
        user in tableAccess
          ? usesOf(operation, JSON.parse(body.toString())).find((use) => !isAllowed(user as TableUser, use))
          : undefined;
      const headers = { 'Content-Type': 'application/x-amz-json-1.0' };
      if (refused !== undefined) {
        const message = notAuthorised(user, refused);
        response
          .writeHead(400, headers)
          .end(JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', message }));
        return;
      }
      const answer = await fetch(engine, {
        method: 'POST',
        body,
        headers: {
          ...headers,
          'X-Amz-Target': String(request.headers['x-amz-target']),
          Authorization: String(request.headers.authorization),
          'X-Amz-Date': String(request.headers['x-amz-date']),
        },
      });
      response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
    })().catch((error: unknown) => {
      // An engine that is away answers nothing; so does who stands before it. Said, for a test that did not take it away.
      console.warn('the table did not answer', error);
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
