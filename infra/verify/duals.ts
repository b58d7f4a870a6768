import type { Bid, Offer } from './book.ts';
import type { Case } from './case.ts';
import { whole } from './exact.ts';
import type { Duals } from './proof.ts';

/** The duals of a quarter in 1/scale ticks; none listed is zero. By order, or by {@link keyOf} owner and origin. */
export interface DualValues {
  /** Their place in the proof. */
  readonly at: string;
  readonly scale: bigint;
  readonly scarcity: ReadonlyMap<string, number>;
  readonly surplus: ReadonlyMap<string, number>;
  readonly capValue: ReadonlyMap<string, number>;
  readonly limitValue: ReadonlyMap<string, number>;
  readonly caps: Duals['capValue'];
  readonly limits: Duals['limitValue'];
  /** Whole ticks that a pair's landed price stands above its landed reserve. */
  readonly above: (offer: Offer, bid: Bid) => bigint;
}

export const keyOf = (whose: string, origin: string): string => `${whose} ${origin}`;

/** Sums of five values below this are exact as doubles. */
const most = 2n ** 50n;

/** Calls `fail` for duals that are listed twice, of nobody, or too large to be compared exactly. */
export function dualsOf(
  duals: Duals,
  at: string,
  { book, rules, proof, fail }: Pick<Case, 'book' | 'rules' | 'proof' | 'fail'>,
): DualValues {
  const read = <Name extends 'scarcity' | 'surplus' | 'capValue' | 'limitValue'>(
    name: Name,
    keyed: (entry: Duals[Name][number]) => string,
    isSomebody: (entry: Duals[Name][number]) => boolean,
  ): ReadonlyMap<string, number> => {
    const values = new Map<string, number>();
    const list: readonly Duals[Name][number][] = duals[name];
    for (const [index, entry] of list.entries()) {
      const line = `${at}/${name}/${index}`;
      if (values.has(keyed(entry))) fail(line, 'is listed twice');
      if (!isSomebody(entry)) fail(line, 'is of nobody in the snapshot who could have it');
      if (whole(entry.value) > most) fail(`${line}/value`, 'is too large to be compared exactly');
      values.set(keyed(entry), Number(entry.value));
    }
    return values;
  };
  const origins = new Set(Array.from(book.offers.values(), ({ origin }) => origin));
  const isCapping = (id: string, origin: string): boolean =>
    origins.has(origin) &&
    proof.snapshot.zones.some(
      (zone) => zone.id === id && typeof zone.maxOriginShare === 'string' && !zone.members.includes(origin),
    );
  // A value of an origin that nobody offers from would bound nothing: it may have been another's.
  const isCapped = (bid: string, origin: string): boolean =>
    origins.has(origin) && typeof book.bids.get(bid)?.json.maxOriginShare === 'string';
  const scale = whole(duals.scale);
  if (scale < 1n || scale > 2n ** 20n) fail(`${at}/scale`, 'is not between 1 and 2^20');
  const values = {
    at,
    scale: scale < 1n ? 1n : scale,
    scarcity: read(
      'scarcity',
      ({ offer }) => offer,
      ({ offer }) => book.offers.has(offer),
    ),
    surplus: read(
      'surplus',
      ({ bid }) => bid,
      ({ bid }) => book.bids.has(bid),
    ),
    capValue: read(
      'capValue',
      ({ bid, origin }) => keyOf(bid, origin),
      ({ bid, origin }) => isCapped(bid, origin),
    ),
    limitValue: read(
      'limitValue',
      ({ zone, origin }) => keyOf(zone, origin),
      ({ zone, origin }) => isCapping(zone, origin),
    ),
    caps: duals.capValue,
    limits: duals.limitValue,
  };
  const above = (offer: Offer, bid: Bid): bigint => {
    const limits = rules
      .lane(offer.origin, bid.json.destination)
      .caps.map((zone) => values.limitValue.get(keyOf(zone, offer.origin)) ?? 0);
    const scaled = limits.reduce((all, value) => all + value, values.scarcity.get(offer.json.id) ?? 0);
    return BigInt(scaled) / values.scale;
  };
  return { ...values, above };
}
