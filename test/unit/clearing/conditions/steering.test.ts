import { describe, expect, it } from 'vitest';
import { aMarket, kg } from '../../../support/market.ts';
import { steer, tradesIn } from '../../../support/steering.ts';

const least = (lots: number) => ({ minimumLot: kg(String(lots)) });
const whole = { allOrNone: true };
const inRow = (quarters: number) => ({ minimumQuarters: quarters });
const over = (lots: number, ...quarters: number[]): Record<string, string> =>
  Object.fromEntries(quarters.map((quarter) => [`2027-Q${quarter}`, String(lots)]));

describe('steering', () => {
  it('asks for nothing where no condition is broken', () => {
    const { base, quarters, asked } = steer(
      aMarket()
        .offer('a', 'AU', '80.00', over(10, 1, 2), least(6))
        .bid('x', 'DE', '120.00', over(10, 1, 2)),
    );
    expect(asked).toEqual([]);
    for (const [place, quarter] of base.entries()) expect(quarters![place]).toBe(quarter);
  });

  it('looks first whether a tie filled unevenly keeps the conditions', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '10', least(6))
        .offer('b', 'AU', '80.00', '10')
        .offer('c', 'US', '80.00', '10')
        .bid('x', 'DE', '120.00', '14'),
    );
    expect(steered).toMatchObject({
      broken: ['a: minimum_lot of a→x in 0–0'],
      asked: ['as it is', 'as it is, evenly'],
      left: [],
      trades: ['a→x 10, b→x 4'],
    });
  });

  it('touches only the quarters in which a condition is broken', () => {
    const { asked, base, quarters, trades } = steer(
      aMarket()
        .offer('a', 'AU', '80.00', over(10, 1, 2), least(6))
        .offer('b', 'AU', '80.00', over(10, 1))
        .bid('x', 'DE', '120.00', over(10, 1, 2)),
    );
    expect(asked).toEqual(['0: as it is', '0: as it is, evenly']);
    expect(trades).toEqual(['a→x 10', 'a→x 10']);
    expect(quarters![1]).toBe(base[1]);
  });

  it('leaves a tie uneven where filling it evenly would break a condition again', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '10', least(6))
        .offer('b', 'AU', '80.00', '10', least(6))
        .bid('x', 'DE', '120.00', '10'),
    );
    expect(steered.left).toEqual([]);
    expect(steered.trades).toEqual(['a→x 10']);
  });
});

describe('of an award below a minimum lot', () => {
  it('that is nearly large enough, the least lots are asked for', () => {
    const steered = steer(
      aMarket()
        .offer('c', 'AU', '80.00', '7', least(6))
        .offer('a', 'AU', '80.00', '6', least(4))
        .bid('x', 'DE', '80.00', '9'),
    );
    expect(steered).toMatchObject({
      broken: ['c: minimum_lot of c→x in 0–0'],
      asked: [
        'as it is',
        'c→x at least 6',
        'c→x at least 6, a→x at least 4: cannot be',
        'no a→x, c→x at least 6',
        'no a→x, c→x at least 6, evenly',
      ],
      trades: ['c→x 7'],
    });
  });

  it('that is less than half of them, it is given up', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '90.00', '8', least(4))
        .offer('b', 'AU', '80.00', '6', whole)
        .bid('x', 'DE', '120.00', '10', least(5))
        .bid('y', 'DE', '120.00', '9'),
    );
    expect(steered).toMatchObject({
      broken: ['x: minimum_lot of a→x in 0–0', 'a: minimum_lot of a→x in 0–0'],
      asked: ['as it is', 'no b→x', 'no b→x, evenly'],
      trades: ['a→x 8, b→y 6'],
    });
  });

  it('the other way is taken where the first cannot be had at equal gains', () => {
    const givenUpAtLast = steer(
      aMarket()
        .offer('a', 'AU', '90.00', '9', least(4))
        .offer('b', 'AU', '80.00', '9')
        .bid('x', 'DE', '120.00', '6')
        .bid('y', 'DE', '80.00', '10', least(5)),
    );
    expect(givenUpAtLast).toMatchObject({
      asked: ['as it is', 'b→y at least 5: cannot be', 'no b→y', 'no b→y, evenly'],
      trades: ['b→x 6'],
    });
    const enlargedAtLast = steer(
      aMarket()
        .offer('b', 'AU', '80.00', '7', whole)
        .offer('c', 'AU', '80.00', '9', whole)
        .bid('y', 'DE', '120.00', '8', least(5))
        .bid('z', 'DE', '80.00', '10'),
    );
    expect(enlargedAtLast).toMatchObject({
      asked: [
        'as it is',
        'no c→y: cannot be',
        'c→y at least 5',
        'c→y at least 5, b→y at least 5: cannot be',
        'no b→y, c→y at least 5',
        'no b→y, c→y at least 5, evenly',
      ],
      trades: ['b→z 7, c→y 8, c→z 1'],
    });
  });

  it('both sides’ minima count, the greater of them', () => {
    const { asked, left } = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '6')
        .offer('b', 'AU', '90.00', '4', least(3))
        .bid('x', 'DE', '120.00', '7', least(4)),
    );
    // One lot that cannot be given up without loss, and four that there is no demand for.
    expect(new Set(asked)).toEqual(new Set(['as it is', 'no b→x: cannot be', 'b→x at least 4: cannot be']));
    expect(left).toEqual(['x: minimum_lot of b→x in 0–0', 'b: minimum_lot of b→x in 0–0']);
  });
});

