import { describe, expect, it } from 'vitest';
import { refusalBit, type RefusalCause } from '../../../shared/clearing/eligibility/refusal.ts';
import {
  curesOfBid,
  curesOfOffer,
  publicAsk,
  publicLimit,
} from '../../../shared/clearing/explanation/cures.ts';
import { aMarket } from '../../support/market.ts';
import { inWords, settingOf } from '../../support/told.ts';

/*
 * Of trades that an order missed, what it is told. Reasons that are certain are marked `!`, those told of what is not
 * the order's own `~`, and those of which nothing is told `?`; prices are in ticks.
 */

/** Checks 0 and 1 are the zone's, and no certificate can show the second; the third is the bid's own. */
const market = (terms: { limit?: string; ask?: string } = {}) =>
  aMarket()
    .zone()
    .floor('110.00', { duties: [{ origin: 'CL', destination: 'JP', rate: '0.1' }] })
    .scheme()
    .scheme({ id: 'cobalt-only', levels: [], minerals: ['cobalt'] })
    .rule({
      topics: [
        { topic: 'production', anyOf: [{ scheme: 'irma', level: '75' }] },
        { topic: 'other', anyOf: [{ scheme: 'cobalt-only' }] },
      ],
    })
    .offer('au', 'AU', '90.00', '10')
    .offer('cl', 'CL', terms.ask ?? '125.00', '10')
    .bid('de', 'DE', terms.limit ?? '112.00', '10', { requires: [{ scheme: 'irma', level: '100' }] })
    .bid('jp', 'JP', '100.00', '10')
    .bid('kr', 'KR', '100.00', '10');
const [zones, impossible, own] = [0, 1, 2];

interface MissSpec {
  readonly of?: readonly RefusalCause[];
  readonly checks?: readonly number[];
  readonly origin?: number;
  readonly shut?: boolean;
}
const missOf = ({ of = [], checks = [], origin = -1, shut = false }: MissSpec, ...reach: number[]) => ({
  refused: of.reduce((bits, cause) => bits | refusalBit[cause], 0),
  ...{ checks, origin, shut, reach: Float64Array.from(reach) },
});
const paid = (low: bigint, high: bigint) => ({ low, high });

