import { describe, expect, it } from 'vitest';
import { aMarket, type MarketBuilder, type PoolMemberSpec } from '../../support/market.ts';

const id = (name: string): string => `mem_${name.padEnd(20, '0')}`;
const sentence = (market: MarketBuilder, name: string) => market.clear().outcome.sentences.get(id(name));
const amountOf = (lots: bigint) => ({ amount: { units: lots, scale: 0 }, unit: 'kg' });

const pooled = (
  members: Record<string, PoolMemberSpec>,
  bid: Parameters<MarketBuilder['pool']>[3] = {},
  market = aMarket().zone().offer('S', 'AU', '90.00', '50'),
) => market.pool('P', '120.00', members, bid);
const two = { A: { amounts: '60' }, B: { amounts: '40' } };

describe('a member of a pool is told', () => {
  it('what it got of what it asked for, at which landed price, and what kept the rest', () => {
    expect(sentence(pooled(two), 'A')).toBe(
      'Bought 30 kg of 60 kg at a landed price of 120.00 USD/kg in 2027-Q1; the rest found no supply left within its limit.',
    );
    const [explanation] = pooled(two).clear().explanationOf('mem', 'B');
    expect(explanation).toMatchObject({
      ...{ requested: amountOf(40n), awarded: amountOf(20n), remaining: amountOf(20n) },
      binding: [{ code: 'insufficient_supply' }],
    });
  });

  it('of the lowest and the highest price, where its lots came at several', () => {
    const duties = [{ origin: 'CL', rate: '0.10' }];
    const market = aMarket()
      .zone()
      .floor('60.00', { duties })
      .offer('S', 'AU', '90.00', '50')
      .offer('T', 'CL', '80.00', '20', { destinations: ['DE', 'JP'] });
    const levied = { ...two, B: { amounts: '10', destination: 'JP' } };
    const cleared = pooled(levied, {}, market).bid('X', 'DE', '110.00', '10').clear();
    const schedule = cleared.outcome.awards
      .filter(({ member }) => member === id('A'))
      .map((each) => each.schedule[0]!);
    const landed = schedule.map((entry) => Number(entry.landed)).sort((a, b) => a - b);
    const written = [...new Set(landed.map((ticks) => (ticks / 100).toFixed(2)))].join(' to ');
    expect(cleared.outcome.sentences.get(id('A'))).toContain(` ${written} USD/kg`);
  });

  it('nothing more where it has all that it asked for', () => {
    const [explanation] = pooled({ A: { amounts: '30' }, B: { amounts: '20' } })
      .clear()
      .explanationOf('mem', 'A');
    expect(explanation).toMatchObject({ binding: [], nearMisses: [], remaining: amountOf(0n) });
    expect(explanation?.sentence).toMatch(/^Bought all 30 kg at /);
  });

  it('that its destination left the zone, or that its share fell below its minimum: its own affair, with no near miss', () => {
    const left = pooled({ ...two, C: { amounts: '10', destination: 'KR' } });
    expect(sentence(left, 'C')).toBe(
      "Bought none of 10 kg in 2027-Q1: it took no part, because its destination is not one in which the rules of the pool's zone decide.",
    );
    const short = pooled({ ...two, C: { amounts: '10', minimum: '9' } });
    expect(sentence(short, 'C')).toBe(
      'Bought none of 10 kg in 2027-Q1: it would have been less than its own minimum as its share of what the pool was awarded.',
    );
    for (const market of [left, short])
      expect(market.clear().explanationOf('mem', 'C')[0]!.nearMisses).toEqual([]);
  });

  it('of a minimum only where the pool got anything, and only where it is not met by contract already', () => {
    const none = pooled({ A: { amounts: '60', minimum: '9' } }, { excludedOrigins: ['AU'] }).clear();
    expect(none.binding('mem', 'A')).toEqual(['origin_excluded']);
    const met = pooled({ ...two, C: { amounts: '1', minimum: '9', contracted: '9' } }).clear();
    expect(met.shares()['C'] ?? 0).toBe(0);
    expect(met.binding('mem', 'C')).toEqual(['insufficient_supply']);
  });

  it('what bound its pool, and near misses of its pool as far as they concern it', () => {
    const [explanation] = pooled(two, { excludedOrigins: ['AU'] })
      .clear()
      .explanationOf('mem', 'B');
    expect(explanation).toMatchObject({
      binding: [{ code: 'origin_excluded' }],
      nearMisses: [{ code: 'origin_excluded', quantity: amountOf(40n), wouldNeed: { origins: ['AU'] } }],
    });
    expect(explanation?.sentence).toBe(
      'Bought none of 40 kg in 2027-Q1: it met only offers from origins that the bid excludes.',
    );
  });

  it('of a condition of the pool’s bid as that: all of it stayed out', () => {
    expect(sentence(pooled(two, { allOrNone: true }), 'A')).toBe(
      "Bought none of 60 kg in 2027-Q1: it stayed out with its pool, by a condition of the pool's bid.",
    );
  });

  it('of places that offers do not reach apart from other kinds of price', () => {
    const offered = (changes: object) => aMarket().zone().offer('S', 'AU', '90.00', '50', changes);
    expect(sentence(pooled(two, {}, offered({ destinations: ['JP'] })), 'A')).toContain(
      "it met only offers that do not deliver to the bid's destination.",
    );
    expect(
      sentence(pooled(two, {}, offered({ priceTerms: { kind: 'indexed', reference: 'a' } })), 'A'),
    ).toContain('it met only offers with another kind of price');
  });

  it('not that somebody of the pool is related to a seller: neither as a reason nor among others', () => {
    const related = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '50', { group: 'group-B' })
      .offer('T', 'AU', '95.00', '10', { group: 'group-B', purity: '99' });
    const cleared = pooled(two, { minimumPurity: '99' }, related).clear();
    expect(cleared.binding('bid', 'P')).toContain('related_party');
    for (const name of ['A', 'B']) {
      const [explanation] = cleared.explanationOf('mem', name);
      expect(explanation?.binding.map(({ code }) => code)).not.toContain('related_party');
      expect(
        explanation?.nearMisses.flatMap(({ code, wouldNeed }) => [code, ...(wouldNeed.also ?? [])]),
      ).not.toContain('related_party');
    }
    const alone = aMarket().zone().offer('S', 'AU', '90.00', '50', { group: 'group-B' });
    expect(pooled(two, {}, alone).clear().explanationOf('mem', 'A')[0]!.binding).toEqual([
      { code: 'insufficient_supply', detail: 'There was no more eligible supply at these terms.' },
    ]);
  });

  it('apart from its pool, whose bid is told that those who take no part asked for the rest', () => {
    const left = pooled({ A: { amounts: '30' }, C: { amounts: '10', destination: 'KR' } });
    expect(left.clear().explanationOf('bid', 'P')[0]).toMatchObject({
      ...{ requested: amountOf(40n), awarded: amountOf(30n), nearMisses: [] },
      binding: [
        {
          code: 'minimum_lot',
          detail: expect.stringMatching(/^The rest was asked for by members/) as string,
        },
      ],
    });
    expect(pooled(two).clear().binding('bid', 'P')).toEqual(['insufficient_supply']);
  });

  it('of each quarter that it asked for, alone', () => {
    const market = aMarket().zone().offer('S', 'AU', '90.00', { '2027-Q1': '10', '2027-Q2': '10' });
    const cleared = pooled(
      { A: { amounts: { '2027-Q1': '10' } }, B: { amounts: { '2027-Q1': '5', '2027-Q2': '20' } } },
      {},
      market,
    ).clear();
    expect(cleared.explanationOf('mem', 'A').map(({ quarter }) => quarter)).toEqual(['2027-Q1']);
    expect(cleared.explanationOf('mem', 'B').map(({ quarter }) => quarter)).toEqual(['2027-Q1', '2027-Q2']);
  });
});
