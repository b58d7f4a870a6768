import { describe, expect, it } from 'vitest';
import { contractId, contractsOf } from '../../../shared/clearing/documents/conclude.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { SnapshotDigest, isIncluded } from '../../../shared/clearing/documents/digest.ts';
import { marketFigures } from '../../../shared/clearing/documents/summary.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket, kg } from '../../support/market.ts';

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));

const three = { A: { amounts: '60' }, B: { amounts: '30' }, C: { amounts: '10' } };

describe('what a pool is awarded', () => {
  it('is shared in proportion to what each member asks for, each with an award of its own', () => {
    const cleared = aMarket().zone().offer('S', 'AU', '90.00', '50').pool('P', '120.00', three).clear();
    expect(cleared.shares()).toEqual({ A: 30, B: 15, C: 5 });
  });

  it('competes as one bid of the sum', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '50')
      .pool('P', '120.00', three)
      .bid('X', 'DE', '120.00', '100')
      .clear();
    expect(cleared.shares()).toEqual({ A: 15, B: 7, C: 3 });
    expect(cleared.trades()['S→X']).toBe(25);
  });

  it('comes to every member as the same mix of offers, and each offer is taken whole', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '20')
      .offer('T', 'CL', '95.00', '30')
      .pool('P', '120.00', three)
      .clear();
    expect(cleared.shares()).toEqual({ A: 30, B: 15, C: 5 });
    expect(cleared.shares('S')).toEqual({ A: 12, B: 6, C: 2 });
    expect(cleared.shares('T')).toEqual({ A: 18, B: 9, C: 3 });
  });

  it('is shared by what each still asks for, quarter by quarter', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', { '2027-Q1': '20', '2027-Q2': '30' })
      .pool('P', '120.00', {
        A: { amounts: { '2027-Q1': '10', '2027-Q2': '40' } },
        B: { amounts: { '2027-Q1': '30', '2027-Q2': '20' } },
      })
      .clear();
    const lots = (member: string) => cleared.part('S', member)?.schedule.map((entry) => Number(entry.lots));
    expect(lots('A')).toEqual([5, 20]);
    expect(lots('B')).toEqual([15, 10]);
  });

  it('keeps its origin cap as a whole', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '100')
      .pool('P', '120.00', three, { maxOriginShare: '0.40' })
      .clear();
    expect(cleared.shares()).toEqual({ A: 24, B: 12, C: 4 });
  });
});

describe('a member of a pool with a minimum', () => {
  const market = (minimum: string, supply: string) =>
    aMarket()
      .zone()
      .offer('S', 'AU', '90.00', supply)
      .pool('P', '120.00', { A: { amounts: '60' }, B: { amounts: '30', minimum }, C: { amounts: '10' } });

  it('gets nothing where its share is below it, and the others have its part', () => {
    const cleared = market('20', '50').clear();
    expect(cleared.shares()).toEqual({ A: 43, C: 7 });
    expect(cleared.binding('mem', 'B')).toEqual(['minimum_lot']);
    expect(cleared.binding('mem', 'A')).toEqual(['insufficient_supply']);
  });

  it('counts what it has contracted already', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '50')
      .pool('P', '120.00', {
        A: { amounts: '70' },
        B: { amounts: '30', minimum: '20', contracted: '10' },
      })
      .clear();
    expect(cleared.shares()).toEqual({ A: 35, B: 15 });
  });

  it('has its minimum where the others do not ask for so much', () => {
    // In proportion B would have 28 of 95, and A and C ask for 70.
    expect(market('30', '95').clear().shares()).toEqual({ A: 56, B: 30, C: 9 });
  });

  it('is not made to take less: what the others did not ask for goes to other bids', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '50')
      .pool('P', '120.00', { A: { amounts: '10' }, B: { amounts: '60', minimum: '55' } })
      .bid('X', 'DE', '100.00', '100')
      .clear();
    expect(cleared.shares()).toEqual({ A: 10 });
    expect(cleared.trades()['S→X']).toBe(40);
    expect(cleared.binding('mem', 'B')).toEqual(['minimum_lot']);
    expect(cleared.outcome.absent).toEqual([{ member: 'mem_B0000000000000000000', quarter: '2027-Q1' }]);
    // 40 lots at 20.00 less are the price of the minimum, and the clearing says so.
    const { primal, dual, gap } = cleared.outcome.quarters[0]!.optimality;
    expect([dual - primal, gap]).toEqual([40n * 2000n, 40n * 2000n]);
  });

  it('leaves everything to others where nobody of the pool can be served', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '15')
      .pool('P', '120.00', { A: { amounts: '60', minimum: '40' }, B: { amounts: '30', minimum: '30' } })
      .bid('X', 'DE', '100.00', '50')
      .clear();
    expect(cleared.shares()).toEqual({});
    expect(cleared.trades()).toEqual({ 'S→X': 15 });
  });
});

