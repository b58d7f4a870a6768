import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { tableShape } from './table-shape.ts';

/** The table as one machine and the tests create it; on AWS the data stack declares the same shape. */
export const tableDefinition = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    tableShape.partitionKey,
    tableShape.sortKey,
    ...Object.values(tableShape.indexes).flatMap((index) => [index.partitionKey, index.sortKey]),
  ].map((attribute) => ({ AttributeName: attribute, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: tableShape.partitionKey, KeyType: 'HASH' },
    { AttributeName: tableShape.sortKey, KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: Object.entries(tableShape.indexes).map(([index, { partitionKey, sortKey }]) => ({
    IndexName: index,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  })),
});