describe('a bid with a limit of 112.00 where up to 115.00 was paid', () => {
  const setting = settingOf(market());
  const bid = setting.facets.bids.find(({ limit }) => limit === 11_200n)!;
  /** Trades missed, each with the least price in ticks at which the bid would have won it. */
  const told = (...misses: (MissSpec & { at: number })[]) =>
    curesOfBid(
      setting,
      bid,
      misses.map((each) => missOf(each, each.at)),
      paid(10_000n, 11_500n),
    ).map(inWords);

  it('is told of a price a tick above the highest paid, where that would have been enough', () => {
    expect(told({ at: 11_501 })).toEqual(['out_of_competition! limit 11501']);
    expect(told({ at: 11_502 })).toEqual([]);
    expect(told({ of: ['limit_below_reserve'], at: 11_501 })).toEqual(['limit_below_reserve! limit 11501']);
    expect(told({ of: ['limit_below_reserve'], at: 11_502 })).toEqual(['limit_below_reserve?']);
  });

  it('is told of the floor whether or not it would have been enough, and of the floor rather than of what was paid', () => {
    const of = ['price_below_floor'] as const;
    expect(told({ of, at: 11_000 })).toEqual(['price_below_floor! floor 11000']);
    expect(told({ of, at: 11_001 })).toEqual(['price_below_floor! limit 11501']);
    expect(told({ of, at: 11_502 })).toEqual(['price_below_floor~ floor 11000']);
    expect(told({ of: [...of, 'related_party'], at: 11_502 })).toEqual([]);
  });

  it('is told for certain of a term of its own that alone kept it from a price within its limit', () => {
    for (const cause of ['origin_excluded', 'purity_too_low', 'concentration_limit'] as const) {
      expect(told({ of: [cause], at: 11_200 })).toEqual([`${cause}!`]);
      expect(told({ of: [cause], at: 11_201 })).toEqual([
        cause,
        `${cause} + out_of_competition! limit 11501`,
      ]);
      expect(told({ of: [cause], at: 11_502 })).toEqual([cause]);
    }
  });

  it('is told, though not for certain, of what offers lacked for the rules of its zone', () => {
    expect(told({ of: ['certificate_level'], checks: [zones], at: 0 })).toEqual([
      'certificate_level~ checks 0',
    ]);
    expect(told({ of: ['certificate_level'], checks: [zones, own], at: 0 })).toEqual([
      'certificate_level~ checks 0,2',
    ]);
    expect(told({ of: ['site_unverified'], at: 0 })).toEqual(['site_unverified~']);
    expect(told({ of: ['not_delivered'], at: 0 })).toEqual(['not_delivered~']);
    expect(told({ of: ['certificate_level'], checks: [own], at: 0 })).toEqual([
      'certificate_level! checks 2',
    ]);
    expect(told({ of: ['site_unverified', 'limit_below_reserve'], at: 0 })).toEqual([]);
  });

  it('cannot change that the cap of its zone is used up', () => {
    expect(told({ of: ['concentration_limit'], shut: true, at: 0 })).toEqual(['concentration_limit~']);
    expect(told({ of: ['concentration_limit', 'purity_too_low'], shut: true, at: 0 })).toEqual([]);
  });

  it('is told nothing of what concerns others, nor of certificates where none failed', () => {
    for (const cause of ['related_party', 'price_terms_mismatch', 'consumption_not_declared'] as const)
      expect(told({ of: [cause], at: 0 })).toEqual([`${cause}?`]);
    expect(told({ of: ['certificate_expired'], at: 0 }), 'a contract that would begin too late').toEqual([
      'certificate_expired?',
    ]);
  });

  it('is told of two reasons together only where all of both is told, and none is enough alone', () => {
    const both = { of: ['origin_excluded', 'purity_too_low'], origin: 1, at: 0 } as const;
    expect(told(both)).toEqual(['purity_too_low + origin_excluded! origin 1']);
    expect(told({ of: ['purity_too_low'], at: 12_000 }, both)).toEqual([
      'purity_too_low',
      'purity_too_low + origin_excluded! origin 1',
    ]);
    expect(told({ of: ['purity_too_low'], at: 0 }, both)).toEqual(['purity_too_low!']);
    expect(told({ ...both, at: 12_000 })).toEqual([]);
    expect(told({ of: ['purity_too_low', 'related_party'], at: 0 })).toEqual([]);
    expect(told({ of: ['purity_too_low', 'certificate_level'], checks: [zones], at: 0 })).toEqual([]);
  });

  it('is told of the best of several trades that one reason stood against, in whatever order they are found', () => {
    const best = (...misses: (MissSpec & { at: number })[]) => {
      const found = told(...misses);
      expect(told(...misses.toReversed())).toEqual(found);
      return found;
    };
    const of = ['certificate_level'] as const;
    expect(best({ of, checks: [zones], at: 0 }, { of, checks: [own], at: 0 }), 'for certain').toEqual([
      'certificate_level! checks 2',
    ]);
    expect(best({ of, checks: [], at: 0 }, { of, checks: [zones], at: 0 }), 'if at all').toEqual([
      'certificate_level~ checks 0',
    ]);
    expect(best({ of, checks: [zones, own], at: 0 }, { of, checks: [impossible], at: 0 }), 'fewest').toEqual([
      'certificate_level~ checks 1',
    ]);
    expect(best({ of, checks: [impossible], at: 0 }, { of, checks: [zones], at: 0 })).toEqual([
      'certificate_level~ checks 0',
    ]);
    const excluded = { of: ['origin_excluded'], at: 0 } as const;
    expect(best({ ...excluded, origin: 1 }, { ...excluded, origin: 0 })).toEqual([
      'origin_excluded! origin 0',
    ]);
  });

  it('is told of its reasons in order of report, and of the price once', () => {
    expect(
      told(
        { of: ['concentration_limit'], at: 0 },
        { of: ['origin_excluded'], at: 0 },
        { at: 0 },
        {
          of: ['purity_too_low'],
          at: 0,
        },
      ),
    ).toEqual([
      'purity_too_low!',
      'origin_excluded!',
      'concentration_limit!',
      'out_of_competition! limit 11501',
    ]);
    expect(told({ at: 0 }, { of: ['limit_below_reserve'], at: 11_501 })).toEqual([
      'limit_below_reserve! limit 11501',
    ]);
    expect(told({ at: 0 }, { of: ['price_below_floor'], at: 11_001 })).toEqual([
      'price_below_floor! limit 11501',
    ]);
    expect(told({ at: 0 }, { of: ['limit_below_reserve'], at: 12_000 }), 'which is not told there').toEqual([
      'limit_below_reserve?',
      'out_of_competition! limit 11501',
    ]);
  });

  it('is told of no price where none is public, or where its limit is above it already', () => {
    const without = curesOfBid(setting, bid, [missOf({}, 0)], undefined);
    expect(without).toEqual([]);
    expect(publicLimit(bid, undefined)).toBeUndefined();
    expect(publicLimit(bid, paid(10_000n, 11_199n))).toBeUndefined();
    expect(publicLimit(bid, paid(10_000n, 11_200n))).toBe(11_201n);
  });
});

