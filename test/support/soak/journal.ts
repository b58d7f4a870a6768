import type { Json, Role } from '../market-client.ts';

export interface Who {
  readonly organisation: string;
  readonly role: Role;
  readonly subject?: string;
}

/** An order that was acknowledged, as it must be found. */
export interface KnownOrder {
  readonly kind: 'offers' | 'bids';
  readonly id: string;
  readonly owner: Who;
  readonly product: string;
  price: string;
  /** An acknowledged withdrawal: it may not be open again. */
  withdrawn: boolean;
}

/** A delivery that was acknowledged, with the furthest step that was. */
export interface KnownDelivery {
  readonly id: string;
  readonly contract: string;
  readonly steps: ('announced' | 'received' | 'accepted')[];
}

/** A write under an Idempotency-Key, and the id that was answered. */
export interface Keyed {
  readonly who: Who;
  readonly path: string;
  readonly body: unknown;
  readonly key: string;
  readonly id: string;
}

/** What the server has acknowledged, as its clients remember it: they do not die. */
export class Journal {
  readonly orders = new Map<string, KnownOrder>();
  readonly deliveries = new Map<string, KnownDelivery>();
  readonly lots = new Set<string>();
  readonly clearings = new Set<string>();
  /** Of these, the ones that died five times before anything was decided. */
  readonly givenUp = new Set<string>();
  /** Contracts that were seen once, in what never changes of them. */
  readonly contracts = new Map<string, string>();
  /** The latest few, to be sent again. */
  readonly keyed: Keyed[] = [];
  /** Requests that were given up without an answer: each may have had its effect once, or not at all. */
  readonly abandoned = new Map<string, number>();
  /** How often what was answered: operation and status or problem code. */
  readonly answers = new Map<string, number>();
  acknowledged = 0;
  unanswered = 0;

  count(what: string): void {
    this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
  }

  abandon(what: string): void {
    this.abandoned.set(what, (this.abandoned.get(what) ?? 0) + 1);
  }

  remember(keyed: Keyed): void {
    this.keyed.push(keyed);
    if (this.keyed.length > 200) this.keyed.shift();
  }
}

/** Which of an answer's fields say that a contract is the one that was concluded. */
export const immutableOf = (contract: Json): string =>
  JSON.stringify([
    ...[contract.clearing, contract.offer, contract.bid, contract.seller, contract.buyer],
    ...[contract.schedule, contract.totals, contract.concludedAt],
  ]);
