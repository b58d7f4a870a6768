import { describe, expect, it } from 'vitest';
import type { PublicDepth } from '../../../shared/clearing/documents/published.ts';
import type { ConditionReason } from '../../../shared/clearing/explanation/condition-reason.ts';
import type { WouldNeed } from '../../../shared/clearing/explanation/explanation.ts';
import {
  oncePerCode,
  undelivered,
  type NearMiss,
  type Order,
} from '../../../shared/clearing/explanation/near-miss.ts';
import { settled, type Unfilled } from '../../../shared/clearing/explanation/questions.ts';
import type { Retrials } from '../../../shared/clearing/explanation/retrials.ts';
import { priceOf, quantityOf } from '../../../shared/pricing/product-terms.ts';
import { aMarket, kg } from '../../support/market.ts';
import { settingOf } from '../../support/told.ts';

/** An order of each side, and what the market publishes: 30 kg against each in Q1, Q2 and Q4, withheld in Q3. */
const setting = settingOf(
  aMarket()
    .zone()
    .scheme()
    .offer('o', 'AU', '90.00', '40', { minimumLot: kg('5'), minimumQuarters: 2 })
    .bid('b', 'DE', '100.00', '40', {
      maxOriginShare: '0.5',
      requires: [{ scheme: 'irma', level: '100' }],
    }),
);
const { product } = setting.snapshot;
const [offer, bid] = [setting.snapshot.offers[0]!, setting.snapshot.bids[0]!];
const published = ['2027-Q4', '2027-Q1', '2027-Q2'];
const depth: PublicDepth = {
  against: (_, quarter) => (published.includes(quarter) ? 30n : undefined),
  quartersAgainst: () => [...published, '2027-Q3'],
  awarded: (order, quarter) => (order === offer.id && quarter === '2027-Q2' ? 7 : 0),
};

/** What is asked, question by question, and what is told in the end, where the market cleared again answers so. */
function ask(
  unfilled: {
    order: Order;
    quarter?: string;
    awarded?: number;
    condition?: ConditionReason['code'];
    told?: Unfilled['told'];
  },
  misses: readonly NearMiss[] = [],
  answer: (need: WouldNeed) => Record<string, number> | undefined = () => ({}),
) {
  const asked: WouldNeed[] = [];
  const retrials = {
    awarded(_order: Order, _quarter: string, need: WouldNeed) {
      asked.push(need);
      const lots = answer(need);
      return lots && new Map(Object.entries(lots));
    },
  } as unknown as Retrials;
  const { order, quarter = '2027-Q1', awarded = 0, condition: code, told } = unfilled;
  const condition = code && ({ code, detail: '', standing: 'rejected' } as const);
  const found = settled(setting, retrials, depth, { order, quarter, awarded, condition, told }, misses);
  return { asked, told: found.map((miss) => ({ code: miss.code, ...miss.wouldNeed })) };
}
const toldOf = (...binding: NonNullable<Unfilled['told']>['binding']) => ({
  binding,
  cures: [],
  price: undefined,
});
const miss = (wouldNeed: WouldNeed, own = true): NearMiss => ({ code: 'origin_excluded', wouldNeed, own });
const origins = ['CL'];

describe('a near miss that the duals left open', () => {
  const open = miss({ origins, certain: false });

  it('is certain where the market cleared again gives the order more than it had', () => {
    expect(ask({ order: bid }, [open], () => ({ '2027-Q1': 1 })).told).toEqual([
      { code: 'origin_excluded', origins },
    ]);
    expect(ask({ order: bid, awarded: 1 }, [open], () => ({ '2027-Q1': 1 })).told).toEqual([
      { code: 'origin_excluded', origins, certain: false },
    ]);
    expect(ask({ order: bid, awarded: 1 }, [open], () => ({ '2027-Q2': 5 })).told[0]).toHaveProperty(
      'certain',
    );
    expect(ask({ order: bid }, [open], () => undefined).told[0]).toHaveProperty('certain', false);
  });

  it('is not asked about where it is not the order’s own, or is certain already', () => {
    expect(ask({ order: bid }, [miss({ verifiedSite: true, certain: false }, false)]).asked).toEqual([]);
    expect(ask({ order: bid }, [miss({ origins })]).asked).toEqual([]);
    expect(ask({ order: bid }, [open]).asked).toEqual([{ origins }]);
  });
});

