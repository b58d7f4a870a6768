import type { Bid } from './book.ts';
import { many, type Case } from './case.ts';
import type { Measure } from './exact.ts';
import type { Lanes } from './lanes.ts';
import type { MemberJson, Proof, Schedule } from './proof.ts';

/** A member of a pool, in lots by quarter. */
export interface Member {
  readonly json: MemberJson;
  readonly open: ReadonlyMap<string, bigint>;
  /** What it must still get in a quarter in which it gets any. */
  readonly least: (quarter: string) => bigint;
  readonly isAbsent: (quarter: string) => boolean;
}

/** The members of each pool's bid whose destination the rules of the pool's zone decide in. */
export class Pools {
  readonly #members: ReadonlyMap<string, readonly Member[]>;
  readonly #lanes: Lanes;

  constructor({ snapshot, absent = [] }: Proof, measure: Measure, lanes: Lanes) {
    this.#lanes = lanes;
    const gone = new Set(absent.map(({ member, quarter }) => `${member} ${quarter}`));
    const lotsOf = (schedule: Schedule): Map<string, bigint> =>
      new Map(schedule.map(({ quarter, quantity }) => [quarter, measure.lots(quantity)]));
    const members = (snapshot.members ?? []).map((json): Member => {
      const had = lotsOf(json.contracted);
      const minimum = json.minimum ? measure.lots(json.minimum) : 0n;
      return {
        json,
        open: lotsOf(json.remaining),
        least: (quarter) => minimum - (had.get(quarter) ?? 0n),
        isAbsent: (quarter) => gone.has(`${json.id} ${quarter}`),
      };
    });
    this.#members = Map.groupBy(members, ({ json }) => json.bid);
  }

  /** Those who ask for something in some of the quarters; with `absent`, those a minimum keeps out as well. */
  of(bid: string, zone: string, quarters: readonly string[], absent: boolean): readonly Member[] {
    return (this.#members.get(bid) ?? []).filter(
      ({ json, open, isAbsent }) =>
        this.#lanes.decides(zone, json.destination) &&
        quarters.some((quarter) => (open.get(quarter) ?? 0n) > 0n && (absent || !isAbsent(quarter))),
    );
  }
}

/** Where a pool's lots go: all its members' countries at once. */
export const placeOf = (zone: string, members: readonly Member[]): string =>
  `${zone}:${[...new Set(members.map(({ json }) => json.destination))].sort().join()}`;

/** Each member of a pool takes no more than it asked for, nothing or its minimum at least, and its due proportion. */
export function shared({ proof, trades, fail }: Case): string | undefined {
  const { members: all } = proof.snapshot;
  if (all === undefined && trades.every(({ parts }) => parts === undefined)) return undefined;
  const got = new Map<string, bigint>();
  const pools = new Map<string, Bid>();
  for (const { bid, quarter, parts } of trades)
    for (const { at, member, lots } of parts ?? []) {
      const found = bid.members?.find(({ json }) => json.id === member);
      if (found === undefined || found.isAbsent(quarter)) fail(at, `${member} takes no part in ${quarter}`);
      pools.set(`${quarter} ${bid.json.id}`, bid);
      const sofar = (got.get(`${quarter} ${member}`) ?? 0n) + lots;
      got.set(`${quarter} ${member}`, sofar);
      if (sofar > (found?.open.get(quarter) ?? 0n))
        fail(`${at}/lots`, `${member} asked for less in ${quarter}`);
    }
  for (const [key, { members = [] }] of pools) {
    const quarter = key.slice(0, 7);
    const pointer = `/quarters/${proof.quarters.findIndex((each) => each.quarter === quarter)}/flows`;
    const lots = (member: Member): bigint => got.get(`${quarter} ${member.json.id}`) ?? 0n;
    for (const member of members)
      if (lots(member) > 0n && lots(member) < member.least(quarter))
        fail(pointer, `${member.json.id} is given less than its minimum in ${quarter}`);
    // Largest remainders leave everybody less than a lot from the exact proportion.
    const free = members.filter(
      (member) =>
        member.least(quarter) <= 0n &&
        !member.isAbsent(quarter) &&
        lots(member) < (member.open.get(quarter) ?? 0n),
    );
    const [first] = free;
    for (const member of free) {
      const [a, b] = [first!.open.get(quarter)!, member.open.get(quarter)!];
      const off = lots(first!) * b - lots(member) * a;
      if ((off < 0n ? -off : off) >= a + b)
        fail(pointer, `${first!.json.id} and ${member.json.id} are not served in proportion in ${quarter}`);
    }
  }
  return `${many(all?.length ?? 0, 'member')} of pools: served in proportion, none above what it asked for or below its minimum`;
}
