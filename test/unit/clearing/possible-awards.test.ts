import { describe, expect, it } from 'vitest';
import { readBook, type BidEntry, type OfferEntry } from '../../../shared/clearing/book.ts';
import { bidClasses, offerClasses } from '../../../shared/clearing/classes.ts';
import {
  impossibleAward,
  seenByConditions,
  windowsSeen,
  withoutImpossible,
} from '../../../shared/clearing/conditions/possible-awards.ts';
import { Eligibility } from '../../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../../shared/clearing/eligibility/facets.ts';
import { zoneCaps } from '../../../shared/clearing/eligibility/zone-caps.ts';
import { marketOf } from '../../../shared/clearing/market.ts';
import { aMarket, kg, type MarketBuilder } from '../../support/market.ts';

/** As many lots as asked in the quarters of 2027 that are named. */
const over = (lots: number, ...quarters: number[]): Record<string, string> =>
  Object.fromEntries(quarters.map((quarter) => [`2027-Q${quarter}`, String(lots)]));

/** The book of a market, its orders by name. */
function read(market: MarketBuilder) {
  const snapshot = market.snapshot();
  const book = readBook(snapshot);
  const orders = [...book.offers, ...book.bids];
  const named = <Entry extends OfferEntry | BidEntry>(entries: readonly Entry[], name: string): Entry =>
    entries.find(({ order }) => order.id.includes(`_${name}0`))!;
  return {
    ...{ snapshot, book, orders },
    offer: (name: string) => named(book.offers, name),
    bid: (name: string) => named(book.bids, name),
  };
}

describe('an award between two orders', () => {
  it('is impossible by the stricter of both minimum lots, against the least of both sides and the origin cap', () => {
    const { book, offer, bid } = read(
      aMarket()
        .offer('o', 'AU', '80.00', over(8, 1), { minimumLot: kg('3') })
        .bid('b', 'DE', '120.00', over(6, 1), { minimumLot: kg('5') })
        .bid('free', 'DE', '120.00', over(2, 1)),
    );
    const code = (to: BidEntry, most: number) => impossibleAward(book, 0, offer('o'), to, most);
    expect(code(bid('b'), Infinity)).toBeUndefined();
    expect(code(bid('b'), 5)).toBeUndefined();
    expect(code(bid('b'), 4)).toBe('minimum_lot');
    expect(code(bid('free'), Infinity)).toBe('minimum_lot');
  });

  it('is never impossible where neither order looks at single awards', () => {
    const { book, offer, bid } = read(
      aMarket()
        .offer('o', 'AU', '80.00', over(8, 1), { allOrNone: true })
        .bid('b', 'DE', '120.00', over(6, 1)),
    );
    expect(impossibleAward(book, 0, offer('o'), bid('b'), 0)).toBeUndefined();
  });

  it('is impossible where both run on together for fewer quarters than either asks for', () => {
    const { book, offer, bid } = read(
      aMarket()
        .offer('long', 'AU', '80.00', over(8, 1, 2, 3))
        .offer('late', 'AU', '80.00', over(8, 3))
        .offer('strict', 'AU', '80.00', over(8, 1, 2, 3), { minimumQuarters: 3 })
        .bid('two', 'DE', '120.00', over(6, 1, 2, 3), { minimumQuarters: 2 })
        .bid('split', 'DE', '120.00', { ...over(6, 1), '2028-Q1': '6' }),
    );
    const codes = (o: string, b: string) =>
      [0, 1, 2].map((quarter) => impossibleAward(book, quarter, offer(o), bid(b), Infinity));
    expect(codes('long', 'two')).toEqual([undefined, undefined, undefined]);
    expect(codes('late', 'two')[2]).toBe('minimum_quarters');
    expect(codes('strict', 'two')).toEqual([undefined, undefined, undefined]);
    expect(codes('strict', 'split')[0]).toBe('minimum_quarters');
  });
});