describe('an order that nothing else explains is asked about', () => {
  it('its condition: a lesser quantity where the other side’s depth is public, else without the condition', () => {
    const quantity = quantityOf(30n, product);
    expect(ask({ order: offer, condition: 'all_or_none' }).asked).toEqual([
      { quantity },
      { without: ['allOrNone'] },
    ]);
    expect(ask({ order: offer, condition: 'minimum_lot', quarter: '2027-Q3' }).asked).toEqual([
      { without: ['minimumLot'] },
    ]);
    const whole = { ...offer, remaining: [{ quarter: '2027-Q1', quantity }] };
    expect(ask({ order: whole, condition: 'minimum_quarters' }).asked, 'no less than it asks for').toEqual([
      { without: ['minimumQuarters'] },
    ]);
    const told = ask({ order: offer, condition: 'all_or_none' }, [], (need) =>
      need.quantity === undefined ? undefined : { '2027-Q1': 30 },
    );
    expect(told.told).toEqual([{ code: 'all_or_none', quantity }]);
    expect(told.asked, 'and no further').toHaveLength(1);
  });

  it('the two nearest quarters in which the other side is, the earlier of equally near ones first', () => {
    const order = { ...offer, remaining: [] };
    const asked = (quarter: string) => ask({ order, quarter, told: toldOf('window_mismatch') }).asked;
    expect(asked('2027-Q3')).toEqual([{ quarters: ['2027-Q2'] }, { quarters: ['2027-Q4'] }]);
    expect(asked('2028-Q1')).toEqual([{ quarters: ['2027-Q4'] }, { quarters: ['2027-Q3'] }]);
    expect(asked('2027-Q1')).toEqual([{ quarters: ['2027-Q2'] }, { quarters: ['2027-Q3'] }]);
    const there = (lots: number) =>
      ask({ order: offer, quarter: '2027-Q1', told: toldOf('window_mismatch') }, [], () => ({
        '2027-Q2': lots,
      })).told;
    expect(there(8), 'more than it has there').toEqual([{ code: 'window_mismatch', quarters: ['2027-Q2'] }]);
    expect(there(7)).toEqual([]);
  });

  it('the public price, by the name that its side has for it, then what it could do without', () => {
    const priced = {
      binding: ['concentration_limit', 'minimum_lot', 'minimum_quarters'],
      cures: [],
      price: 9501n,
    } as const;
    const price = priceOf(9501n, product);
    expect(ask({ order: bid, told: priced }).asked).toEqual([
      { limit: price },
      { without: ['maxOriginShare'] },
    ]);
    expect(ask({ order: offer, told: priced }).asked).toEqual([
      { ask: price },
      { without: ['minimumLot'] },
      { without: ['minimumQuarters'] },
    ]);
    expect(ask({ order: bid, told: toldOf('out_of_competition') }).asked).toEqual([]);
    expect(ask({ order: bid, told: toldOf('not_delivered', 'concentration_limit') }).asked).toEqual([]);
    expect(ask({ order: bid }).asked).toEqual([]);
  });

  it('nothing where a near miss is certain already; what is told then takes the place of a near miss of that code without a cure', () => {
    const told = toldOf('concentration_limit');
    const empty: NearMiss = { code: 'concentration_limit', wouldNeed: {}, own: false };
    const enough = () => ({ '2027-Q1': 1 });
    expect(ask({ order: bid, told }, [miss({ origins })], enough).asked).toEqual([]);
    expect(ask({ order: bid, told }, [empty], enough).told).toEqual([
      { code: 'concentration_limit', without: ['maxOriginShare'] },
    ]);
    expect(
      ask(
        { order: bid, told },
        [{ ...empty, wouldNeed: { verifiedSite: true, certain: false } }, miss({}, false)],
        enough,
      ).told,
    ).toEqual([
      { code: 'concentration_limit', verifiedSite: true, certain: false },
      { code: 'origin_excluded' },
      { code: 'concentration_limit', without: ['maxOriginShare'] },
    ]);
  });
});