describe('the destinations of a pool', () => {
  const duties = [
    { origin: 'CL', destination: 'JP', rate: '0.10' },
    { origin: 'CL', destination: 'DE', rate: '0.05' },
  ];
  const members = { A: { amounts: '50', destination: 'DE' }, B: { amounts: '50', destination: 'JP' } };

  it('set its terms by the highest duties, and each member pays the duties of its own', () => {
    const cleared = aMarket()
      .zone()
      .floor('80.00', { borderAdjusted: true, duties })
      .offer('S', 'CL', '100.00', '100')
      .pool('P', '120.00', members)
      .bid('X', 'JP', '112.00', '10')
      .clear();
    const entry = (member: string) => cleared.part('S', member)!.schedule[0]!;
    for (const member of ['A', 'B']) {
      const { waterfall, price, landed } = entry(member);
      expect(price).toBe(waterfall.ask + waterfall.floorUplift + waterfall.scarcity);
      expect(price + waterfall.duties + waterfall.levy).toBe(landed);
      expect(landed).toBeLessThanOrEqual(12_000n);
    }
    expect(entry('A').price).toBe(entry('B').price);
    expect(entry('A').waterfall.duties).toBe((entry('A').price * 5n + 99n) / 100n);
    expect(entry('A').landed).toBeLessThan(entry('B').landed);
    expect(entry('A').interval.low).toBeLessThanOrEqual(entry('A').landed);
    expect(entry('A').landed).toBeLessThanOrEqual(entry('A').interval.high);
  });

  it('keep an offer out that the limit admits at the lower duties only', () => {
    const cleared = aMarket()
      .zone()
      .floor('80.00', { borderAdjusted: true, duties })
      .offer('S', 'CL', '110.00', '100')
      .pool('P', '118.00', members)
      .clear();
    expect(cleared.shares()).toEqual({});
    expect(cleared.binding('mem', 'A')).toEqual(['limit_below_reserve']);
  });

  it('owe the levy where lower duties leave the landed price below the floor', () => {
    const cleared = aMarket()
      .zone()
      .floor('110.00', { borderAdjusted: true, duties })
      .offer('S', 'CL', '90.00', '200')
      .pool('P', '120.00', members)
      .clear();
    const waterfalls = ['A', 'B'].map((member) => cleared.part('S', member)!.schedule[0]!.waterfall);
    expect(waterfalls.map(({ duties: duty, levy, landed }) => [duty, levy, landed])).toEqual([
      [450n, 1550n, 11_000n],
      [900n, 1100n, 11_000n],
    ]);
    expect(cleared.outcome.levyTotal).toBe(50n * 1550n + 50n * 1100n);
  });

  it('owe it beside a scarcity, too, that lifts the price of the pool but not theirs to the floor', () => {
    const cleared = aMarket()
      .zone()
      .floor('110.00', { borderAdjusted: true, duties })
      .offer('S', 'CL', '90.00', '100')
      .pool('P', '120.00', members)
      .clear();
    // Midway between floor and limit the pool lands at 115.00; at 5 % duty the same price lands below the floor.
    const waterfalls = ['A', 'B'].map((member) => cleared.part('S', member)!.schedule[0]!.waterfall);
    expect(waterfalls.map(({ duties: duty, levy, landed }) => [duty, levy, landed])).toEqual([
      [523n, 23n, 11_000n],
      [1046n, 0n, 11_500n],
    ]);
  });

  it('must all be delivered to, or the offer is none of the pool’s', () => {
    const cleared = aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '100', { destinations: ['DE'] })
      .pool('P', '120.00', members)
      .clear();
    expect(cleared.shares()).toEqual({});
    expect(cleared.binding('mem', 'A')).toEqual(['price_terms_mismatch']);
    expect(text(cleared.explanationOf('mem', 'A'))).not.toContain('JP');
  });

  it('that have left the zone leave their member out, and the others go on', () => {
    const cleared = aMarket()
      .zone({ members: ['DE', 'AU'] })
      .offer('S', 'AU', '90.00', '30')
      .pool('P', '120.00', members)
      .clear();
    expect(cleared.shares()).toEqual({ A: 30 });
    expect(cleared.binding('mem', 'B')).toEqual(['outside_zone']);
  });

  it('in which another zone’s floor decides leave their member out', () => {
    const cleared = aMarket()
      .zone()
      .zone({ id: 'pacific', name: 'Pacific', members: ['JP'] })
      .floor('100.00', { zone: 'pacific' })
      .offer('S', 'AU', '90.00', '30')
      .pool('P', '120.00', members)
      .clear();
    expect(cleared.shares()).toEqual({ A: 30 });
  });

  it('bring the bars of every zone they lie in', () => {
    const cleared = aMarket()
      .zone()
      .zone({ id: 'pacific', name: 'Pacific', members: ['JP'], barredOrigins: ['CL'] })
      .offer('S', 'CL', '90.00', '30')
      .pool('P', '120.00', members)
      .clear();
    expect(cleared.binding('mem', 'A')).toEqual(['origin_barred']);
  });
});