describe('an offer from CL at 125.00, landed at 110.00 at least in DE and JP, the latter with a duty of 10 %', () => {
  const setting = settingOf(market());
  const offer = setting.facets.offers.find(({ ask }) => ask === 12_500n)!;
  const reachOf = ({ de = -Infinity, jp = -Infinity, kr = -Infinity }) => [de, jp, kr];
  interface Reach {
    readonly de?: number;
    readonly jp?: number;
    readonly kr?: number;
  }
  /** Trades missed, each with the greatest landed price in ticks at which the offer would have won it. */
  const told = (...misses: (MissSpec & Reach)[]) =>
    curesOfOffer(
      setting,
      offer,
      misses.map((each) => missOf(each, ...reachOf(each))),
      paid(9500n, 12_000n),
    ).map(inWords);

  it('has destinations in order, as these tests write them', () => {
    expect(setting.facets.destinations.map(({ destination }) => destination)).toEqual(['DE', 'JP', 'KR']);
  });

  it('is told of the ask that lands at the floor or a tick below the lowest paid, where that is enough', () => {
    expect(told({ de: 11_000 })).toEqual(['out_of_competition! ask 11000']);
    expect(told({ de: 10_999 })).toEqual([]);
    expect(told({ jp: 11_000 })).toEqual(['out_of_competition! ask 10000']);
    expect(told({ jp: 10_999 })).toEqual([]);
    expect(told({ kr: 9499 })).toEqual(['out_of_competition! ask 9499']);
    expect(told({ kr: 9498 })).toEqual([]);
    expect(told({ of: ['limit_below_reserve'], de: 11_000 })).toEqual(['limit_below_reserve! ask 11000']);
    expect(told({ of: ['limit_below_reserve'], de: 10_999 })).toEqual(['limit_below_reserve?']);
  });

  it('is told of the kindest of several', () => {
    expect(told({ de: 11_000, jp: 11_000, kr: 11_000 })).toEqual(['out_of_competition! ask 11000']);
    expect(told({ jp: 11_000, kr: 11_000 })).toEqual(['out_of_competition! ask 10000']);
    const of = ['limit_below_reserve'] as const;
    expect(told({ of, kr: 9499 }, { of, jp: 11_000 })).toEqual(['limit_below_reserve! ask 10000']);
    expect(told({ of, jp: 11_000 }, { of, kr: 9499 })).toEqual(['limit_below_reserve! ask 10000']);
  });

  it('is told for certain of what it lacks, where that alone kept it from a price that lands within reach', () => {
    for (const cause of ['not_delivered', 'site_unverified'] as const) {
      expect(told({ of: [cause], de: 12_500 })).toEqual([`${cause}!`]);
      expect(told({ of: [cause], jp: 13_750 })).toEqual([`${cause}!`]);
      expect(told({ of: [cause], jp: 13_749, kr: 0 })).toEqual([
        cause,
        cause === 'not_delivered'
          ? 'not_delivered + out_of_competition! ask 10000'
          : 'site_unverified + out_of_competition! ask 10000',
      ]);
      expect(told({ of: [cause], kr: 0 })).toEqual([cause]);
    }
    expect(told({ of: ['certificate_missing'], checks: [zones], de: 12_500 })).toEqual([
      'certificate_missing! checks 0',
    ]);
  });

  it('is told nothing of what a buyer asks for itself, nor of what no certificate shows', () => {
    const of = ['certificate_missing'] as const;
    expect(told({ of, checks: [own], de: 12_500 })).toEqual(['certificate_missing?']);
    expect(told({ of, checks: [zones, own], de: 12_500 })).toEqual(['certificate_missing? checks 0']);
    expect(told({ of, checks: [impossible], de: 12_500 })).toEqual(['certificate_missing? checks 1']);
    expect(told({ of, checks: [], de: 12_500 })).toEqual(['certificate_missing?']);
    for (const cause of ['purity_too_low', 'origin_excluded', 'origin_barred', 'related_party'] as const)
      expect(told({ of: [cause], de: 12_500 })).toEqual([`${cause}?`]);
  });

  it('is told of two reasons together where all of both is told', () => {
    expect(told({ of: ['certificate_missing', 'site_unverified'], checks: [zones], de: 12_500 })).toEqual([
      'site_unverified + certificate_missing! checks 0',
    ]);
    expect(told({ of: ['limit_below_reserve', 'not_delivered'], de: 11_000 })).toEqual([
      'limit_below_reserve + not_delivered! ask 11000',
    ]);
    expect(told({ of: ['limit_below_reserve', 'purity_too_low'], de: 11_000 })).toEqual([]);
  });

  it('may lower its ask to the greatest of the public ones below it', () => {
    const ask = (cents: string, prices = paid(9500n, 12_000n)) => {
      const each = settingOf(market({ ask: cents }));
      return publicAsk(
        each,
        each.facets.offers.find(({ origin }) => origin === 1)!,
        prices,
      );
    };
    expect(ask('125.00')).toBe(11_000n);
    expect(ask('110.01')).toBe(11_000n);
    expect(ask('110.00')).toBe(10_000n);
    expect(ask('100.00')).toBe(9499n);
    expect(ask('94.99')).toBeUndefined();
    expect(ask('125.00', paid(11_102n, 12_000n)), 'above the floor').toBe(11_101n);
    expect(ask('125.00', paid(1n, 1n))).toBe(11_000n);
    expect(publicAsk(setting, offer, undefined)).toBe(11_000n);
  });
});
