import { describe, expect, it } from 'vitest';
import { readBook } from '../../../shared/clearing/book.ts';
import {
  breachesOf,
  conditionsOf,
  leastLots,
  leastQuarters,
  ownCode,
} from '../../../shared/clearing/conditions/conditions.ts';
import { shareAmong } from '../../../shared/clearing/awards/member-shares.ts';
import { Absences } from '../../../shared/clearing/members.ts';
import type { PairAward } from '../../../shared/clearing/awards/sharing.ts';
import { aMarket, kg, type Amounts } from '../../support/market.ts';

const over = (...quarters: number[]): Record<string, string> =>
  Object.fromEntries(quarters.map((quarter) => [`2027-Q${quarter}`, '10']));

describe('two orders can never trade', () => {
  const pair = (offer: object, bid: object, lots: { o?: Amounts; b?: Amounts } = {}) =>
    aMarket()
      .offer('o', 'AU', '80.00', lots.o ?? '10', offer)
      .bid('b', 'DE', '120.00', lots.b ?? '10', bid)
      .clear();
  const minimum = (amount: string) => ({ minimumLot: kg(amount) });
  const inRow = (minimumQuarters: number) => ({ minimumQuarters });

  it('where either asks for more lots than the other has, or than a cap on the origin lets through', () => {
    expect(pair(minimum('5'), {}, { b: '4' }).binding('off', 'o')).toEqual(['minimum_lot']);
    expect(pair({}, minimum('5'), { o: '4' }).binding('bid', 'b')).toEqual(['minimum_lot']);
    expect(pair(minimum('5'), {}, { b: '5' }).trades()).toEqual({ 'o→b': 5 });
    expect(pair({}, minimum('5'), { o: '5' }).trades()).toEqual({ 'o→b': 5 });
    const cap = (maxOriginShare: string) => pair({}, { ...minimum('5'), maxOriginShare });
    expect(cap('0.4').binding('bid', 'b')).toEqual(['minimum_lot']);
    expect(cap('0.5').trades()).toEqual({ 'o→b': 5 });
  });

  it('where either asks for more quarters in a row than both have, before and after', () => {
    const quarters = (least: number, o: Amounts, b: Amounts, ofOffer = 1) =>
      pair(inRow(ofOffer), inRow(least), { o, b })
        .award('o', 'b')
        ?.schedule.map(({ quarter }) => quarter.slice(-2))
        .join();
    expect(quarters(3, over(2, 3), over(1, 2, 3, 4))).toBeUndefined();
    expect(quarters(3, over(2, 3, 4), over(1, 2, 3, 4))).toBe('Q2,Q3,Q4');
    expect(quarters(3, over(1, 2, 3), over(1, 2, 3, 4))).toBe('Q1,Q2,Q3');
    expect(quarters(2, over(1, 2, 4), over(1, 2, 3, 4))).toBe('Q1,Q2');
    expect(quarters(2, over(1, 3, 4), over(1, 2, 3, 4))).toBe('Q3,Q4');
    expect(quarters(2, over(1, 2, 3), over(1, 2, 3, 4), 3)).toBe('Q1,Q2,Q3');
    expect(quarters(1, over(1, 2), over(1, 2, 3), 3)).toBeUndefined();
    expect(quarters(2, { '2027-Q4': '10', '2028-Q1': '10' }, { '2027-Q4': '10', '2028-Q1': '10' })).toBe(
      'Q4,Q1',
    );
  });

  it('and others are served instead, quarter by quarter as they are', () => {
    const cleared = aMarket()
      .offer('short', 'AU', '80.00', over(2))
      .offer('long', 'AU', '90.00', over(1, 2, 3))
      .bid('b', 'DE', '120.00', over(1, 2, 3), inRow(2))
      .clear();
    expect(cleared.trades()).toEqual({ 'long→b': 30 });
  });
});