describe('a zone’s cap on single origins', () => {
  const capped = (builder = aMarket()) =>
    builder.zone({ maxOriginShare: '0.50' }).consumption('2027-Q1', '60').offer('S', 'CL', '90.00', '100');

  it('counts what a pool buys for all of its members', () => {
    expect(capped().pool('P', '120.00', three).clear().shares()).toEqual({ A: 18, B: 9, C: 3 });
  });

  it('counts all of it where only some of them lie in the zone', () => {
    const cleared = aMarket()
      .zone({ id: 'pacific', name: 'Pacific', members: ['JP'], maxOriginShare: '0.50' })
      .zone()
      .offer('S', 'CL', '90.00', '100');
    const json = cleared.json();
    json.consumption.push({
      ...{ zone: 'pacific', product: 'ndpr-oxide', version: 1, recordedBy: 'administrator-1' },
      ...{ recordedAt: '2026-01-01T00:00:00.000Z', quarters: [{ quarter: '2027-Q1', quantity: kg('60') }] },
    });
    cleared.pool('P', '120.00', { A: { amounts: '50' }, B: { amounts: '50', destination: 'JP' } });
    expect(cleared.clear().shares()).toEqual({ A: 15, B: 15 });
  });
});

describe('related parties', () => {
  it('of any member or of the runner sell nothing to the pool, and nobody is told whose they are', () => {
    for (const group of ['group-B', 'runner-P']) {
      const cleared = aMarket()
        .zone()
        .offer('S', 'AU', '90.00', '50', { group })
        .offer('T', 'AU', '95.00', '10')
        .pool('P', '120.00', three)
        .clear();
      expect(cleared.shares()).toEqual({ A: 6, B: 3, C: 1 });
      for (const member of ['A', 'B', 'C'])
        expect(text(cleared.explanationOf('mem', member))).not.toContain('related_party');
    }
  });
});

describe('what is recorded of a pool’s clearing', () => {
  const builder = () =>
    aMarket()
      .zone()
      .offer('S', 'AU', '90.00', '50')
      .offer('T', 'CL', '91.00', '20')
      .pool('P', '120.00', three);

  it('does not depend on the order of the snapshot’s lists', () => {
    const snapshot = builder().snapshot();
    const reversed = {
      ...snapshot,
      members: snapshot.members!.toReversed(),
      offers: snapshot.offers.toReversed(),
    };
    const [one, other] = [snapshot, reversed].map((each) => must(clearAndDocument(each)));
    expect(one!.awards).toEqual(other!.awards);
    expect(one!.inputDigest).toBe(other!.inputDigest);
  });

  it('is a contract for each offer and member, whose id names the member', () => {
    const snapshot = builder().snapshot();
    const { awards } = must(clearAndDocument(snapshot));
    const contracts = contractsOf(snapshot, 7, awards, (party) => party);
    expect(contracts).toHaveLength(6);
    expect(new Set(contracts.map(({ id }) => id)).size).toBe(6);
    for (const { id, offer, bid, member, buyer } of contracts) {
      expect(id).toBe(contractId('ndpr-oxide', 7, offer, bid, member!));
      expect(`mem_${buyer.slice('party-'.length).padEnd(20, '0')}`).toBe(member);
    }
  });

  it('counts the members as organisations, in trades and in the depth of the book', () => {
    const snapshot = builder().snapshot();
    const { awards } = must(clearAndDocument(snapshot));
    const figures = marketFigures(snapshot, awards);
    expect(figures.quarters[0]).toMatchObject({ lots: 70n, buyers: { parties: 3, topLots: 42n } });
    expect(figures.depth[0]?.demand).toMatchObject({
      lots: 100n,
      parties: 3,
      topLots: 60n,
      unfilled: { lots: 30n, parties: 3, topLots: 18n },
    });
  });

  it('proves to each member that its part was counted, and to nobody what another asked for', () => {
    const json = builder().json();
    const digest = new SnapshotDigest(json);
    for (const member of json.members!)
      expect(isIncluded(member, digest.inclusionOf(member.id)!, digest.root)).toBe(true);
    const changed = { ...json, members: json.members!.map((member) => ({ ...member, destination: 'JP' })) };
    expect(new SnapshotDigest(changed).root).not.toBe(digest.root);
    // Without pools the digest is what it was before there were any.
    const plain = aMarket().zone().bid('X', 'DE', '100.00', '10').json();
    expect(new SnapshotDigest(plain).root).toBe(new SnapshotDigest({ ...plain, members: [] }).root);
  });
});
