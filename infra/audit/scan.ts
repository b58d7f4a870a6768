import type { AttributeValue, ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../shared/store/table/item.ts';
import { readItem } from '../../shared/store/table/item.ts';
import type { Table } from '../../shared/store/table/table.ts';

/** Every item of the table, page by page, read consistently: what has been written before a page is read is in it. */
export async function* scan(table: Pick<Table, 'client' | 'name'>): AsyncGenerator<readonly Item[]> {
  for await (const page of storedPages(table)) yield page.map((item) => readItem(item));
}

/** The same as they are stored, of whatever shape. */
export async function* storedPages(
  table: Pick<Table, 'client' | 'name'>,
): AsyncGenerator<readonly Record<string, AttributeValue>[]> {
  let start: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page: ScanCommandOutput = await table.client.send(
      new ScanCommand({ TableName: table.name, ExclusiveStartKey: start, ConsistentRead: true }),
    );
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}