describe('awards break a condition', () => {
  const kept = (offer: object, bid: object, lots: readonly number[], quarters = [1, 2, 3]) => {
    const book = readBook(
      aMarket()
        .offer('o', 'AU', '80.00', over(...quarters), offer)
        .bid('b', 'DE', '120.00', over(...quarters), bid)
        .snapshot(),
    );
    const awards = lots.map((count): PairAward[] =>
      count === 0
        ? []
        : [{ offer: book.offers[0]!, bid: book.bids[0]!, lots: count, offerClass: 0, bidClass: 0 }],
    );
    return breachesOf(book, awards).map((breach) => [
      breach.code,
      breach.entry.order.id.slice(0, 3),
      ...(breach.code === 'all_or_none' ? [] : [breach.from, breach.to, breach.lots]),
    ]);
  };

  it('by fewer lots in a quarter than either asks for', () => {
    const least = { minimumLot: kg('5') };
    expect(kept(least, {}, [4, 0, 5])).toEqual([['minimum_lot', 'off', 0, 0, 4]]);
    expect(kept({}, least, [5, 3, 4])).toEqual([
      ['minimum_lot', 'bid', 1, 1, 3],
      ['minimum_lot', 'bid', 2, 2, 4],
    ]);
    expect(kept({}, {}, [1, 0, 1])).toEqual([]);
  });

  it('by fewer quarters in a row, in each stretch of its own', () => {
    const row = { minimumQuarters: 2 };
    expect(kept(row, {}, [1, 1, 0])).toEqual([]);
    expect(kept(row, {}, [7, 0, 8])).toEqual([
      ['minimum_quarters', 'off', 0, 0, 7],
      ['minimum_quarters', 'off', 2, 2, 8],
    ]);
    expect(kept({}, { minimumQuarters: 3 }, [0, 6, 6])).toEqual([['minimum_quarters', 'bid', 1, 2, 6]]);
    // Quarters that only follow each other in the book are two stretches.
    expect(kept(row, {}, [0, 1, 1], [1, 2, 4])).toHaveLength(2);
  });

  it('by less than all of an order that wants all or nothing, but not by nothing', () => {
    const whole = { allOrNone: true };
    expect(kept(whole, {}, [10, 10, 10])).toEqual([]);
    expect(kept(whole, {}, [0, 0, 0])).toEqual([]);
    expect(kept(whole, {}, [10, 9, 10])).toEqual([['all_or_none', 'off']]);
    expect(kept({}, whole, [10, 10, 0])).toEqual([['all_or_none', 'bid']]);
  });

  it('listed with all-or-none first among an order’s own, then quarter by quarter', () => {
    const all = { allOrNone: true, minimumLot: kg('5'), minimumQuarters: 2 };
    expect(kept(all, {}, [4, 0, 3])).toEqual([
      ['all_or_none', 'off'],
      ['minimum_lot', 'off', 0, 0, 4],
      ['minimum_quarters', 'off', 0, 0, 4],
      ['minimum_lot', 'off', 2, 2, 3],
      ['minimum_quarters', 'off', 2, 2, 3],
    ]);
  });

  it('of either side by its own measure', () => {
    const found = kept({ minimumLot: kg('5') }, { minimumLot: kg('7') }, [6, 10, 10]);
    expect(found).toEqual([['minimum_lot', 'bid', 0, 0, 6]]);
    const both = kept({ minimumQuarters: 2 }, { minimumQuarters: 3 }, [10, 10, 0]);
    expect(both).toEqual([['minimum_quarters', 'bid', 0, 1, 10]]);
  });

  it('only where it asks for more than one lot and one quarter', () => {
    const { product } = aMarket({ lot: kg('10') }).snapshot();
    const of = (terms: Parameters<typeof conditionsOf>[0]) => conditionsOf(terms, product);
    const amount = (units: bigint) => ({ minimumLot: { amount: { units, scale: 0 }, unit: 'kg' as const } });
    expect(of({})).toBeUndefined();
    expect(of({ allOrNone: false, minimumQuarters: 1 })).toBeUndefined();
    expect(of(amount(10n))).toBeUndefined();
    expect(of(amount(20n))).toEqual({ minimumLots: 2, allOrNone: false, minimumQuarters: 1 });
    expect(of({ allOrNone: true })).toEqual({ minimumLots: 1, allOrNone: true, minimumQuarters: 1 });
    expect(of({ minimumQuarters: 2 })).toEqual({ minimumLots: 1, allOrNone: false, minimumQuarters: 2 });
  });
});

