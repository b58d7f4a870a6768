import { describe, expect, it } from 'vitest';
import { refusalBit, type RefusalCause } from '../../../shared/clearing/eligibility/refusal.ts';
import {
  Collector,
  competition,
  countCauses,
  Failures,
  RefusalSets,
} from '../../../shared/clearing/explanation/misses.ts';
import { aMarket } from '../../support/market.ts';
import { settingOf } from '../../support/told.ts';

const bitsOf = (...causes: readonly RefusalCause[]): number =>
  causes.reduce((bits, cause) => bits | refusalBit[cause], 0);
const plain = { number: 0, checks: [] };

describe('sets of refusals', () => {
  it('have as many causes as they have', () => {
    expect([0, 1, 2, 3, 0b1011, 1 << 19].map(countCauses)).toEqual([0, 1, 1, 2, 3, 1]);
  });

  it('are numbered as they come, each once', () => {
    const sets = new RefusalSets();
    expect([4, 9, 4, 0, 9].map((bits) => sets.of(bits))).toEqual([0, 1, 0, 2, 1]);
    expect(sets.sets).toEqual([4, 9, 0]);
  });
});

describe('what binds a class', () => {
  const collected = (fill: (collector: Collector, sets: RefusalSets) => void) => {
    const sets = new RefusalSets();
    const collector = new Collector(sets, 'bid', 1, true);
    fill(collector, sets);
    return collector.reasons('window_mismatch').binding;
  };

  it('is what concerns the most lots of the other side first, counted reason by reason', () => {
    expect(
      collected((collector, sets) => {
        collector.refused(sets.of(bitsOf('purity_too_low')), 5);
        collector.refused(sets.of(bitsOf('site_unverified', 'origin_excluded')), 4);
        collector.refused(sets.of(bitsOf('origin_excluded')), 3);
        collector.refused(sets.of(bitsOf('related_party')), 0);
      }),
    ).toEqual(['origin_excluded', 'purity_too_low', 'site_unverified']);
  });

  it('is competition alone wherever the class could have traded', () => {
    expect(
      collected((collector, sets) => {
        collector.refused(sets.of(bitsOf('purity_too_low')), 50);
        collector.competed(competition.supply, 2);
        collector.competed(competition.price, 1);
        collector.competed(competition.price, 4);
        collector.competed(competition.concentration, 0);
      }),
    ).toEqual(['out_of_competition', 'insufficient_supply']);
  });

  it('is what is said where nobody was there', () => {
    expect(collected(() => undefined)).toEqual(['window_mismatch']);
  });
});

describe('trades that were missed', () => {
  const missed = (side: 'offer' | 'bid', fill: (collector: Collector, set: number) => void) => {
    const sets = new RefusalSets();
    const collector = new Collector(sets, side, 3, true);
    sets.of(0);
    fill(collector, sets.of(bitsOf('origin_excluded')));
    return collector
      .reasons('window_mismatch')
      .misses.map(({ reach, ...alike }) => ({ ...alike, reach: [...reach] }));
  };
  const refused = bitsOf('origin_excluded');

  it('are alike by their refusals: of a bid the least price that wins one', () => {
    expect(
      missed('bid', (collector, set) => {
        for (const [place, landed] of [90, 80, 85].entries()) collector.missed(set, plain, -1, landed, place);
      }),
    ).toEqual([{ refused, checks: [], origin: -1, shut: false, reach: [80] }]);
  });

  it('of an offer the greatest, destination by destination', () => {
    expect(
      missed('offer', (collector, set) => {
        for (const landed of [90, 80, 95, 85]) collector.missed(set, plain, -1, landed, 1);
        collector.missed(set, plain, -1, 70, 2);
      }),
    ).toEqual([{ refused, checks: [], origin: -1, shut: false, reach: [-Infinity, 95, 70] }]);
  });

  it('are told apart by origin, by certificates that failed and by a cap that is used up, which change nothing else', () => {
    const first = { number: 1, checks: [3] };
    const second = { number: 2, checks: [3, 4] };
    const found = missed('bid', (collector, set) => {
      collector.missed(set, plain, -1, 1, 0);
      collector.missed(set, plain, 0, 2, 0);
      collector.missed(set, plain, 1, 3, 0);
      collector.missed(set, first, -1, 4, 0);
      collector.missed(set, first, 0, 5, 0);
      collector.missed(set, second, 0, 6, 0);
      collector.missed(set, second, 0, 7, 0);
      collector.missed(set, first, 0, Infinity, 0);
      collector.missed(set, first, 0, 8, 0, true);
      collector.missed(set, plain, -1, 9, 0, true);
    });
    expect(found).toEqual([
      { refused, checks: [], origin: -1, shut: false, reach: [1] },
      { refused, checks: [], origin: 0, shut: false, reach: [2] },
      { refused, checks: [], origin: 1, shut: false, reach: [3] },
      { refused, checks: [3], origin: -1, shut: false, reach: [4] },
      { refused, checks: [3], origin: 0, shut: false, reach: [5] },
      { refused, checks: [3, 4], origin: 0, shut: false, reach: [6] },
      { refused, checks: [3], origin: 0, shut: true, reach: [8] },
      { refused, checks: [], origin: -1, shut: true, reach: [9] },
    ]);
  });
});

