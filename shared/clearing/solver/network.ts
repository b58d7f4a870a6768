/**
 * One quarter's market as a flow network, in whole lots and whole ticks:
 *
 *     offer ──pair──▶ bid                    (the bid takes any share from the offer's origin)
 *     offer ──pair──▶ origin cap ──▶ bid     (the bid takes at most so much from that origin)
 *
 * Offers and bids here are classes of like orders or single orders; the solver cannot tell.
 */
export interface Network {
  /** Lots on offer, per offer; each at least 1. */
  readonly supply: Float64Array;
  /** Lots wanted, per bid; each at least 1. */
  readonly demand: Float64Array;
  /** The bid that each origin cap belongs to. */
  readonly capBid: Int32Array;
  /** Lots that each origin cap lets through; each at least 1. */
  readonly capLots: Float64Array;
  /** The offer of each pair, ascending. */
  readonly pairOffer: Int32Array;
  /** Where each pair leads: bid `j` as `j`, origin cap `k` as `demand.length + k`. */
  readonly pairHead: Int32Array;
  /** Limit less landed reserve of each pair, in ticks; never negative. */
  readonly pairWeight: Float64Array;
  /** 1 where the pair's origin lies inside the destination's zone. */
  readonly pairInside: Uint8Array;
  /** Lots that each zone's cap on one origin still lets in, from all offers to all bids; empty where no zone caps. */
  readonly limitLots: Float64Array;
  /** The lane of each pair, −1 for one that no zone's cap counts; empty where no zone caps. */
  readonly pairLane: Int32Array;
  /** The zone caps that a lane counts against: a destination may lie in several capping zones. */
  readonly laneLimits: readonly (readonly number[])[];
}

/** A market whose numbers would leave the range in which the solver is exact. Nothing is cleared by halves. */
export class MarketTooLarge extends Error {
  override readonly name = 'MarketTooLarge';
}

/** A broken promise of the engine to itself: never the market's fault, never to be swallowed. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';
}

/** Throws an {@link EngineFault} that says which promise was broken. */
export function promise(kept: boolean, what: string): asserts kept {
  if (!kept) throw new EngineFault(what);
}

/** What all caps of each lane come to. */
export const laneCharges = ({ laneLimits }: Network, limitValue: Float64Array): number[] =>
  laneLimits.map((limits) => limits.reduce((sum, limit) => sum + limitValue[limit]!, 0));

/** The bid that a pair's head serves. */
export function bidOf(network: Network, head: number): number {
  const bids = network.demand.length;
  return head < bids ? head : network.capBid[head - bids]!;
}

/**
 * Checks what the solver relies on and could not notice later.
 *
 * @throws {EngineFault} for a malformed network, {@link MarketTooLarge} for more lots than are exact.
 */
export function validateNetwork(network: Network): void {
  const { supply, demand, capBid, capLots, pairOffer, pairHead, pairWeight } = network;
  const { limitLots, pairLane, laneLimits } = network;
  for (const lots of limitLots)
    promise(Number.isSafeInteger(lots) && lots >= 0, 'a limit is a whole number of lots');
  for (const limit of laneLimits.flat())
    promise(limit >= 0 && limit < limitLots.length, 'a lane counts against limits that there are');
  promise(limitLots.length === 0 || pairLane.length === pairOffer.length, 'every pair has its lane');
  const heads = demand.length + capLots.length;
  for (const lots of [supply, demand, capLots]) {
    let total = 0;
    for (const amount of lots) {
      promise(Number.isInteger(amount) && amount >= 1, 'a quantity is a whole number of lots, at least one');
      total += amount;
      if (total >= Number.MAX_SAFE_INTEGER)
        throw new MarketTooLarge('more lots than a double counts exactly');
    }
  }
  for (const bid of capBid) promise(bid >= 0 && bid < demand.length, 'an origin cap belongs to a bid');
  for (let pair = 0; pair < pairOffer.length; pair++) {
    const offer = pairOffer[pair]!;
    promise(offer >= 0 && offer < supply.length, 'a pair starts at an offer');
    promise(pair === 0 || pairOffer[pair - 1]! <= offer, 'pairs are sorted by offer');
    promise(pairHead[pair]! >= 0 && pairHead[pair]! < heads, 'a pair ends at a bid or an origin cap');
    if (limitLots.length > 0) {
      const lane = pairLane[pair]!;
      promise(lane >= -1 && lane < laneLimits.length, 'a pair runs on a lane or on none');
    }
    promise(
      Number.isSafeInteger(pairWeight[pair]!) && pairWeight[pair]! >= 0,
      'a weight is a whole tick, not negative',
    );
  }
}
