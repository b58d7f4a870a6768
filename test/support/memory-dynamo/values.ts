import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB's JSON protocol writes it. */
export type WireItem = Readonly<Record<string, AttributeValue>>;

/** What DynamoDB answers where a request breaks its rules: the SDK makes an error of this name of it. */
export class EngineError extends Error {
  readonly type: string;
  readonly more: object;

  constructor(type: string, message: string, more: object = {}) {
    super(message);
    this.type = type;
    this.more = more;
  }
}
export const invalid = (message: string): EngineError => new EngineError('ValidationException', message);

/** Numbers of this repository are integers: anything else is a mistake that a test should show. */
export function integerOf(value: AttributeValue | undefined): bigint {
  if (value?.N === undefined || !/^-?\d{1,38}$/.test(value.N)) throw invalid('expected an integer');
  return BigInt(value.N);
}

const byteCompare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Order of two values of one type; `undefined` where they are of types that have none. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return a.S === b.S ? 0 : byteCompare(a.S, b.S);
  if (a.N !== undefined && b.N !== undefined) {
    const [left, right] = [integerOf(a), integerOf(b)];
    return left === right ? 0 : left < right ? -1 : 1;
  }
  return undefined;
}

export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  const order = compareValues(a, b);
  if (order !== undefined) return order === 0;
  if (a.L !== undefined && b.L !== undefined) {
    const other = b.L;
    return a.L.length === other.length && a.L.every((each, index) => equalValues(each, other[index]!));
  }
  if (a.M !== undefined && b.M !== undefined) {
    const other = b.M;
    const names = Object.keys(a.M);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => other[name] !== undefined && equalValues(a.M[name]!, other[name]))
    );
  }
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Roughly what DynamoDB counts: UTF-8 bytes of names and values. */
export const sizeOf = (item: WireItem): number => Buffer.byteLength(JSON.stringify(item));

/** The greatest item, in bytes. */
export const MOST_ITEM_BYTES = 400 * 1024;
