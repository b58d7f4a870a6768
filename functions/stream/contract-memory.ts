import type { Contract } from '../../shared/contracts/contract.ts';
import { quarterFromNumber, quarterNumber, quarterOf } from '../../shared/kernel/quarter.ts';
import type { CalendarDate, Instant } from '../../shared/kernel/time.ts';
import { dateOf, millisecondsOf } from '../../shared/kernel/time.ts';
import type { AssessedContract } from '../../shared/risk/assessment-inputs.ts';
import { quartersBack } from '../../shared/store/risk/assessment-inputs.ts';
import type { Changes } from '../../shared/store/risk/changed-contracts.ts';
import { changesSince, lastChange } from '../../shared/store/risk/changed-contracts.ts';
import { readContract } from '../../shared/store/contracts/contracts.ts';
import {
  assessing,
  inOrder,
  livingContracts,
  reaches,
  readGroups,
} from '../../shared/store/contracts/product-contracts.ts';
import type { Table } from '../../shared/store/table/table.ts';

export interface MemorySettings {
  /** How long a product's contracts are gone by before all of them are read again, in milliseconds. */
  readonly trustedMilliseconds: number;
  /** Contracts remembered of all products at most: a few kilobytes each. */
  readonly most: number;
}

const usual: MemorySettings = { trustedMilliseconds: 3_600_000, most: 20_000 };

/** Looks at a product within which a contract that is new is in its index for certain. */
const indexLag = 25;

/** Contracts of a product as assessments count them, with the number of the last look that is in them. */
export interface Seen {
  readonly contracts: readonly AssessedContract[];
  readonly last: number;
}

interface Read {
  readonly events: number;
  readonly assessed: AssessedContract;
}

interface Remembered {
  readonly today: CalendarDate;
  readonly readAt: number;
  seen: number;
  /** With how many events each has been read: it is never replaced by what was read before. */
  readonly contracts: Map<string, Read>;
}

/**
 * What a follower remembers of contracts from one batch of events to the next, so that a batch reads those that have
 * changed and no others: those of its own events, and those that other followers have noted since. Everything is read
 * anew on each new day, and after a while: what nobody has told of is made good by that.
 */
export class ContractMemory {
  readonly #products = new Map<string, Remembered>();
  readonly #settings: MemorySettings;

  constructor(settings: Partial<MemorySettings> = {}) {
    this.#settings = { ...usual, ...settings };
  }

  /**
   * A product's contracts as they stand at `at`, or later: nothing that was noted before is missing, and `changed` are
   * read whatever is remembered. `anew` reads all of them.
   */
  async look(
    table: Table,
    product: string,
    { at, changed, anew = false }: { at: Instant; changed: readonly string[]; anew?: boolean },
  ): Promise<Seen> {
    const today = dateOf(at);
    const since = quarterFromNumber(quarterNumber(quarterOf(today)) - quartersBack);
    // Related parties may change without any contract: they are told apart when they are asked for.
    const assess = assessing(table, product, today, (organisation) => organisation);
    const remember = async (
      into: Remembered,
      contracts: readonly (Contract | undefined)[],
    ): Promise<void> => {
      const wanted = contracts.filter((each) => each !== undefined && reaches(each, since)) as Contract[];
      for (const [index, assessed] of (await assess(wanted)).entries()) {
        const events = wanted[index]!.events.length;
        if ((into.contracts.get(assessed.contract)?.events ?? 0) <= events)
          into.contracts.set(assessed.contract, { events, assessed });
      }
    };
    const known = anew ? undefined : this.#trusted(product, today, at);
    const memory: Remembered = known ?? {
      ...{ today, readAt: millisecondsOf(at), contracts: new Map<string, Read>() },
      // The index by which contracts are found lags: those noted last are read by their own keys as well.
      seen: Math.max(0, (await lastChange(table, product)) - indexLag),
    };
    if (known === undefined)
      for await (const some of livingContracts(table, product, { since })) await remember(memory, some);
    const news: Changes = await changesSince(table, product, memory.seen);
    const ids = [...new Set([...changed, ...news.contracts])];
    await remember(memory, await Promise.all(ids.map((id) => readContract(table, id))));
    memory.seen = Math.max(memory.seen, news.last);
    this.#keep(product, memory);
    const group = await readGroups(table);
    const contracts = [...memory.contracts.values()].map(({ assessed }) => ({
      ...assessed,
      seller: group(assessed.parties[0]!),
      buyer: group(assessed.parties[1]!),
    }));
    return { contracts: inOrder(contracts), last: news.last };
  }

  #trusted(product: string, today: CalendarDate, at: Instant): Remembered | undefined {
    const known = this.#products.get(product);
    if (known === undefined || known.today !== today) return undefined;
    const age = millisecondsOf(at) - known.readAt;
    return age >= 0 && age < this.#settings.trustedMilliseconds ? known : undefined;
  }

  /** The one asked for last is forgotten last. */
  #keep(product: string, memory: Remembered): void {
    this.#products.delete(product);
    this.#products.set(product, memory);
    let held = [...this.#products.values()].reduce((sum, { contracts }) => sum + contracts.size, 0);
    for (const [oldest, { contracts }] of this.#products) {
      if (held <= this.#settings.most) break;
      this.#products.delete(oldest);
      held -= contracts.size;
    }
  }
}
