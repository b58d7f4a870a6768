import { describe, expect, it } from 'vitest';
import { aMarket } from '../../support/market.ts';

const id = (prefix: string, name: string): string => `${prefix}_${name.padEnd(20, '0')}`;

describe('the proof of a quarter', () => {
  it('lists every order’s dual by id, like orders alike, and leaves out those of nothing', () => {
    // Six like sellers short by 30 of 90: each earns the 40.00 up to the rationed limit; the better bid keeps 20.00.
    const [proof] = ['c', 'f', 'a', 'e', 'd', 'b']
      .reduce((market, name) => market.offer(name, 'AU', '90.00', '10'), aMarket())
      .offer('idle', 'AU', '131.00', '5')
      .bid('high', 'DE', '150.00', '30')
      .bid('top', 'DE', '150.00', '10')
      .bid('low', 'DE', '130.00', '50')
      .clear().outcome.proof;
    expect(proof?.prices).toEqual({
      scale: 1n,
      scarcity: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ offer: id('off', name), value: 4000n })),
      surplus: ['high', 'top'].map((name) => ({ bid: id('bid', name), value: 2000n })),
      capValue: [],
      limitValue: [],
    });
    expect([proof?.bound, proof?.primal, proof?.dual]).toEqual([null, 320_000n, 320_000n]);
  });

  it('names what each origin cap is worth to its bid, by bid, then origin', () => {
    const [proof] = aMarket()
      .offer('pe', 'PE', '70.00', '500')
      .offer('cl', 'CL', '80.00', '500')
      .offer('au', 'AU', '100.00', '500')
      .bid('x', 'DE', '130.00', '100', { maxOriginShare: '0.4' })
      .bid('m', 'JP', '125.00', '50', { maxOriginShare: '0.4' })
      .clear().outcome.proof;
    expect(proof?.prices.capValue).toEqual(
      ['m', 'x'].flatMap((name) => [
        { bid: id('bid', name), origin: 'CL', value: 2000n },
        { bid: id('bid', name), origin: 'PE', value: 3000n },
      ]),
    );
    expect(proof?.prices.surplus).toEqual([
      { bid: id('bid', 'm'), value: 2500n },
      { bid: id('bid', 'x'), value: 3000n },
    ]);
  });

  it('holds the flows of its own quarter, by offer, then bid, each with its price’s parts', () => {
    const both = { '2027-Q1': '10', '2027-Q2': '20' };
    const { proof } = aMarket()
      .zone()
      .floor('110.00', { duties: [{ origin: 'CL', rate: '0.1' }] })
      .offer('z', 'CL', '70.00', { '2027-Q1': '100' })
      .offer('a', 'AU', '90.00', both)
      .bid('de', 'DE', '130.00', { '2027-Q1': '12', '2027-Q2': '20' })
      .clear().outcome;
    expect(proof.map(({ quarter }) => quarter)).toEqual(['2027-Q1', '2027-Q2']);
    expect(proof[0]?.flows).toEqual([
      {
        offer: id('off', 'a'),
        bid: id('bid', 'de'),
        lots: 10n,
        price: 11_000n,
        landed: 11_000n,
        duties: 0n,
        levy: 0n,
      },
      {
        offer: id('off', 'z'),
        bid: id('bid', 'de'),
        lots: 2n,
        price: 7000n,
        landed: 11_000n,
        duties: 700n,
        levy: 3300n,
      },
    ]);
    expect(proof[1]?.flows.map(({ lots }) => lots)).toEqual([20n]);
  });

  it('names what each zone’s cap is worth, by zone, then origin, and leaves out those of nothing', () => {
    const [proof] = aMarket()
      .zone({ maxOriginShare: '0.5' })
      .zone({ id: 'a-union', name: 'Union', members: ['FR'], maxOriginShare: '0.5' })
      .consumption('2027-Q1', '100')
      .consumption('2027-Q1', '60', 'a-union')
      .offer('pe', 'PE', '75.00', '500')
      .offer('cl', 'CL', '70.00', '500')
      .offer('br', 'BR', '129.00', '500')
      .offer('au', 'AU', '100.00', '500')
      .bid('de', 'DE', '130.00', '150')
      .bid('fr', 'FR', '130.00', '80')
      .clear().outcome.proof;
    expect(proof?.prices.limitValue).toEqual([
      { zone: 'a-union', origin: 'CL', value: 3000n },
      { zone: 'a-union', origin: 'PE', value: 2500n },
      { zone: 'partners', origin: 'CL', value: 3000n },
      { zone: 'partners', origin: 'PE', value: 2500n },
    ]);
  });

  it('names whose part of a pool a flow is, and nobody where the bid is one buyer’s', () => {
    const [proof] = aMarket()
      .zone()
      .offer('s', 'AU', '90.00', '60')
      .pool('p', '120.00', { a: { amounts: '20' }, b: { amounts: '10' } })
      .bid('x', 'DE', '120.00', '10')
      .clear().outcome.proof;
    expect(
      proof?.flows
        .filter(({ bid }) => bid === id('bid', 'p'))
        .map(({ member, lots }) => [member, lots])
        .sort(),
    ).toEqual([
      [id('mem', 'a'), 20n],
      [id('mem', 'b'), 10n],
    ]);
    expect(proof?.flows.find(({ bid }) => bid === id('bid', 'x'))).not.toHaveProperty('member');
  });

  it('bounds the whole book by the duals of the market with nobody rejected', () => {
    const [proof] = aMarket()
      .offer('a', 'AU', '80.00', '6')
      .bid('whole', 'DE', '120.00', '10', { allOrNone: true })
      .bid('part', 'DE', '100.00', '10')
      .clear().outcome.proof;
    expect(proof?.prices.scarcity).toEqual([{ offer: id('off', 'a'), value: 2000n }]);
    expect(proof?.bound?.scarcity).toEqual([{ offer: id('off', 'a'), value: 4000n }]);
    expect([proof?.primal, proof?.dual]).toEqual([12_000n, 24_000n]);
  });
});

