import type { Meddler } from '../faults.ts';

/** How often a process is frozen after a call, and for how many turns of others at most. */
const FREEZES = 0.1;
const MOST_FROZEN_TURNS = 60;

/**
 * Lets processes make one call at a time, the next one chosen by `random` among those that want to. A call is only
 * chosen once every process wants to make one or has ended, so a seed always comes to the same history, however long
 * the computer takes for what lies between two calls.
 */
export class Turns {
  readonly #waiting: { readonly process: number; readonly go: () => void }[] = [];
  readonly #alive = new Set<number>();
  readonly #random: () => number;
  /** Runs before each call: time goes by. */
  readonly #between: () => void;
  /** Processes that the host has frozen, and for how many turns of others. */
  readonly #frozen = new Map<number, number>();
  #spawned = 0;
  #busy = false;

  constructor(random: () => number, between: () => void) {
    this.#random = random;
    this.#between = between;
  }

  /** Runs these processes to their ends, all at once; each gets a meddler through which its calls must go. */
  async all<T>(processes: readonly ((turn: Meddler) => Promise<T>)[]): Promise<T[]> {
    const numbered = processes.map((process) => ({ process, number: ++this.#spawned }));
    for (const { number } of numbered) this.#alive.add(number);
    const ended = await Promise.allSettled(
      numbered.map(async ({ process, number }) => {
        try {
          return await process((send) => this.#inTurn(number, send));
        } finally {
          this.#alive.delete(number);
          this.#next();
        }
      }),
    );
    return ended.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  }

  async #inTurn(process: number, send: () => Promise<unknown>): Promise<unknown> {
    await new Promise<void>((go) => {
      this.#waiting.push({ process, go });
      this.#next();
    });
    try {
      return await send();
    } finally {
      this.#busy = false;
      // What the caller does with the answer comes first: it may want its next turn.
      setImmediate(() => {
        this.#next();
      });
    }
  }

  #next(): void {
    const wanting = new Set(this.#waiting.map(({ process }) => process));
    if (this.#busy || wanting.size === 0 || wanting.size < this.#alive.size) return;
    for (const [process, turns] of this.#frozen)
      if (turns > 1) this.#frozen.set(process, turns - 1);
      else this.#frozen.delete(process);
    const awake = this.#waiting.filter(({ process }) => !this.#frozen.has(process));
    const ready = awake.length > 0 ? awake : this.#waiting;
    const chosen = ready[Math.floor(this.#random() * ready.length)]!;
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1);
    if (this.#random() < FREEZES)
      this.#frozen.set(chosen.process, Math.ceil(this.#random() * MOST_FROZEN_TURNS));
    this.#busy = true;
    this.#between();
    chosen.go();
  }
}
