import type { BidEntry, OfferEntry } from '../book.ts';
import type { Market } from '../market.ts';
import { promise } from '../solver/network.ts';

/** Lots that one offer sells to one bid in one quarter; classes by their place in the market. */
export interface PairAward {
  readonly offer: OfferEntry;
  readonly bid: BidEntry;
  readonly lots: number;
  readonly offerClass: number;
  readonly bidClass: number;
}

/**
 * Splits `total` in proportion to `parts` by largest remainder: the whole lots first, then one more each to the
 * largest remainders, equal ones in order of appearance. No share exceeds its part while `total ≤ Σ parts`.
 */
export function shareOut(total: number, parts: readonly number[]): number[] {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  if (total === whole) return parts.slice();
  const exact = total * whole < Number.MAX_SAFE_INTEGER;
  const shares = parts.map((part) =>
    exact ? Math.floor((total * part) / whole) : Number((BigInt(total) * BigInt(part)) / BigInt(whole)),
  );
  const remainders = parts.map((part) =>
    exact ? BigInt((total * part) % whole) : (BigInt(total) * BigInt(part)) % BigInt(whole),
  );
  let left = total - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = [...parts.keys()].sort((a, b) =>
    remainders[a] === remainders[b] ? a - b : remainders[a]! > remainders[b]! ? -1 : 1,
  );
  for (const index of byRemainder) {
    if (left === 0) break;
    shares[index]!++;
    left--;
  }
  return shares;
}

/** A stretch of lots that belongs to one owner. */
interface Stretch<Owner> {
  readonly owner: Owner;
  readonly lots: number;
}

/** Lays two rows of equal length side by side and cuts wherever either changes its owner. */
function* cutTogether<A, B>(
  left: Iterable<Stretch<A>>,
  right: Iterable<Stretch<B>>,
): Generator<{ a: A; b: B; lots: number }> {
  const others = right[Symbol.iterator]();
  let other = others.next();
  let room = other.done === true ? 0 : other.value.lots;
  for (const { owner, lots } of left) {
    let rest = lots;
    while (rest > 0) {
      while (room === 0) {
        other = others.next();
        promise(other.done !== true, 'both rows are equally long');
        room = other.value.lots;
      }
      promise(other.done !== true, 'both rows are equally long');
      const cut = Math.min(rest, room);
      yield { a: owner, b: other.value.owner, lots: cut };
      rest -= cut;
      room -= cut;
    }
  }
}

/**
 * Shares the flow between classes among their members: each member's total in proportion to its quantity, each
 * capped bid within its own caps, and few fragments (members and flows are laid along one line and cut).
 */
export function shareAmongMembers(market: Market, pairFlow: Float64Array): PairAward[] {
  const { network, offers, bids } = market;
  const pairsOfOffer = offers.map((): number[] => []);
  for (const [pair, offer] of network.pairOffer.entries())
    if (pairFlow[pair]! > 0) pairsOfOffer[offer]!.push(pair);

  // What each bid class takes, origin cap by origin cap, as stretches of single offers' lots.
  const arriving = Array.from(
    { length: network.demand.length + network.capLots.length },
    (): Stretch<number>[] => [],
  );
  const sellers: { offer: OfferEntry; offerClass: number }[] = [];
  for (const [offerClass, pairs] of pairsOfOffer.entries()) {
    const { members, lots } = offers[offerClass]!;
    const sold = pairs.reduce((sum, pair) => sum + pairFlow[pair]!, 0);
    if (sold === 0) continue;
    const first = sellers.length;
    for (const offer of members) sellers.push({ offer, offerClass });
    const shares = shareOut(sold, lots).map((share, member) => ({ owner: first + member, lots: share }));
    const flows = pairs.map((pair) => ({ owner: network.pairHead[pair]!, lots: pairFlow[pair]! }));
    for (const { a, b, lots: cut } of cutTogether(flows, shares)) arriving[a]!.push({ owner: b, lots: cut });
  }

  const headsOfBid = bids.map((_, bid) => [bid]);
  for (const [cap, bid] of network.capBid.entries()) headsOfBid[bid]!.push(network.demand.length + cap);
  const awards: PairAward[] = [];
  for (const [bidClass, heads] of headsOfBid.entries()) {
    const { members, lots } = bids[bidClass]!;
    const amounts = heads.map((head) => arriving[head]!.reduce((sum, stretch) => sum + stretch.lots, 0));
    for (const [index, shares] of dealOut(amounts, lots).entries()) {
      const row = shares.map((share, member) => ({ owner: member, lots: share }));
      for (const { a, b, lots: cut } of cutTogether(arriving[heads[index]!]!, row))
        awards.push({ ...sellers[a]!, bid: members[b]!, lots: cut, bidClass });
    }
  }
  promise(
    awards.every(({ lots }) => lots > 0),
    'an award has lots',
  );
  return awards;
}

/**
 * Shares several amounts among the members of one class so that each member's total is its share by largest
 * remainder. One amount (an uncapped class) goes in proportion to quantity. Of several, each goes evenly, the odd
 * lots dealt on from where the last amount's ended: members of a capped class are equal, so that nobody's part of
 * an amount exceeds its cap and nobody's total is more than a lot above another's.
 */
function dealOut(amounts: readonly number[], lots: readonly number[]): number[][] {
  if (amounts.length === 1) return [shareOut(amounts[0]!, lots)];
  let next = 0;
  return amounts.map((amount) => {
    const each = Math.floor(amount / lots.length);
    const shares = lots.map(() => each);
    for (let odd = amount % lots.length; odd > 0; odd--) {
      shares[next]!++;
      next = (next + 1) % lots.length;
    }
    return shares;
  });
}
