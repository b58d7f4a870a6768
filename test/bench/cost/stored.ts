import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { tableShape } from '../../../shared/store/table/table-shape.ts';
import type { Table } from '../../../shared/store/table/table.ts';

/** Bytes that are kept for good, and bytes of items that expire by themselves. */
export interface Bytes {
  readonly kept: number;
  readonly expiring: number;
}

type Stored = Readonly<Record<string, AttributeValue>>;

const text = (value: string): number => Buffer.byteLength(value);

/** DynamoDB's rules: two digits of a number a byte and one byte more, one for a sign; three for a list or map and one for each element. */
function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return text(value.S);
  if (value.N !== undefined) {
    const digits = value.N.replace(/^-/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
    return Math.ceil(digits.length / 2) + 1 + (value.N.startsWith('-') ? 1 : 0);
  }
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 0);
  if (value.M !== undefined)
    return (
      3 + Object.entries(value.M).reduce((sum, [name, each]) => sum + 1 + text(name) + valueBytes(each), 0)
    );
  if (value.SS !== undefined) return value.SS.reduce((sum, each) => sum + text(each), 0);
  return 1;
}

/** What DynamoDB bills beside an item and beside each entry of an index. */
const overhead = 100;

const attributes = (item: Stored, names: readonly string[]): number =>
  names.reduce((sum, name) => {
    const value = item[name];
    return value === undefined ? sum : sum + text(name) + valueBytes(value);
  }, 0);

/** What an item is billed for a month: itself, its entry in each index that it is in, the overhead of each. */
export function billedBytes(item: Stored): number {
  const keys = [tableShape.partitionKey, tableShape.sortKey];
  let bytes = attributes(item, Object.keys(item)) + overhead;
  for (const { partitionKey, sortKey } of Object.values(tableShape.indexes))
    if (item[partitionKey] !== undefined && item[sortKey] !== undefined)
      bytes += attributes(item, [...keys, partitionKey, sortKey]) + overhead;
  return bytes;
}

/** What lies in a table. */
export async function storedIn({ client, name }: Pick<Table, 'client' | 'name'>): Promise<Bytes> {
  let [kept, expiring] = [0, 0];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: name, ConsistentRead: true }))
    for (const item of Items)
      if (tableShape.timeToLive in item) expiring += billedBytes(item);
      else kept += billedBytes(item);
  return { kept, expiring };
}