describe('a requirement of its own that a bid would have to drop', () => {
  const asked = [{ anyOf: [{ scheme: 'irma', level: '100' }] }];
  const dropped = { certificates: asked, without: ['requires' as const] };
  const enough = () => ({ '2027-Q1': 1 });

  it('is told as its next lower level, where that was enough', () => {
    const lower = { certificates: asked, levels: [{ scheme: 'irma', level: '75' }] };
    expect(ask({ order: bid }, [miss(dropped)], enough)).toEqual({
      asked: [lower],
      told: [{ code: 'origin_excluded', ...lower }],
    });
    expect(ask({ order: bid }, [miss(dropped)]).told).toEqual([{ code: 'origin_excluded', ...dropped }]);
  });

  it('is left as it is where more was to be dropped, where it is not certain, and where no level is below', () => {
    const lowest = [{ anyOf: [{ scheme: 'irma', level: '50' }] }];
    const none = [{ anyOf: [{ scheme: 'irma' }] }];
    const unknown = [{ anyOf: [{ scheme: 'another', level: '75' }] }];
    for (const need of [
      { ...dropped, also: ['origin_excluded' as const] },
      { ...dropped, without: ['minimumPurity' as const, 'requires' as const] },
      { ...dropped, certificates: [...asked, ...asked] },
      { ...dropped, certificates: lowest },
      { ...dropped, certificates: none },
      { ...dropped, certificates: unknown },
    ])
      expect(ask({ order: bid }, [miss(need)], enough), JSON.stringify(need)).toEqual({
        asked: [],
        told: [{ code: 'origin_excluded', ...need }],
      });
    expect(ask({ order: bid }, [miss({ ...dropped, certain: false }, false)], enough).asked).toEqual([]);
    expect(ask({ order: offer }, [miss(dropped)], enough).asked).toEqual([]);
  });
});

describe('near misses of one code', () => {
  const near = (wouldNeed: WouldNeed): NearMiss => ({ code: 'price_terms_mismatch', wouldNeed, own: true });
  const [nothing, unsure, sure] = [{}, { delivery: 'there', certain: false as const }, { delivery: 'there' }];

  it('are one: that of which most is told, of equals the first', () => {
    const kept = (...needs: WouldNeed[]) => oncePerCode(needs.map(near)).map(({ wouldNeed }) => wouldNeed);
    expect(kept(nothing, unsure, sure)).toEqual([sure]);
    expect(kept(sure, unsure, nothing)).toEqual([sure]);
    expect(kept(nothing, unsure)).toEqual([unsure]);
    expect(kept(unsure, nothing)).toEqual([unsure]);
    expect(kept(sure, { delivery: 'elsewhere' })).toEqual([sure]);
  });

  it('are not one with those of another code beside it', () => {
    expect(oncePerCode([near(sure), near({ ...sure, also: ['origin_excluded'] })])).toHaveLength(2);
  });
});

describe('a mismatch of destinations', () => {
  it('is told in terms of the order’s own', () => {
    expect(undelivered({ ...offer, destinations: ['US', 'JP'] }).wouldNeed).toBe(
      'Delivery to more destinations than US, JP.',
    );
    expect(undelivered(bid).wouldNeed).toBe('An offer that delivers to DE.');
    expect(undelivered({ ...bid, destination: undefined }).detail).toBe(
      "There is supply, but it does not deliver to every destination of the pool's members.",
    );
  });
});
