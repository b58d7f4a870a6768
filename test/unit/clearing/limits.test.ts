import { describe, expect, it } from 'vitest';
import { clear } from '../../../shared/clearing/clear.ts';
import { bidClasses, offerClasses } from '../../../shared/clearing/classes.ts';
import { Eligibility } from '../../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../../shared/clearing/eligibility/facets.ts';
import { readBook } from '../../../shared/clearing/book.ts';
import { MOST_ENTRIES } from '../../../shared/clearing/solver/limits.ts';
import { marketOf } from '../../../shared/clearing/market.ts';
import { MarketTooLarge } from '../../../shared/clearing/solver/network.ts';
import { minimiseCost } from '../../../shared/clearing/solver/simplex.ts';
import { SpanningTree } from '../../../shared/clearing/solver/spanning-tree.ts';
import { zoneCaps } from '../../../shared/clearing/eligibility/zone-caps.ts';
import { aMarket } from '../../support/market.ts';

/** Two offers of unlike asks, two bids of unlike limits: four pairs of classes. */
const small = () =>
  aMarket()
    .offer('a', 'AU', '80.00', '10')
    .offer('b', 'AU', '90.00', '10')
    .bid('c', 'DE', '100.00', '10')
    .bid('d', 'DE', '110.00', '10');

describe('the limits of a clearing', () => {
  it('fail a book with one order, for one quarter, too many whole, before it is read', () => {
    const snapshot = small().snapshot();
    const offers = new Array<(typeof snapshot.offers)[number]>(MOST_ENTRIES - 1).fill(snapshot.offers[0]!);
    const result = clear({ ...snapshot, offers });
    expect(result).toMatchObject({
      ok: false,
      problem: {
        code: 'market_too_large',
        detail: 'orders for 1000001 quarters in all; one clearing takes 1000000',
      },
    });
  });

  it('fail a quarter with one pair too many, and no other', () => {
    const snapshot = small().snapshot();
    const book = readBook(snapshot);
    const facets = facetsOf(snapshot, book);
    const eligibility = new Eligibility(snapshot, facets, book.quarters);
    const lay = (mostPairs: number) =>
      marketOf(
        offerClasses(book, facets, 0),
        bidClasses(snapshot, book, facets, 0),
        facets,
        eligibility,
        0,
        () => false,
        zoneCaps(snapshot, facets, book.quarters[0]!),
        mostPairs,
      );
    expect(lay(4).network.pairOffer).toHaveLength(4);
    expect(() => lay(3)).toThrow(MarketTooLarge);
  });

  it('fail a solve that takes more steps than it may, and no other', () => {
    // Two nodes beside the hub, and an arc between them that lowers the cost.
    const arcs = () => ({
      tail: Int32Array.of(1, 1, 2),
      head: Int32Array.of(2, 0, 0),
      cost: Float64Array.of(-5, 0, 0),
      capacity: Float64Array.of(Infinity, Infinity, 7),
      flow: Float64Array.of(0, 9, 0),
    });
    const tree = () => new SpanningTree(Int32Array.of(-1, 0, 0), Int32Array.of(-1, 1, 2));
    const solved = arcs();
    expect(minimiseCost(solved, tree(), 100)).toBe(1);
    expect([...solved.flow]).toEqual([7, 2, 7]);
    expect(() => minimiseCost(arcs(), tree(), 2)).toThrow(MarketTooLarge);
  });
});
