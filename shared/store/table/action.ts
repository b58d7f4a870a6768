import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Attribute, Clause } from './condition.ts';
import { allOf, mergePlaceholders } from './condition.ts';
import { writeItem, writeWhole } from './item.ts';
import type { Migrations } from './item-versions.ts';
import { shapeAttribute, shapeVersion } from './item-versions.ts';
import type { Key } from './keys/key.ts';

/** One write of a transaction. `name` says in errors and tests which one failed. */
export type Action = {
  readonly name: string;
  readonly conditions?: readonly Clause[];
} & (
  | { readonly put: Key & Readonly<Record<string, Attribute | undefined>> }
  | { readonly update: Key; readonly set: Update }
  | { readonly remove: Key }
  | { readonly check: Key }
);

/** An update expression with its placeholders. */
export interface Update {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, Attribute>>;
}

/** That an update meets the shape it was written for, or nothing yet. */
const shapeClause = (version: number): Clause => ({
  name: shapeAttribute,
  expression: `attribute_not_exists(pk) OR #shape_ = :shape_`,
  names: { '#shape_': shapeAttribute },
  values: { ':shape_': version },
});

/**
 * The write as DynamoDB takes it in a transaction. An update of an item whose shape has ever changed holds only in the
 * shape of today.
 */
export function transactItem(table: string, action: Action, migrations?: Migrations): TransactWriteItem {
  const shape = 'update' in action ? (shapeVersion(action.update, migrations) ?? 1) : 1;
  const condition = allOf(...(action.conditions ?? []), ...(shape === 1 ? [] : [shapeClause(shape)]));
  const conditional = {
    TableName: table,
    ...(condition.expression === '' ? {} : { ConditionExpression: condition.expression }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const placeholders = (names: Record<string, string>, values: Record<string, Attribute>) => ({
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: writeItem(values) }),
  });
  if ('put' in action)
    return {
      Put: {
        ...conditional,
        ...placeholders(condition.names, condition.values),
        Item: writeWhole(action.put, migrations),
      },
    };
  if ('update' in action)
    return {
      Update: {
        ...conditional,
        Key: marshall({ pk: action.update.pk, sk: action.update.sk }),
        UpdateExpression: shape === 1 ? action.set.expression : withShape(action.set.expression),
        ...placeholders(
          mergePlaceholders([condition.names, action.set.names ?? {}]),
          mergePlaceholders<Attribute>([condition.values, action.set.values ?? {}]),
        ),
      },
    };
  const target = 'remove' in action ? action.remove : action.check;
  const plain = {
    ...conditional,
    ...placeholders(condition.names, condition.values),
    Key: marshall({ pk: target.pk, sk: target.sk }),
  };
  return 'remove' in action
    ? { Delete: plain }
    : { ConditionCheck: { ...plain, ConditionExpression: condition.expression } };
}

/** The same update, which also says the shape: an item that it makes is of today's. */
const withShape = (expression: string): string =>
  expression.includes('SET ')
    ? expression.replace('SET ', `SET #shape_ = :shape_, `)
    : `SET #shape_ = :shape_ ${expression}`;
