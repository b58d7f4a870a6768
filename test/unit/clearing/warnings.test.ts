import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { bidWarnings, offerWarnings } from '../../../shared/clearing/eligibility/warnings.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { aMarket, price } from '../../support/market.ts';

const at = '2026-11-22T12:00:00.000Z';
const rules = (build: (market: ReturnType<typeof aMarket>) => unknown, changes = {}): Snapshot => {
  const market = aMarket(changes)
    .zone()
    .zone({ id: 'union', name: 'Union', members: ['KR'] })
    .scheme();
  build(market);
  return market.snapshot();
};
const told = (warnings: { code: string; detail: string }[]): string[] =>
  warnings.map(({ code, detail }) => `${code}: ${detail.split(':')[0]!}`);

describe('what an offer is warned of', () => {
  const offer = (snapshot: Snapshot, destinations?: string[], quarters = ['2027-Q1', '2027-Q2']) => {
    const site = { ...aMarket().offer('x', 'CN', '1.00', '1', { verified: false }).snapshot().sites[0]! };
    const owned = { ...site, name: 'Site', organisation: 'mine', recordedBy: 'mine-1' };
    const certificates = snapshot.certificates.map((each) => ({
      ...{ ...each, organisation: 'mine', recordedBy: 'mine-1', reference: '1' },
    }));
    return told(offerWarnings(snapshot, { destinations, quarters, site: owned, certificates }));
  };

  it('is nothing where no zone minds', () => {
    expect(offer(rules(() => undefined))).toEqual([]);
  });

  it('is of every zone that it reaches: bars, unverified sites', () => {
    const strict = { barredOrigins: ['CN'], verifiedSitesOnly: true };
    const snapshot = aMarket()
      .zone(strict)
      .zone({ id: 'union', members: ['KR'], verifiedSitesOnly: true })
      .zone({ id: 'open', members: ['BR'], barredOrigins: ['RU'] })
      .snapshot();
    expect(offer(snapshot)).toEqual([
      'origin_barred: Zone partners',
      'site_unverified: Zone partners',
      'site_unverified: Zone union',
    ]);
    expect(offer(snapshot, ['KR', 'BR'])).toEqual(['site_unverified: Zone union']);
    expect(offer(snapshot, ['BR'])).toEqual([]);
  });

  it('is of the first quarter in which a topic is not shown; under a covenant of the first of all', () => {
    const until = (validTo: string, covenant: boolean): Snapshot =>
      rules((market) => {
        market.rule({ renewalCovenant: covenant }).certificate('x', { validTo });
      });
    expect(offer(until('2039-12-31', false))).toEqual([]);
    expect(offer(until('2027-02-01', false))).toEqual([
      'certificate_expired: Zone partners, responsible production, from 2027-Q2',
    ]);
    expect(offer(until('2027-02-01', true))).toEqual([]);
    expect(offer(until('2026-12-31', true))).toEqual([
      'certificate_expired: Zone partners, responsible production, from 2027-Q1',
    ]);
    expect(offer(until('2026-12-31', false), ['KR'])).toEqual([]);
  });

  it('is of the assurance that a rule asks for', () => {
    const snapshot = rules((market) => market.rule({ minimumAssurance: 'third-party' }).certificate('x'));
    expect(offer(snapshot)).toEqual([]);
    const weak = {
      ...snapshot,
      schemes: snapshot.schemes.map((each) => ({ ...each, assurance: 'self' as const })),
    };
    expect(offer(weak)).toEqual(['certificate_level: Zone partners, responsible production, from 2027-Q1']);
  });
});

describe('what a bid is warned of', () => {
  const bid = (snapshot: Snapshot, limit: string, destination = 'DE', share?: string, lots = 10n) =>
    bidWarnings(snapshot, {
      ...{ at, destination, price: { ...price(limit), amount: decimal(limit) } },
      requested: new Map([
        ['2027-Q1', 1000n],
        ['2027-Q2', lots],
      ]),
      ...(share !== undefined && { maxOriginShare: decimal(share) }),
    }).map(({ code, detail }) => (code === 'origin_cap_below_lot' ? `${code} ${detail.slice(0, 12)}` : code));
  const floored = rules((market) => market.floor('110.00'), { floorRequired: true });

  it('is a limit below the floor in force at its destination', () => {
    expect(bid(floored, '109.99')).toEqual(['price_below_floor']);
    expect(bid(floored, '110.00')).toEqual([]);
  });

  it('is a zone without the floor that the product requires', () => {
    expect(bid(floored, '50.00', 'KR')).toEqual(['floor_not_defined']);
    expect(bid(floored, '50.00', 'IN')).toEqual([]);
  });

  it('is a share of one origin that comes to less than a lot', () => {
    const free = rules(() => undefined);
    expect(bid(free, '100.00', 'DE', '0.1')).toEqual([]);
    expect(bid(free, '100.00', 'DE', '0.09')).toEqual(['origin_cap_below_lot From 2027-Q2']);
    expect(bid(free, '100.00', 'DE', '0.0001')).toEqual(['origin_cap_below_lot From 2027-Q1']);
    expect(bid(free, '100.00')).toEqual([]);
  });
});
