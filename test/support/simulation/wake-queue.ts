import type { QueueRecord } from '../../../functions/clearing/consume.ts';

interface Message {
  readonly id: string;
  readonly product: string;
  visibleAt: number;
  receives: number;
}

/** As `infra/aws` sets up the clearing queue. */
const VISIBILITY_MILLISECONDS = 16 * 60_000;
const MOST_RECEIVES = 5;
/** A deletion that the queue forgets: the message is offered once more. */
const FORGETS = 0.1;

/**
 * The FIFO queue that wakes workers: of a group one message at a time is with anybody, and hidden from others until it
 * is deleted, given back, or its time is up; what is received too often goes to the dead letters.
 */
export class WakeQueue {
  readonly deadLetters: string[] = [];
  readonly #random: () => number;
  #messages: Message[] = [];
  #sent = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  get waiting(): number {
    return this.#messages.length;
  }

  send(product: string): void {
    this.#sent += 1;
    this.#messages.push({ id: `message-${this.#sent}`, product, visibleAt: 0, receives: 0 });
  }

  /** At most so many messages, none of a group behind one that somebody has. */
  receive(now: number, most: number): QueueRecord[] {
    const inHand = new Set(this.#messages.flatMap((each) => (each.visibleAt > now ? [each.product] : [])));
    const offered = this.#messages.filter(({ product }) => !inHand.has(product)).slice(0, most);
    const worn = offered.filter(({ receives }) => receives >= MOST_RECEIVES);
    this.deadLetters.push(...worn.map(({ product }) => product));
    this.#drop(new Set(worn.map(({ id }) => id)));
    return offered.flatMap((message) => {
      if (worn.includes(message)) return [];
      message.receives += 1;
      message.visibleAt = now + VISIBILITY_MILLISECONDS;
      const { id, product } = message;
      return [{ messageId: id, body: JSON.stringify({ product }), attributes: { MessageGroupId: product } }];
    });
  }

  /** What the consumer has answered of a batch: all but the failed ones are deleted. */
  answer(batch: readonly QueueRecord[], failed: ReadonlySet<string>): void {
    for (const message of this.#messages) if (failed.has(message.id)) message.visibleAt = 0;
    const done = batch.map(({ messageId }) => messageId).filter((id) => !failed.has(id));
    this.#drop(new Set(done.filter(() => this.#random() >= FORGETS)));
  }

  #drop(ids: ReadonlySet<string>): void {
    this.#messages = this.#messages.filter(({ id }) => !ids.has(id));
  }
}
