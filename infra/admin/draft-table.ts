import type { Action } from '../../shared/store/table/action.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { readItem, writeItem } from '../../shared/store/table/item.ts';
import type { Key } from '../../shared/store/table/keys/key.ts';
import type { Outcome } from '../../shared/store/table/table.ts';
import { Table } from '../../shared/store/table/table.ts';

type QueryOptions = NonNullable<Parameters<Table['query']>[1]>;

/**
 * What a table would be after writes that are not made: use cases of reference data are rehearsed on it, each on top of
 * those before. It knows puts, and updates that set or remove whole attributes; conditions hold, for nobody else writes.
 */
export class DraftTable extends Table {
  readonly #written = new Map<string, Item>();

  constructor(table: Table) {
    super({ client: table.client, name: table.name, pause: () => Promise.resolve(), random: () => 0 });
  }

  override async get(key: Key): Promise<Item | undefined> {
    return this.#written.get(nameOf(key)) ?? (await super.get(key));
  }

  override async getMany(wanted: readonly Key[]): Promise<Item[]> {
    return (await Promise.all(wanted.map((key) => this.get(key)))).filter((item) => item !== undefined);
  }

  override async query(pk: string, { limit, ...options }: QueryOptions = {}): Promise<Item[]> {
    const { prefix, after, reverse = false } = options;
    const isIn = (sk: string): boolean =>
      after !== undefined
        ? reverse
          ? sk < after
          : sk > after
        : prefix === undefined || sk.startsWith(prefix);
    const items = new Map((await super.query(pk, options)).map((item) => [skOf(item), item]));
    for (const item of this.#written.values())
      if (item['pk'] === pk && isIn(skOf(item))) items.set(skOf(item), item);
    const inOrder = [...items.values()].sort((a, b) => (skOf(a) < skOf(b) !== reverse ? -1 : 1));
    return limit === undefined ? inOrder : inOrder.slice(0, limit);
  }

  override async transact(actions: readonly Action[]): Promise<Outcome> {
    for (const action of actions) {
      if ('put' in action) this.#keep(action.put);
      else if ('update' in action)
        this.#keep({ ...((await this.get(action.update)) ?? action.update), ...assigned(action.set) });
      else throw new Error(`${action.name}: a rehearsal knows puts and updates only`);
    }
    return { done: true };
  }

  #keep(item: object): void {
    const kept = readItem(writeItem(item as Record<string, unknown>));
    this.#written.set(nameOf(kept), kept);
  }
}

const nameOf = ({ pk, sk }: Item | Key): string => `${String(pk)}\n${String(sk)}`;
const skOf = (item: Item): string => String(item['sk']);

type Set = Extract<Action, { update: Key }>['set'];

function assigned({ expression, names = {}, values = {} }: Set): Record<string, unknown> {
  const [sets = '', removals = ''] = expression.replace(/^SET /, '').split(/ ?REMOVE /);
  const attributes: Record<string, unknown> = {};
  for (const part of sets.split(', ').filter(Boolean)) {
    const [name = '', value = '', ...rest] = part.split(' = ');
    if (rest.length > 0 || !(value in values))
      throw new Error(`a rehearsal knows no expression like ${part}`);
    attributes[names[name] ?? name] = values[value];
  }
  for (const name of removals.split(', ').filter(Boolean)) attributes[names[name] ?? name] = undefined;
  return attributes;
}
