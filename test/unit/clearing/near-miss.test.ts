import { describe, expect, it } from 'vitest';
import type { Cure } from '../../../shared/clearing/explanation/cures.ts';
import { nearMissOf, type Order } from '../../../shared/clearing/explanation/near-miss.ts';
import { priceOf } from '../../../shared/pricing/product-terms.ts';
import { aMarket } from '../../support/market.ts';
import { settingOf } from '../../support/told.ts';

/** Check 0 is the zone's, of a scheme for this mineral or another; the zone's check 1 nothing can show; 2 is the bid's own. */
const setting = settingOf(
  aMarket()
    .zone()
    .scheme()
    .scheme({ id: 'cobalt-only', levels: [], minerals: ['cobalt'] })
    .rule({
      minimumAssurance: 'second-party',
      topics: [
        { topic: 'production', anyOf: [{ scheme: 'irma', level: '75' }, { scheme: 'cobalt-only' }] },
        { topic: 'other', anyOf: [{ scheme: 'cobalt-only' }] },
      ],
    })
    .offer('o', 'CL', '90.00', '10')
    .bid('b', 'DE', '100.00', '10', { requires: [{ scheme: 'irma', level: '100' }], maxOriginShare: '0.5' }),
);
const { product, offers, bids } = setting.snapshot;
const [offer, bid] = [offers[0]!, bids[0]!];
const sure: Cure = { causes: [], told: true, own: true, certain: true, checks: [], origin: -1 };
const told = (order: Order, cure: Partial<Cure>, sharesSite = false) =>
  nearMissOf(setting, order, { ...sure, ...cure }, sharesSite);
const need = (...of: Parameters<typeof told>) => told(...of).map(({ wouldNeed }) => wouldNeed);

describe('a near miss', () => {
  it('is told by its first reason, with what cures it: prices of the order’s side', () => {
    expect(told(bid, { causes: ['out_of_competition'], limit: 9501n })).toEqual([
      { code: 'out_of_competition', wouldNeed: { limit: priceOf(9501n, product) }, own: true },
    ]);
    expect(need(bid, { causes: ['price_below_floor'], floor: 9501n })).toEqual([
      { floor: priceOf(9501n, product) },
    ]);
    expect(need(offer, { causes: ['out_of_competition'], ask: 9501n })).toEqual([
      { ask: priceOf(9501n, product) },
    ]);
  });

  it('without a cure is nobody’s own and says nothing of certainty', () => {
    for (const certain of [true, false])
      expect(told(bid, { causes: ['related_party'], certain })).toEqual([
        { code: 'related_party', wouldNeed: {}, own: false },
      ]);
    expect(told(bid, { causes: ['origin_excluded'], origin: 0, certain: false, own: false })).toEqual([
      { code: 'origin_excluded', wouldNeed: { origins: ['CL'], certain: false }, own: false },
    ]);
  });

  it('of two reasons is told for certain or not at all', () => {
    const causes = ['purity_too_low', 'not_delivered'] as const;
    expect(need(bid, { causes })).toEqual([
      {
        delivery: 'An offer that delivers to DE.',
        without: ['minimumPurity'],
        also: ['price_terms_mismatch'],
      },
    ]);
    expect(need(bid, { causes, certain: false })).toEqual([]);
    expect(need(bid, { causes: [] })).toEqual([]);
  });

  it('for certificates names those that could show it, with the assurance that is asked for', () => {
    const causes = ['certificate_level'] as const;
    const minimumAssurance = 'second-party';
    expect(need(offer, { causes, checks: [0] })).toEqual([
      { certificates: [{ anyOf: [{ scheme: 'irma', level: '75' }], minimumAssurance }] },
    ]);
    expect(need(offer, { causes, checks: [1] }), 'or all, where none could').toEqual([
      { certificates: [{ anyOf: [{ scheme: 'cobalt-only' }], minimumAssurance }] },
    ]);
    expect(need(offer, { causes, checks: [2] })).toEqual([
      { certificates: [{ anyOf: [{ scheme: 'irma', level: '100' }] }] },
    ]);
    expect(need(offer, { causes })).toEqual([{}]);
    expect(need(offer, { causes: ['site_unverified'], checks: [] })).toEqual([{ verifiedSite: true }]);
  });

  it('names to a bid what it could do without: its requirements only where all that failed are its own', () => {
    const without = (causes: Cure['causes'], cure: Partial<Cure> = {}, order: Order = bid) =>
      need(order, { causes, ...cure })[0]?.without;
    expect(without(['certificate_level'], { checks: [2] })).toEqual(['requires']);
    expect(without(['certificate_level'], { checks: [0, 2] })).toBeUndefined();
    expect(without(['purity_too_low'])).toEqual(['minimumPurity']);
    expect(without(['purity_too_low'], {}, offer)).toBeUndefined();
    expect(without(['concentration_limit'])).toEqual(['maxOriginShare']);
    expect(without(['concentration_limit'], { own: false }), 'a zone’s').toBeUndefined();
    expect(without(['concentration_limit'], {}, { ...offer, id: bid.id })).toBeUndefined();
    expect(without(['origin_excluded'])).toBeUndefined();
    expect(need(offer, { causes: ['origin_excluded'], origin: 0 })).toEqual([{}]);
  });

  it('is not certain of a site that sells more: a certificate or verification lets in the rest as well', () => {
    const certain = (causes: Cure['causes'], checks: number[], sharesSite: boolean) =>
      need(offer, { causes, checks }, sharesSite)[0]?.certain;
    expect(certain(['certificate_missing'], [0], true)).toBe(false);
    expect(certain(['certificate_missing'], [0], false)).toBeUndefined();
    expect(certain(['site_unverified'], [], true)).toBe(false);
    expect(certain(['not_delivered'], [], true)).toBeUndefined();
    expect(need(bid, { causes: ['certificate_missing'], checks: [2] }, true)[0]).not.toHaveProperty(
      'certain',
    );
  });
});
