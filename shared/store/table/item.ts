import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Migrations } from './item-versions.ts';
import { migrated, shapeAttribute, shapeVersion } from './item-versions.ts';
import type { Key } from './keys/key.ts';

/** An item as read: numbers are bigint. */
export type Item = Readonly<Record<string, unknown>>;

/** An item as it is stored, its stamp included, in whatever shape it has. */
export const readStored = (item: Record<string, AttributeValue>): Item =>
  unmarshall(item, { wrapNumbers: (digits) => BigInt(digits) });

/** An item in its shape of today. */
export const readItem = (item: Record<string, AttributeValue>, migrations?: Migrations): Item =>
  migrated(readStored(item), migrations);

export const writeItem = (item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> =>
  marshall(item, { removeUndefinedValues: true });

/** An item as it is put: with the version of its shape, if it is of a noun. */
export function writeWhole(
  item: Key & Readonly<Record<string, unknown>>,
  migrations?: Migrations,
): Record<string, AttributeValue> {
  const version = shapeVersion(item, migrations);
  return writeItem(version === undefined ? item : { ...item, [shapeAttribute]: version });
}