describe('of two orders', () => {
  const bookOf = (offer: object, bid: object) =>
    readBook(
      aMarket()
        .offer('o', 'AU', '80.00', over(1, 2, 3), offer)
        .bid('b', 'DE', '120.00', over(1, 2, 3), bid)
        .snapshot(),
    );
  const least = (offer: object, bid: object): number[] => {
    const book = bookOf(offer, bid);
    return [leastLots(book.offers[0]!, book.bids[0]!), leastQuarters(book.offers[0]!, book.bids[0]!)];
  };

  it('the stricter says how many lots and quarters an award must have', () => {
    const [few, many] = [
      { minimumLot: kg('2'), minimumQuarters: 2 },
      { minimumLot: kg('5'), minimumQuarters: 3 },
    ];
    expect([least({}, {}), least(few, {}), least({}, many)]).toEqual([
      [1, 1],
      [2, 2],
      [5, 3],
    ]);
    expect([least(few, many), least(many, few)]).toEqual([
      [5, 3],
      [5, 3],
    ]);
  });

  it('each is told the strictest condition of its own', () => {
    const own = (terms: object) => ownCode(bookOf(terms, {}).offers[0]!);
    expect(own({ allOrNone: true, minimumLot: kg('2') })).toBe('all_or_none');
    expect(own({ minimumLot: kg('2'), minimumQuarters: 2 })).toBe('minimum_lot');
    expect(own({ minimumQuarters: 2 })).toBe('minimum_quarters');
  });
});

describe('what a pool has bought', () => {
  const among = (total: number, ...members: [number, number][]) => {
    const { shares, left } = shareAmong(
      total,
      members.map(([lots, minimum]) => ({ lots, minimum })),
    );
    return [...shares, left];
  };

  it.each([
    [
      'goes in proportion',
      6,
      [
        [2, 0],
        [4, 0],
      ],
      [2, 4, 0],
    ],
    [
      'is left over where nobody asks for more',
      9,
      [
        [2, 0],
        [4, 0],
      ],
      [2, 4, 3],
    ],
    [
      'passes by whose share is below its minimum',
      6,
      [
        [6, 0],
        [6, 4],
      ],
      [6, 0, 0],
    ],
    [
      'serves a minimum exactly met',
      6,
      [
        [6, 0],
        [6, 3],
      ],
      [3, 3, 0],
    ],
    [
      'serves a minimum that the others leave room for',
      6,
      [
        [3, 0],
        [6, 5],
      ],
      [1, 5, 0],
    ],
    [
      'does not where the others want all of it',
      6,
      [
        [6, 0],
        [6, 5],
      ],
      [6, 0, 0],
    ],
    [
      'does not where there is not enough',
      4,
      [
        [3, 0],
        [6, 5],
      ],
      [3, 0, 1],
    ],
    [
      'settles the hardest first',
      6,
      [
        [8, 4],
        [8, 5],
      ],
      [6, 0, 0],
    ],
    [
      'settles of equals the last first',
      6,
      [
        [8, 4],
        [8, 4],
      ],
      [6, 0, 0],
    ],
    [
      'passes by who asks for nothing',
      4,
      [
        [0, 3],
        [4, 0],
      ],
      [0, 4, 0],
    ],
  ] as const)('%s', (_, total, members, shares) => {
    expect(among(total, ...members.map(([lots, minimum]): [number, number] => [lots, minimum]))).toEqual(
      shares,
    );
  });

  it('leaves members out in single quarters, listed by member, then quarter', () => {
    const absences = new Absences();
    expect([absences.size, absences.hasAny('2027-Q1')]).toEqual([0, false]);
    absences.add('mem_b', '2027-Q1');
    absences.add('mem_a', '2027-Q2');
    absences.add('mem_a', '2027-Q1');
    absences.add('mem_a', '2027-Q1');
    expect(absences.list()).toEqual([
      { member: 'mem_a', quarter: '2027-Q1' },
      { member: 'mem_a', quarter: '2027-Q2' },
      { member: 'mem_b', quarter: '2027-Q1' },
    ]);
    expect([absences.size, absences.hasAny('2027-Q2'), absences.hasAny('2027-Q3')]).toEqual([3, true, false]);
    expect([absences.has('mem_b', '2027-Q1'), absences.has('mem_b', '2027-Q2')]).toEqual([true, false]);
  });
});
