import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** An item as read: numbers are bigint. */
export type Item = Readonly<Record<string, unknown>>;

export const readItem = (item: Record<string, AttributeValue>): Item =>
  unmarshall(item, { wrapNumbers: (digits) => BigInt(digits) });

export const writeItem = (item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> =>
  marshall(item, { removeUndefinedValues: true });