describe('the certificates that a pair lacked', () => {
  const quarters = { '2027-Q1': '1', '2027-Q2': '1', '2027-Q3': '1' };
  const setting = settingOf(
    aMarket()
      .zone()
      .scheme()
      .scheme({ id: 'tsm', levels: [] })
      .rule({
        renewalCovenant: true,
        topics: [
          { topic: 'production', anyOf: [{ scheme: 'irma', level: '75' }] },
          { topic: 'tailings', anyOf: [{ scheme: 'tsm' }] },
        ],
      })
      .offer('bare', 'AU', '90.00', quarters)
      .offer('half', 'AU', '91.00', quarters)
      .certificate('half', { validTo: '2027-01-31' })
      .offer('late', 'AU', '92.00', { '2027-Q2': '1', '2027-Q3': '1' })
      .certificate('late', { validTo: '2027-01-31' })
      .bid('de', 'DE', '100.00', quarters)
      .bid('later', 'DE', '101.00', { '2027-Q2': '1', '2027-Q3': '1' })
      .bid('picky', 'DE', '102.00', quarters, {
        requires: [{ scheme: 'irma', level: '100' }, { scheme: 'tsm' }],
      }),
  );
  const { facets } = setting;
  const numberOf = (price: bigint): { offer: number; bid: number } => ({
    offer: facets.offers.findIndex(({ ask }) => ask === price),
    bid: facets.bids.findIndex(({ limit }) => limit === price),
  });
  const [bare, half, late] = [9000n, 9100n, 9200n].map((ask) => numberOf(ask).offer);
  const [de, later, picky] = [10_000n, 10_100n, 10_200n].map((limit) => numberOf(limit).bid);
  const lacking = new Failures(setting, 1);
  const missing = refusalBit.certificate_missing;

  it('are those of its checks that fail, and none where no certificate was the reason', () => {
    expect(lacking.of(missing, bare!, de!).checks).toEqual([0, 1]);
    expect(lacking.of(missing, half!, de!).checks).toEqual([1]);
    expect(lacking.of(missing, half!, picky!).checks).toEqual([1, 2, 3]);
    expect(lacking.of(refusalBit.purity_too_low, bare!, de!)).toEqual({ number: 0, checks: [] });
  });

  it('count a certificate that has run out under a covenant where the contract may have begun before', () => {
    expect(lacking.of(missing, half!, de!).checks).toEqual([1]);
    expect(lacking.of(missing, half!, later!).checks).toEqual([0, 1]);
    expect(lacking.of(missing, late!, de!).checks).toEqual([0, 1]);
  });

  it('are numbered alike where they are alike, and never as none', () => {
    const numbers = [
      lacking.of(missing, bare!, de!),
      lacking.of(missing, late!, de!),
      lacking.of(missing, half!, de!),
    ].map(({ number }) => number);
    expect(numbers[0]).toBe(numbers[1]);
    expect(new Set(numbers).size).toBe(2);
    expect(Math.min(...numbers)).toBeGreaterThan(0);
  });
});
