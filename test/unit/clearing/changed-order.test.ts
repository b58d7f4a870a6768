import { describe, expect, it } from 'vitest';
import { withChangedOrder } from '../../../shared/clearing/explanation/changed-order.ts';
import type { WouldNeed } from '../../../shared/clearing/explanation/explanation.ts';
import { priceOf } from '../../../shared/pricing/product-terms.ts';
import { aMarket, kg } from '../../support/market.ts';

const both = { '2027-Q1': '10', '2027-Q2': '20' };
const snapshot = aMarket()
  .zone()
  .scheme()
  .offer('o', 'AU', '90.00', both, {
    destinations: ['JP'],
    minimumLot: kg('5'),
    allOrNone: true,
    verified: false,
  })
  .offer('p', 'AU', '91.00', both, { destinations: ['US'], verified: false })
  .bid('b', 'DE', '100.00', both, {
    ...{ minimumPurity: '99.5', excludedOrigins: ['CL', 'PE'], maxOriginShare: '0.5' },
    requires: [
      { scheme: 'irma', level: '100' },
      { scheme: 'tsm', level: '2' },
    ],
  })
  .bid('c', 'DE', '101.00', both, { minimumPurity: '99.5' })
  .snapshot();
const [o, p] = snapshot.offers;
const [b, c] = snapshot.bids;
const { product } = snapshot;
const withOffer = (need: WouldNeed) => withChangedOrder(snapshot, o!, '2027-Q1', need);
const withBid = (need: WouldNeed) => withChangedOrder(snapshot, b!, '2027-Q1', need);
const amounts = (list: (typeof snapshot.bids)[number]['remaining']) =>
  Object.fromEntries(
    list.map(({ quarter, quantity }) => [quarter, `${quantity.amount.units}e-${quantity.amount.scale}`]),
  );

describe('the market with one order changed', () => {
  it('is the market as it was in all else', () => {
    const dear = withBid({ limit: priceOf(1n, product) });
    expect({ ...dear, bids: snapshot.bids }).toEqual(snapshot);
    expect(dear.bids[1]).toEqual(c);
    const changed = withOffer({ ask: priceOf(1n, product) });
    expect({ ...changed, offers: snapshot.offers }).toEqual(snapshot);
    expect(changed.offers[1]).toEqual(p);
  });

  it('has its price: an ask, a limit, or the floor as its limit', () => {
    const [low, high] = [priceOf(8000n, product), priceOf(12_000n, product)];
    expect(withOffer({ ask: low }).offers[0]?.price).toEqual(low);
    expect(withOffer({}).offers[0]?.price).toEqual(o!.price);
    expect(withBid({ limit: high }).bids[0]?.price).toEqual(high);
    expect(withBid({ floor: high }).bids[0]?.price).toEqual(high);
    expect(withBid({ limit: high, floor: low }).bids[0]?.price).toEqual(high);
    expect(withBid({}).bids[0]?.price).toEqual(b!.price);
  });

  it('has what it could do without taken away, and delivers everywhere where it did not deliver', () => {
    const offer = withOffer({ without: ['minimumLot', 'allOrNone'] }).offers[0]!;
    expect([offer.minimumLot, offer.allOrNone, offer.destinations]).toEqual([undefined, undefined, ['JP']]);
    expect(withOffer({ delivery: 'More.' }).offers[0]).toMatchObject({
      destinations: undefined,
      allOrNone: true,
    });
    const bid = withBid({ without: ['minimumPurity', 'maxOriginShare'] }).bids[0]!;
    expect([bid.minimumPurity, bid.maxOriginShare, bid.requires]).toEqual([
      undefined,
      undefined,
      b!.requires,
    ]);
  });

  it('lets in origins that a bid excluded, and asks for the lower level of a scheme', () => {
    expect(withBid({ origins: ['CL'] }).bids[0]?.excludedOrigins).toEqual(['PE']);
    expect(withBid({}).bids[0]?.excludedOrigins).toEqual(['CL', 'PE']);
    expect(withBid({ levels: [{ scheme: 'irma', level: '75' }] }).bids[0]?.requires).toEqual([
      { scheme: 'irma', level: '75' },
      { scheme: 'tsm', level: '2' },
    ]);
  });

  it('has another quantity in the quarter, or its quantity in another one', () => {
    const quantity = { amount: { units: 75n, scale: 1 }, unit: 'kg' as const };
    const { remaining, requested } = withBid({ quantity }).bids[0]!;
    expect([amounts(remaining), amounts(requested)]).toEqual(
      Array.from({ length: 2 }, () => ({ '2027-Q1': '75e-1', '2027-Q2': '20e-0' })),
    );
    expect(amounts(withOffer({ quantity }).offers[0]!.remaining)).toEqual({
      '2027-Q1': '75e-1',
      '2027-Q2': '20e-0',
    });
    expect(amounts(withOffer({ quarters: ['2027-Q2'] }).offers[0]!.remaining)).toEqual({
      '2027-Q2': '30e-0',
    });
    expect(amounts(withOffer({ quarters: ['2027-Q4'] }).offers[0]!.remaining)).toEqual({
      ...{ '2027-Q2': '20e-0', '2027-Q4': '10e-0' },
    });
    const unknown = withChangedOrder(snapshot, o!, '2028-Q1', { quarters: ['2027-Q2'] });
    expect(amounts(unknown.offers[0]!.remaining), 'where it asks for nothing').toEqual(amounts(o!.remaining));
    const fine = { ...o!, remaining: [{ quarter: '2027-Q1', quantity }, o!.remaining[1]!] };
    const moved = withChangedOrder({ ...snapshot, offers: [fine] }, fine, '2027-Q1', {
      quarters: ['2027-Q2'],
    });
    expect(amounts(moved.offers[0]!.remaining)).toEqual({ '2027-Q2': '275e-1' });
  });

  it('has its site verified, and certificates of the first alternative of each proof, whenever it delivers', () => {
    const { sites, certificates } = withOffer({
      verifiedSite: true,
      certificates: [
        { anyOf: [{ scheme: 'irma', level: '75' }, { scheme: 'tsm' }] },
        { anyOf: [{ scheme: 'tsm' }] },
        { anyOf: [] },
      ],
    });
    expect(sites.map(({ id, verified }) => [id === o!.site, verified])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(certificates.map(({ site, scheme, level, status }) => [site, scheme, level, status])).toEqual([
      [o!.site, 'irma', '75', 'active'],
      [o!.site, 'tsm', undefined, 'active'],
    ]);
    expect(new Set(certificates.map(({ id }) => id)).size).toBe(2);
    expect(withOffer({}).sites).toEqual(snapshot.sites);
  });
});
