import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { isDeepStrictEqual } from 'node:util';
import { assign } from './assign.ts';
import type { Attribute } from './condition.ts';
import { readStored, writeItem } from './item.ts';
import type { Migrations } from './item-versions.ts';
import { migrated, shapeAttribute, shapeVersion } from './item-versions.ts';

/**
 * Rewrites an item of an older shape in the shape of today, if nobody has changed what the migration changes. Only that
 * is written: what else stands on the item may change meanwhile. Answers whether there was anything to rewrite.
 */
export async function rewriteInShape(
  client: DynamoDBClient,
  table: string,
  stored: Record<string, AttributeValue>,
  migrations?: Migrations,
): Promise<boolean> {
  const before = readStored(stored);
  const key = { pk: String(before['pk']), sk: String(before['sk']) };
  const version = shapeVersion(key, migrations) ?? 1;
  const stamp = before[shapeAttribute];
  if (version === Number(stamp ?? 1n)) return false;
  const after = migrated(before, migrations);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => name !== shapeAttribute && !isDeepStrictEqual(before[name], after[name]),
  );
  const set = assign({
    ...Object.fromEntries(changed.map((name) => [name, after[name] as Attribute | undefined])),
    [shapeAttribute]: version,
  });
  const was = [shapeAttribute, ...changed].map((name, index) =>
    before[name] === undefined
      ? { text: `attribute_not_exists(#set_${name})`, values: {} }
      : { text: `#set_${name} = :was_${index}`, values: { [`:was_${index}`]: before[name] } },
  );
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(key),
        UpdateExpression: set.expression,
        ConditionExpression: ['attribute_exists(pk)', ...was.map(({ text }) => text)].join(' AND '),
        ExpressionAttributeNames: { ...set.names },
        ExpressionAttributeValues: writeItem(
          Object.assign({}, set.values, ...was.map(({ values }) => values)) as Record<string, unknown>,
        ),
      }),
    );
  } catch (error) {
    // Somebody else has changed or rewritten it: whoever tries again meets what stands now.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
  return true;
}
