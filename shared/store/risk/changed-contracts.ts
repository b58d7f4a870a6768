import type { Instant } from '../../kernel/time.ts';
import type { Action } from '../table/action.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import { expiresAfter } from './notices.ts';
import type { Table } from '../table/table.ts';

/**
 * Which contracts of a product have changed, as followers tell each other: each of their looks at a product has a number,
 * and those that followed events of contracts leave a note under it of which. Who has seen all up to a number need read no
 * contract but those of the notes behind it.
 */
export interface Changes {
  /** Of the last look there was; 0 if there was none. */
  readonly last: number;
  readonly contracts: readonly string[];
}

/** Far longer than anybody goes by what he has seen without looking at everything anew. */
const keptDays = 2;

/** How many looks at a product there have been. */
export async function lastChange(table: Table, product: string): Promise<number> {
  return Number((await table.get(keys.lastChange(product)))?.['looks'] ?? 0);
}

/** The contracts of the notes behind a number, read consistently. */
export async function changesSince(table: Table, product: string, seen: number): Promise<Changes> {
  const last = await lastChange(table, product);
  if (last <= seen) return { last, contracts: [] };
  const { pk, sk } = keys.changedContracts(product, seen);
  const notes = await table.query(pk, { after: sk });
  return { last, contracts: [...new Set(notes.flatMap((note) => note['contracts'] as string[]))] };
}

/**
 * Moves the number of notes on, with a note of contracts if any have changed: refused if somebody did so since it was
 * seen. Whoever writes what follows from a look at a product does it in this transaction. So looks at one product have an
 * order, and each has seen what those before it have followed.
 */
export const noteChanges = (
  product: string,
  seen: number,
  contracts: readonly string[],
  at: Instant,
): Action[] => [
  {
    name: 'last change',
    put: { ...keys.lastChange(product), looks: seen + 1 },
    conditions: [seen === 0 ? doesNotExist : looksAre(seen)],
  },
  ...(contracts.length === 0
    ? []
    : [
        {
          name: 'changed contracts',
          put: {
            ...keys.changedContracts(product, seen + 1),
            contracts: [...contracts],
            expiresAt: expiresAfter(at, keptDays),
          },
        },
      ]),
];

/** Nobody has looked since. */
const looksAre = (seen: number): Clause => ({
  name: 'looksAre',
  expression: 'looks = :looksSeen',
  values: { ':looksSeen': seen },
});