describe('an order that wants all or nothing', () => {
  it('is filled where a tie allows it, in the quarters that it asks for', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', over(10, 1, 2))
        .bid('x', 'DE', '80.00', over(8, 1), whole)
        .bid('y', 'DE', '80.00', over(8, 1, 2)),
    );
    expect(steered).toMatchObject({
      broken: ['x: all_or_none'],
      asked: ['0: all of x', '0: all of x, evenly'],
      trades: ['a→x 8, a→y 2', 'a→y 8'],
    });
  });

  it('is filled, and the others share what is left evenly', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '10', whole)
        .offer('b', 'AU', '80.00', '10')
        .offer('c', 'US', '80.00', '10')
        .bid('x', 'DE', '120.00', '16'),
    );
    expect(steered).toMatchObject({
      asked: ['all of a', 'all of a, evenly'],
      trades: ['a→x 10, b→x 3, c→x 3'],
    });
  });

  it('is not steered where nothing but more supply would fill it', () => {
    const steered = steer(aMarket().offer('a', 'AU', '80.00', '6').bid('x', 'DE', '120.00', '10', whole));
    expect(steered).toMatchObject({ left: ['x: all_or_none'], quarters: undefined });
    expect(new Set(steered.asked)).toEqual(new Set(['all of x: cannot be']));
  });

  it('that cannot be had together with another is told apart from it', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '10', whole)
        .offer('b', 'AU', '80.00', '10', whole)
        .offer('c', 'AU', '80.00', '3')
        .bid('x', 'DE', '120.00', '13'),
    );
    expect(steered).toMatchObject({
      asked: [
        'all of a, all of b: cannot be',
        'all of a',
        'all of a, all of b: cannot be',
        'all of a',
        'all of a, all of b: cannot be',
      ],
      left: ['b: all_or_none'],
      quarters: undefined,
    });
  });

  it('stays filled while what else it breaks is mended', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '5')
        .offer('b', 'AU', '80.00', '4')
        .offer('c', 'AU', '80.00', '9', whole)
        .bid('x', 'DE', '80.00', '7', least(6))
        .bid('y', 'DE', '120.00', '10')
        .bid('z', 'DE', '120.00', '7'),
    );
    expect(steered).toMatchObject({
      broken: ['x: minimum_lot of c→x in 0–0'],
      asked: ['as it is', 'no c→x', 'no c→x, all of c', 'no c→x, all of c, evenly'],
      trades: ['a→y 4, b→y 4, c→y 2, c→z 7'],
    });
  });
});

