import { sha256 } from '../kernel/digest.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { must } from '../kernel/result.ts';
import type { QuarterQuantity } from '../orders/delivery.ts';
import { lotsOf } from '../pricing/product-terms.ts';
import type { BookBid, BookMember, Snapshot } from './snapshot.ts';
import { decidesIn } from './eligibility/trade-terms.ts';

/** A member of a pool in the integers that clearing compares, with something still to take. */
export interface MemberEntry {
  readonly member: BookMember;
  /** Lots that it still asks for, per quarter of the book. */
  readonly lots: readonly number[];
  /** The least it takes, per quarter of the book: what it stated less what it has contracted there. */
  readonly minima: readonly number[];
}

/** Members that take no part in a quarter: their minimum cannot be met there. */
export class Absences {
  readonly #absent = new Set<string>();

  add(member: string, quarter: Quarter): void {
    this.#absent.add(`${member} ${quarter}`);
  }

  has(member: string, quarter: Quarter): boolean {
    return this.#absent.has(`${member} ${quarter}`);
  }

  hasAny(quarter: Quarter): boolean {
    return this.list().some((absence) => absence.quarter === quarter);
  }

  /** Sorted by member, then quarter. */
  list(): { member: string; quarter: Quarter }[] {
    return [...this.#absent].sort().map((absence) => {
      const [member = '', quarter = ''] = absence.split(' ');
      return { member, quarter };
    });
  }

  get size(): number {
    return this.#absent.size;
  }
}

/** A member's destination must lie in the pool's zone at gate closure, and no other zone's rules may decide there. */
export const takesPart = (snapshot: Snapshot, bid: BookBid, { destination }: BookMember): boolean =>
  bid.zone !== undefined && decidesIn(snapshot, bid.zone, destination);

/** The members of a pool that still ask for something in some quarter, by a hash of clearing and member. */
export function memberEntries(
  snapshot: Snapshot,
  bid: BookBid,
  members: readonly BookMember[],
  quarters: readonly Quarter[],
  absences: Absences,
): MemberEntry[] {
  const lotsIn = (entries: readonly QuarterQuantity[], quarter: Quarter): number => {
    const quantity = entries.find((entry) => entry.quarter === quarter)?.quantity;
    return quantity === undefined || quantity.amount.units === 0n
      ? 0
      : Number(must(lotsOf(quantity, snapshot.product)));
  };
  const rank = (member: BookMember): string => sha256(`${snapshot.clearing}\n${member.id}`);
  return members
    .filter((member) => takesPart(snapshot, bid, member))
    .map((member) => {
      const minimum =
        member.minimum === undefined ? 0 : Number(must(lotsOf(member.minimum, snapshot.product)));
      return {
        member,
        lots: quarters.map((quarter) =>
          absences.has(member.id, quarter) ? 0 : lotsIn(member.remaining, quarter),
        ),
        minima: quarters.map((quarter) => Math.max(minimum - lotsIn(member.contracted, quarter), 0)),
      };
    })
    .filter(({ lots }) => lots.some((count) => count > 0))
    .map((entry) => ({ entry, rank: rank(entry.member) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ entry }) => entry);
}
