import { describe, expect, it } from 'vitest';
import { doubleAuction, type Step } from '../../support/double-auction.ts';

/**
 * The limit orders of Power TAC's AuctionServiceTests (powertac/powertac-server, auctioneer), in tenths of a MWh. Its
 * orders without a limit and its limits on positions have no counterpart here.
 */
interface Case {
  readonly about: string;
  readonly asks: readonly Step[];
  readonly limits: readonly Step[];
  readonly lots: number;
  readonly price: number;
}

describe('Power TAC', () => {
  const agreeing: readonly Case[] = [
    { about: 'testActivate1', asks: [[20, 10]], limits: [[22, 10]], lots: 10, price: 21 },
    { about: 'testActivate1HighMargin', asks: [[20, 10]], limits: [[32, 10]], lots: 10, price: 21 },
    {
      about: 'testActivate3_eq_tradeable',
      asks: [
        [18, 9],
        [20, 10],
        [21, 10],
      ],
      limits: [
        [21, 8],
        [21, 2],
        [21, 2],
        [21, 2],
        [22, 6],
      ],
      lots: 20,
      price: 21,
    },
  ];
  it.each(agreeing)('$about: $lots lots, and its price $price clears ours too', (published) => {
    const result = doubleAuction(published.asks, published.limits);
    expect(result.lots).toBe(published.lots);
    expect(result.interval!.low).toBeLessThanOrEqual(published.price);
    expect(result.interval!.high).toBeGreaterThanOrEqual(published.price);
  });

  const rationed: readonly Case[] = [
    {
      about: 'testActivate1_2_tradeable',
      asks: [[20, 10]],
      limits: [
        [21, 6],
        [22, 6],
      ],
      lots: 10,
      price: 20.5,
    },
    {
      about: 'testActivate2_2_tradeable',
      asks: [
        [18, 9],
        [20, 10],
        [21.5, 10],
      ],
      limits: [
        [21, 14],
        [22, 6],
      ],
      lots: 19,
      price: 20.5,
    },
  ];
  it.each(rationed)(
    '$about: $lots lots alike; where a bid at 21 is rationed, midway to the last ask leaves it wanting more',
    (published) => {
      const result = doubleAuction(published.asks, published.limits);
      expect(result.lots).toBe(published.lots);
      // Power TAC halves the gap between the last pair matched. At that price the bid that is not filled would buy
      // on: no equilibrium, and less for the sellers. Ours is the one price at which nobody is kept from what he likes.
      expect(result.interval).toEqual({ low: 21, high: 21 });
      expect(published.price).toBeLessThan(result.interval!.low);
    },
  );

  it('testActivate1_no: nothing trades below the ask', () => {
    expect(doubleAuction([[23, 10]], [[22, 10]]).lots).toBe(0);
  });
});
