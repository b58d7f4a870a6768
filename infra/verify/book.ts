import { attempt, Unreadable, type Measure } from './exact.ts';
import { placeOf, type Member } from './pools.ts';
import type { Rules } from './rules.ts';
import type { BidJson, OfferJson, Snapshot } from './proof.ts';

/** An order in ticks and lots. `at` is its place in the proof. */
export interface Order<Json> {
  readonly json: Json;
  readonly at: string;
  /** The ask or the limit. */
  readonly price: bigint;
  /** Lots that may clear, by quarter: not begun, and not fewer than the order's own conditions ask for. */
  readonly lots: ReadonlyMap<string, bigint>;
  /** `fixed`, or what the price is indexed to. */
  readonly terms: string;
  /** Of an indexed price: the most in ticks that it may settle at; undefined without a cap. */
  readonly cap: bigint | undefined;
  readonly minimumLot: bigint;
}
export interface Offer extends Order<OfferJson> {
  readonly origin: string;
  readonly verified: boolean;
}
export interface Bid extends Order<BidJson> {
  /** The groups of related parties that it buys for. */
  readonly groups: ReadonlySet<string>;
  /** Of a pool: who takes part. Its lots are theirs, and `destination` stands for all their countries. */
  readonly members?: readonly Member[];
  /** Of a pool: the bid if no minimum kept any member out. */
  readonly unabridged?: Bid;
}

export interface Book {
  /** Quarters that any open order names and that have not begun, in order. */
  readonly quarters: readonly string[];
  readonly offers: ReadonlyMap<string, Offer>;
  readonly bids: ReadonlyMap<string, Bid>;
}

/** The orders that could clear. Calls `fail` for those that cannot be read. */
export function readBook(
  snapshot: Snapshot,
  measure: Measure,
  rules: Rules,
  fail: (pointer: string, problem: string) => void,
): Book {
  const sites = new Map(snapshot.sites.map((site) => [site.id, site]));
  const quarters = new Set<string>();
  const ids = new Set<string>();
  const isOpen = ({ validUntil }: OfferJson | BidJson): boolean =>
    typeof validUntil !== 'string' || validUntil > snapshot.gateClosure;
  const read = <Json extends OfferJson | BidJson>(
    json: Json,
    at: string,
    round: 'up' | 'down',
  ): Order<Json> => {
    if (ids.has(json.id)) throw new Unreadable(`${json.id} is in the book twice`);
    ids.add(json.id);
    const lots = new Map<string, bigint>();
    for (const { quarter, quantity } of isOpen(json) ? json.remaining : []) {
      if (rules.hasBegun(quarter)) continue;
      if (lots.has(quarter)) throw new Unreadable(`${json.id} names ${quarter} twice`);
      quarters.add(quarter);
      lots.set(quarter, measure.lots(quantity));
    }
    const { priceTerms, minimumLot } = json;
    const least = minimumLot ? measure.lots(minimumLot, 'up') : 1n;
    return {
      ...{ json, at, minimumLot: least, price: measure.ticks(json.price, round) },
      lots: withoutHopeless(lots, least, json.minimumQuarters ?? 1, json.allOrNone === true),
      ...(priceTerms?.kind === 'indexed'
        ? {
            terms: `indexed ${priceTerms.reference ?? ''}`,
            cap: priceTerms.cap ? measure.ticks(priceTerms.cap, round) : undefined,
          }
        : { terms: 'fixed', cap: undefined }),
    };
  };
  const all = <Json, Made>(
    list: readonly Json[],
    name: string,
    make: (json: Json, at: string) => Made,
  ): Made[] =>
    list.flatMap((json, index) => {
      const at = `/snapshot/${name}/${index}`;
      return attempt(fail, at, () => [make(json, at)]) ?? [];
    });
  const offers = all(snapshot.offers, 'offers', (json, at): Offer => {
    const site = sites.get(json.site);
    if (site === undefined) throw new Unreadable(`there is no site ${json.site}`);
    return { ...read(json, at, 'up'), origin: site.country, verified: site.verified };
  });
  const bids = all(snapshot.bids, 'bids', (json, at): Bid => {
    const single = { ...read(json, at, 'down'), groups: new Set([json.group]) };
    if (typeof json.pool !== 'string') return single;
    const unabridged = pooled(single, true);
    return { ...pooled(single, false), unabridged };
  });
  /** A pool's bid of those of its members who take part. */
  function pooled(bid: Bid, absent: boolean): Bid {
    const { json, at } = bid;
    const named = json.remaining.map(({ quarter }) => quarter).filter((quarter) => !rules.hasBegun(quarter));
    const members = rules.pools.of(json.id, json.zone ?? '', named, absent);
    const lots = new Map(
      named.map((quarter) => [
        quarter,
        members.reduce(
          (all, { open, isAbsent }) => (!absent && isAbsent(quarter) ? all : all + (open.get(quarter) ?? 0n)),
          0n,
        ),
      ]),
    );
    const inRow = json.minimumQuarters ?? 1;
    return {
      ...bid,
      ...{ at, members, json: { ...json, destination: placeOf(json.zone ?? '', members) } },
      lots: isOpen(json) ? withoutHopeless(lots, bid.minimumLot, inRow, json.allOrNone === true) : new Map(),
      groups: new Set([json.group, ...members.map((member) => member.json.group)]),
    };
  }
  const byId = <Made extends Order<{ readonly id: string }>>(list: readonly Made[]) =>
    new Map(list.map((each) => [each.json.id, each]));
  return { quarters: [...quarters].sort(), offers: byId(offers), bids: byId(bids) };
}

/** Quarters with too little left for the order's own minimum, in rows too short for it, can trade no more. */
function withoutHopeless(
  lots: ReadonlyMap<string, bigint>,
  least: bigint,
  inARow: number,
  allOrNone: boolean,
): ReadonlyMap<string, bigint> {
  const open = new Map([...lots].filter(([, count]) => count > 0n));
  const reaching = [...open].filter(([, count]) => count >= least).map(([quarter]) => quarter);
  const able = rowsOf(reaching)
    .filter((row) => row.length >= inARow)
    .flat();
  if (allOrNone && able.length < open.size) return new Map();
  return new Map(able.map((quarter) => [quarter, open.get(quarter)!]));
}

/** Quarters in rows of consecutive ones. */
export function rowsOf(quarters: readonly string[]): string[][] {
  const number = (quarter: string): number => Number(quarter.slice(0, 4)) * 4 + Number(quarter.slice(6));
  const rows: string[][] = [];
  for (const quarter of quarters.toSorted()) {
    const row = rows.at(-1);
    if (row !== undefined && number(row.at(-1)!) + 1 === number(quarter)) row.push(quarter);
    else rows.push([quarter]);
  }
  return rows;
}