describe('of an award that runs for too few quarters', () => {
  it('the quarters beside it are asked for, as well as what else is broken', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', over(10, 1, 2, 3), least(3))
        .offer('b', 'AU', '80.00', over(7, 2, 3), whole)
        .offer('c', 'AU', '80.00', over(4, 2, 3))
        .bid('x', 'DE', '80.00', over(6, 1, 2, 3), inRow(2))
        .bid('y', 'DE', '120.00', over(7, 1, 2, 3)),
    );
    expect(steered).toMatchObject({
      broken: ['x: minimum_quarters of a→x in 0–0', 'b: all_or_none'],
      asked: [
        '0: as it is',
        '0: a→x at least 3',
        '1: a→x at least 3, all of b',
        '2: all of b',
        '0: a→x at least 3, evenly',
        '1: a→x at least 3, all of b, evenly',
        '2: all of b, evenly',
      ],
      left: [],
      trades: ['a→x 3, a→y 7', 'a→x 6, b→y 7', 'a→x 6, b→y 7'],
    });
  });

  it('the award is given up where the quarters beside it cannot be had', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '90.00', over(2, 1, 2), whole)
        .offer('b', 'AU', '80.00', over(4, 2, 3), least(4))
        .bid('x', 'DE', '120.00', over(4, 1, 2))
        .bid('y', 'DE', '80.00', over(10, 2, 3), inRow(2)),
    );
    // All of b goes to x in the second quarter, at gains that y would not bring.
    expect(steered.asked.filter((each) => each.includes('b→y'))).toEqual(['2: no b→y']);
    expect(steered.left).toEqual(['a: all_or_none']);
  });
});

describe('where several conditions collide', () => {
  it('what cannot be mended at once is mended half by half, and last by trying one after the other both ways', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '8')
        .offer('c', 'AU', '80.00', '9', least(4))
        .bid('x', 'DE', '80.00', '9', least(6))
        .bid('y', 'DE', '120.00', '4'),
    );
    expect(steered).toMatchObject({
      asked: [
        'as it is',
        'a→x at least 6, c→x at least 6: cannot be',
        'a→x at least 6',
        'a→x at least 6, c→x at least 6: cannot be',
        'no c→x, a→x at least 6',
        'no c→x, a→x at least 6, evenly',
      ],
      trades: ['a→x 8, c→y 4'],
    });
  });

  it('tries both ways of each breach in depth before it gives an order up', () => {
    const { asked, left } = steer(
      aMarket()
        .offer('a', 'AU', '90.00', '7')
        .offer('b', 'AU', '90.00', '3')
        .offer('c', 'AU', '90.00', '6', least(6))
        .bid('x', 'DE', '120.00', '8', least(4))
        .bid('y', 'DE', '80.00', '4', whole),
    );
    expect(asked.slice(-5)).toEqual([
      'as it is',
      'no c→x: cannot be',
      'c→x at least 6',
      'c→x at least 6, a→x at least 4: cannot be',
      'no a→x, c→x at least 6: cannot be',
    ]);
    expect(left).toEqual(['x: minimum_lot of a→x in 0–0']);
  });

  it('a pair once given up is not asked for again, nor one asked for given up', () => {
    const { asked } = steer(
      aMarket()
        .offer('a', 'AU', '80.00', '6')
        .offer('b', 'AU', '80.00', '5')
        .offer('c', 'AU', '90.00', '6', least(3))
        .bid('x', 'DE', '80.00', '9')
        .bid('y', 'DE', '120.00', '7', least(3))
        .bid('z', 'DE', '120.00', '6'),
    );
    expect(asked.slice(-11)).toEqual([
      'as it is',
      'no b→y',
      'no b→y, no c→y: cannot be',
      'no b→y, c→y at least 3: cannot be',
      'b→y at least 3',
      'b→y at least 3, c→z at least 3: cannot be',
      'no c→z, b→y at least 3',
      'no c→z, b→y at least 3, a→y at least 3: cannot be',
      'no c→z, no a→y, b→y at least 3',
      'no c→z, no a→y, b→y at least 3, c→y at least 3: cannot be',
      'no c→z, no a→y, no c→y, b→y at least 3: cannot be',
    ]);
  });

  it('all through the quarters, until every one keeps every condition', () => {
    const steered = steer(
      aMarket()
        .offer('a', 'AU', '80.00', over(9, 1, 2, 3))
        .offer('b', 'AU', '80.00', over(5, 1, 2, 3), whole)
        .bid('x', 'DE', '120.00', over(4, 2, 3))
        .bid('y', 'DE', '80.00', over(6, 1, 2, 3), least(4)),
    );
    expect(tradesIn(steered.base)).toEqual(['a→y 4, b→y 2', 'a→x 4, a→y 2, b→y 4', 'a→x 4, a→y 2, b→y 4']);
    expect(steered.trades).toEqual(['b→y 5', 'a→x 4, b→y 5', 'a→x 4, b→y 5']);
    expect(steered.asked.slice(-3)).toEqual([
      '0: no a→y, all of b, evenly',
      '1: no a→y, b→y at least 4, all of b, evenly',
      '1: no a→y, b→y at least 4, all of b, evenly',
    ]);
  });
});