describe('what conditions can tell apart of an order', () => {
  const market = () =>
    aMarket()
      .offer('small', 'AU', '80.00', over(4, 1, 2))
      .offer('middle', 'AU', '80.00', over(5, 1, 2))
      .offer('large', 'AU', '80.00', over(12, 1, 2, 3))
      .bid('five', 'DE', '120.00', over(20, 1, 2), { minimumLot: kg('5') })
      .bid('twelve', 'DE', '120.00', over(20, 1), { minimumLot: kg('12') })
      .bid('later', 'DE', '120.00', over(20, 2, 3), { minimumQuarters: 2 });

  it('is how many of the other side’s minimum lots it reaches, and how far it runs on', () => {
    const { book, offer } = read(market());
    const [first, second] = [0, 1].map((quarter) => seenByConditions(book, book.bids, quarter)!);
    // In the first quarter nobody who is there asks for quarters in a row: as far as one counts.
    expect(['small', 'middle', 'large'].map((name) => first!(offer(name)))).toEqual([
      '0:0:1',
      '1:0:1',
      '2:0:1',
    ]);
    expect(['small', 'middle', 'large'].map((name) => second!(offer(name)))).toEqual([
      '1:1:0',
      '2:1:0',
      '2:1:1',
    ]);
  });

  it('is nothing where nobody on the other side looks at single awards in that quarter', () => {
    const { book } = read(market());
    expect(seenByConditions(book, book.bids, 2), 'only minimum quarters').toBeDefined();
    expect(seenByConditions(book, book.offers, 0)).toBeUndefined();
    const apart = read(
      aMarket()
        .offer('o', 'AU', '80.00', over(9, 1, 2))
        .bid('b', 'DE', '120.00', over(9, 2), { minimumLot: kg('5') })
        .bid('all', 'DE', '120.00', over(9, 1, 2), { allOrNone: true }),
    );
    expect(seenByConditions(apart.book, apart.book.bids, 0)).toBeUndefined();
    expect(seenByConditions(apart.book, apart.book.bids, 1)).toBeDefined();
  });

  it('decides which like orders are one class', () => {
    const { snapshot, book } = read(market());
    const facets = facetsOf(snapshot, book);
    const classes = (quarter: number) =>
      offerClasses(book, facets, quarter)
        .map(({ members }) => members.length)
        .sort();
    expect(classes(0), 'each of another size').toEqual([1, 1, 1]);
    const plain = read(
      aMarket()
        .offer('a', 'AU', '80.00', over(4, 1))
        .offer('b', 'AU', '80.00', over(9, 1))
        .bid('c', 'DE', '120.00', over(3, 1)),
    );
    expect(offerClasses(plain.book, facetsOf(plain.snapshot, plain.book), 0)).toHaveLength(1);
  });

  it('is equal for all quarters where nobody asks for quarters in a row, else the windows around each', () => {
    const { book, orders } = read(market());
    const windows = (quarter: number) => windowsSeen(book, quarter) as number[][];
    expect(windows(0)).toHaveLength(orders.length);
    const large = orders.findIndex(({ order }) => order.id.includes('_large0'));
    expect([0, 1, 2].map((quarter) => windows(quarter)[large])).toEqual([
      [0, 2],
      [1, 1],
      [2, 0],
    ]);
    const plain = read(
      aMarket()
        .offer('a', 'AU', '80.00', over(4, 1, 2, 3))
        .bid('c', 'DE', '120.00', over(3, 1)),
    );
    expect(windowsSeen(plain.book, 0)).toEqual([]);
  });
});

describe('the market without impossible awards', () => {
  /** How many pairs a quarter's market has, and without those that conditions rule out. */
  function pairs(market: MarketBuilder) {
    const { snapshot, book } = read(market);
    const facets = facetsOf(snapshot, book);
    const whole = marketOf(
      offerClasses(book, facets, 0),
      bidClasses(snapshot, book, facets, 0),
      facets,
      new Eligibility(snapshot, facets, book.quarters),
      0,
      () => false,
      zoneCaps(snapshot, facets, book.quarters[0]!),
    );
    const kept = withoutImpossible(book, whole, 0);
    return { whole, kept };
  }
  const three = () =>
    aMarket()
      .zone({ maxOriginShare: '0.9' })
      .consumption('2027-Q1', '20')
      .offer('small', 'AU', '80.00', over(4, 1))
      .offer('large', 'CL', '85.00', over(40, 1));

  it('is the same where nobody has conditions, or every pair can keep them', () => {
    for (const conditions of [{}, { minimumLot: kg('4') }]) {
      const { whole, kept } = pairs(three().bid('b', 'DE', '120.00', over(20, 1), conditions));
      expect(kept).toBe(whole);
    }
  });

  it('lacks those pairs alone; the others keep weight, lane and side of the zone', () => {
    const { whole, kept } = pairs(
      three()
        .bid('b', 'DE', '120.00', over(20, 1), { minimumLot: kg('5') })
        .bid('c', 'DE', '110.00', over(9, 1)),
    );
    expect(whole.network.pairOffer).toHaveLength(4);
    expect(kept.network.pairOffer).toHaveLength(3);
    const columns = ({ network }: typeof whole) =>
      [...network.pairOffer.keys()].map((pair) =>
        [network.pairOffer, network.pairHead, network.pairWeight, network.pairInside, network.pairLane].map(
          (column) => column[pair],
        ),
      );
    const [lost, ...others] = columns(whole).filter(
      (row) => !columns(kept).some((other) => other.join() === row.join()),
    );
    expect(others).toEqual([]);
    expect(kept.network.pairInside, 'one from inside is left').toContain(1);
    expect(new Set(kept.network.pairLane).size, 'and both kinds of lanes').toBe(2);
    const { members } = whole.offers[lost![0]!]!;
    expect(members[0]!.order.id).toContain('_small0');
  });

  it('counts an origin cap by the bid that takes it', () => {
    const capped = (share: string) =>
      pairs(three().bid('b', 'DE', '120.00', over(20, 1), { minimumLot: kg('4'), maxOriginShare: share }));
    expect(capped('0.2').kept.network.pairOffer).toHaveLength(2);
    expect(capped('0.15').kept.network.pairOffer, '3 of 20 from each origin').toHaveLength(0);
    const shared = pairs(
      aMarket()
        .offer('o', 'AU', '80.00', over(40, 1), { minimumLot: kg('6') })
        .bid('b', 'DE', '120.00', over(10, 1), { maxOriginShare: '0.5' })
        .bid('c', 'DE', '120.00', over(10, 1), { maxOriginShare: '0.5' }),
    );
    expect(shared.whole.bids, 'two alike are one class, with ten from the origin between them').toHaveLength(
      1,
    );
    expect(shared.kept.network.pairOffer).toHaveLength(0);
  });
});