describe('like orders share what their class trades', () => {
  const each = (trades: Record<string, number>, of: (pair: string) => string) => {
    const sums: Record<string, number> = {};
    for (const [pair, lots] of Object.entries(trades)) sums[of(pair)] = (sums[of(pair)] ?? 0) + lots;
    return sums;
  };
  const seller = (pair: string): string => pair.split('→')[0]!;
  const buyer = (pair: string): string => pair.split('→')[1]!;

  it('in proportion to quantity on both sides at once, in few fragments', () => {
    const trades = aMarket()
      .offer('a', 'AU', '90.00', '10')
      .offer('b', 'AU', '90.00', '20')
      .offer('c', 'AU', '90.00', '30')
      .bid('x', 'DE', '130.00', '24')
      .bid('y', 'DE', '130.00', '6')
      .clear()
      .trades();
    expect(each(trades, seller)).toEqual({ a: 5, b: 10, c: 15 });
    expect(each(trades, buyer)).toEqual({ x: 24, y: 6 });
    expect(Object.keys(trades).length).toBeLessThanOrEqual(4);
  });

  it('each of a capped class within its cap on every origin, odd lots to none twice', () => {
    let market = aMarket()
      .offer('cl', 'CL', '70.00', '31')
      .offer('pe', 'PE', '70.00', '31')
      .offer('au', 'AU', '70.00', '31');
    for (const name of ['x', 'y', 'z'])
      market = market.bid(name, 'DE', '130.00', '60', { maxOriginShare: '0.2' });
    const trades = market.clear().trades();
    for (const lots of Object.values(trades)) expect(lots).toBeLessThanOrEqual(12);
    expect(each(trades, seller)).toEqual({ cl: 31, pe: 31, au: 31 });
    expect(each(trades, buyer)).toEqual({ x: 31, y: 31, z: 31 });
  });
});
