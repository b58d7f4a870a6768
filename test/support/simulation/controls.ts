import type { Action, Update } from '../../../shared/store/table/action.ts';
import type { Attribute, Clause } from '../../../shared/store/table/condition.ts';
import type { Key } from '../../../shared/store/table/keys/key.ts';
import type { Outcome, Updated } from '../../../shared/store/table/table.ts';
import { Table } from '../../../shared/store/table/table.ts';

/** A named condition of a write, and where: `ORDER#… ORDER lockedBy` is `ORDER ORDER lockedBy`. */
export type Guard = string;

/** Sort keys that begin with a name of their own kind; of the others only that they are some. */
const kinds =
  /^(V|EVENT|CONTRACT|MOVEMENT|DELIVERY|CHUNK|RECORD|NEED|PERIOD|BALANCE|PACE|RUN|USE|OUTCOME|ASSESSMENT|BOUGHT|[A-Z]+)(#|$)/;

export const guardOf = ({ pk, sk }: Key, { name }: Clause): Guard =>
  `${pk.split('#')[0]!} ${kinds.exec(sk)?.[1] ?? '*'} ${name}`;

const keyOf = (action: Action): Key =>
  'put' in action
    ? action.put
    : 'update' in action
      ? action.update
      : 'remove' in action
        ? action.remove
        : action.check;

/** Every guard that a write has carried in this process, taken away or not. */
export const heard = new Set<Guard>();

/** A table from which some guards have been taken away, as if nobody had thought of them. */
export class UnguardedTable extends Table {
  readonly #isTaken: (guard: Guard) => boolean;

  constructor(options: ConstructorParameters<typeof Table>[0], isTaken: (guard: Guard) => boolean) {
    super(options);
    this.#isTaken = isTaken;
  }

  override transact(actions: readonly Action[], token?: string): Promise<Outcome> {
    const bare = actions.map((action) => ({
      ...action,
      conditions: this.#left(keyOf(action), action.conditions ?? []),
    }));
    // A check of nothing is none.
    return super.transact(
      bare.filter((action) => !('check' in action) || action.conditions.length > 0),
      token,
    );
  }

  override update(key: Key, set: Update, conditions: readonly Clause[]): Promise<Updated> {
    return super.update(key, set, this.#left(key, conditions));
  }

  override put(
    item: Key & Readonly<Record<string, Attribute>>,
    conditions: readonly Clause[] = [],
  ): Promise<Updated> {
    return super.put(item, this.#left(item, conditions));
  }

  #left(key: Key, conditions: readonly Clause[]): Clause[] {
    return conditions.filter((clause) => {
      const guard = guardOf(key, clause);
      heard.add(guard);
      return !this.#isTaken(guard);
    });
  }
}
