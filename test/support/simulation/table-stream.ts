import { readItem, type Item } from '../../../shared/store/table/item.ts';
import type { StreamRecord } from '../memory-dynamo/engine.ts';

/** As `infra/aws` sets up what follows the stream. */
const MOST_TRIES = 6;
const SHARDS = 2;
/** A batch that was handled and is told again. */
const REPEATS = 0.15;

export interface Batch {
  /** What was put for the first time, as the functions read it off the records; not always in order. */
  readonly items: readonly Item[];
  readonly handled: () => void;
  readonly failed: () => void;
}

/**
 * The table's stream as Lambda reads it: in shards, each at its own pace; a batch that fails comes again in halves and is
 * given up at last; one that was handled may come again.
 */
export class TableStream {
  /** Records given up: what they told of is found by the daily look at everything. */
  givenUp = 0;
  readonly #records: readonly StreamRecord[];
  readonly #random: () => number;
  readonly #most: number;
  readonly #wanted: (pk: string, sk: string) => boolean;
  readonly #shards = Array.from({ length: SHARDS }, () => ({ waiting: [] as Item[], tries: 0, most: 0 }));
  #read = 0;

  constructor(
    records: readonly StreamRecord[],
    random: () => number,
    { most, wanted }: { readonly most: number; readonly wanted: (pk: string, sk: string) => boolean },
  ) {
    this.#records = records;
    this.#random = random;
    this.#most = most;
    this.#wanted = wanted;
  }

  /** The next batch of some shard that has one. */
  next(): Batch | undefined {
    this.#take();
    const ready = this.#shards.filter(({ waiting }) => waiting.length > 0);
    const shard = ready[Math.floor(this.#random() * ready.length)];
    if (shard === undefined) return undefined;
    const items = shard.waiting.slice(0, shard.most === 0 ? this.#most : shard.most);
    const drop = (): void => {
      shard.waiting = shard.waiting.filter((item) => !items.includes(item));
      Object.assign(shard, { tries: 0, most: 0 });
    };
    return {
      items: this.#random() < 0.5 ? items : items.toSorted(() => this.#random() - 0.5),
      handled: () => {
        if (this.#random() >= REPEATS) drop();
      },
      failed: () => {
        shard.tries += 1;
        shard.most = Math.max(1, Math.ceil(items.length / 2));
        if (shard.tries < MOST_TRIES) return;
        this.givenUp += items.length;
        drop();
      },
    };
  }

  #take(): void {
    for (; this.#read < this.#records.length; this.#read += 1) {
      const { before, after, keys } = this.#records[this.#read]!;
      const [pk, sk] = [keys['pk']!.S!, keys['sk']!.S!];
      if (before !== undefined || after === undefined || !this.#wanted(pk, sk)) continue;
      const letters = Array.from(pk).reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
      this.#shards[letters % SHARDS]!.waiting.push(readItem(after));
    }
  }
}
