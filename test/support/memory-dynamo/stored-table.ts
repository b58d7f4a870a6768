import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compareValues, invalid, type WireItem } from './values.ts';

export interface KeyShape {
  readonly partition: string;
  readonly sort: string;
}

const textOf = (value: AttributeValue | undefined): string => {
  if (value?.S === undefined || value.S === '')
    throw invalid('One or more parameter values were invalid: key');
  return value.S;
};

/** The items of one table by key, and its indexes, which hold keys only. */
export class StoredTable {
  readonly name: string;
  readonly #shape: KeyShape;
  readonly #indexes: ReadonlyMap<string, KeyShape>;
  readonly #partitions = new Map<string, Map<string, WireItem>>();
  /** By index and its partition, the items that are in it, by the table's own key. */
  readonly #indexed = new Map<string, Map<string, WireItem>>();

  constructor(name: string, shape: KeyShape, indexes: ReadonlyMap<string, KeyShape>) {
    this.name = name;
    this.#shape = shape;
    this.#indexes = indexes;
  }

  /** Exactly the key's two attributes. */
  keyOf(item: WireItem): WireItem {
    const { partition, sort } = this.#shape;
    textOf(item[partition]);
    textOf(item[sort]);
    return { [partition]: item[partition]!, [sort]: item[sort]! };
  }

  get(key: WireItem): WireItem | undefined {
    if (Object.keys(key).length !== 2) throw invalid('The provided key element does not match the schema');
    const { partition, sort } = this.#shape;
    return this.#partitions.get(textOf(key[partition]))?.get(textOf(key[sort]));
  }

  /** A key as one text. */
  textOf(key: WireItem): string {
    const { partition, sort } = this.#shape;
    return `${key[partition]!.S!} ${key[sort]!.S!}`;
  }

  /** Puts an item in the place of what stands there, or takes that away. */
  put(key: WireItem, item: WireItem | undefined): void {
    const { partition, sort } = this.#shape;
    const pk = textOf(key[partition]);
    const items = this.#partitions.get(pk) ?? new Map<string, WireItem>();
    for (const [index, shape] of this.#indexes) this.#place(index, shape, key, item);
    if (item === undefined) items.delete(textOf(key[sort]));
    else items.set(textOf(key[sort]), item);
    if (items.size === 0) this.#partitions.delete(pk);
    else this.#partitions.set(pk, items);
  }

  /** By sort key, of the table or of an index. */
  partition(index: string | undefined, pk: string): WireItem[] {
    if (index === undefined)
      return this.#sorted([...(this.#partitions.get(pk)?.values() ?? [])], this.#shape);
    const shape = this.#indexes.get(index);
    if (shape === undefined) throw invalid(`The table does not have the specified index: ${index}`);
    const found = [...(this.#indexed.get(`${index} ${pk}`)?.values() ?? [])];
    return this.#sorted(found, shape).map((item) => this.positionOf(item, index));
  }

  /** Moves an item from where it stood in an index, if anywhere, to where it now stands. */
  #place(index: string, { partition, sort }: KeyShape, key: WireItem, item: WireItem | undefined): void {
    const placeOf = (each: WireItem | undefined): string | undefined =>
      each?.[partition]?.S === undefined || each[sort] === undefined
        ? undefined
        : `${index} ${each[partition].S}`;
    const [own, before, now] = [this.textOf(key), placeOf(this.get(key)), placeOf(item)];
    if (before !== undefined && before !== now) this.#indexed.get(before)?.delete(own);
    if (now === undefined || item === undefined) return;
    const there = this.#indexed.get(now) ?? new Map<string, WireItem>();
    this.#indexed.set(now, there.set(own, item));
  }

  all(): WireItem[] {
    return [...this.#partitions.values()].flatMap((items) => [...items.values()]);
  }

  positionOf(item: WireItem, index?: string): WireItem {
    const shapes = [this.#shape, ...(index === undefined ? [] : [this.#indexes.get(index)!])];
    const names = shapes.flatMap(({ partition, sort }) => [partition, sort]);
    return Object.fromEntries(names.map((name) => [name, item[name]!]));
  }

  isAt(item: WireItem, key: WireItem): boolean {
    const { partition, sort } = this.#shape;
    return item[partition]?.S === key[partition]?.S && item[sort]?.S === key[sort]?.S;
  }

  #sorted(items: WireItem[], { sort }: KeyShape): WireItem[] {
    return items.sort((a, b) => compareValues(a[sort]!, b[sort]!) ?? 0);
  }
}
