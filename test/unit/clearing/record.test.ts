import { describe, expect, it } from 'vitest';
import { contractId, contractsOf, totalOf } from '../../../shared/clearing/documents/conclude.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { marketFigures, outcomeOf } from '../../../shared/clearing/documents/summary.ts';
import { canonicalJson, sha256 } from '../../../shared/kernel/digest.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket } from '../../support/market.ts';

/**
 * Under a floor of 110: AU sells 53 inside at a scarcity; CL 97 with a levy of 40, capped; in Q2 CL sells 20 more
 * to another of the buyer's group, who asked for 30 and, left short, would pay its limit; US has no counterparty.
 */
const q = (quarter: string, amount: string) => ({ [quarter]: amount });
const snapshot = aMarket()
  .zone()
  .floor('110.00')
  .scheme()
  .rule({ topics: [{ topic: 'any', anyOf: [{ scheme: 'irma' }] }] })
  .offer('au', 'AU', '90.00', '53')
  .offer('cl', 'CL', '70.00', { '2027-Q1': '500', '2027-Q2': '20' })
  .offer('us', 'US', '150.00', q('2027-Q1', '7'))
  .certificate('au')
  .certificate('cl')
  .certificate('us')
  .bid('jp', 'JP', '130.00', '150', { maxOriginShare: '0.65', group: 'keiretsu' })
  .bid('de', 'DE', '120.00', q('2027-Q2', '30'), { group: 'keiretsu' })
  .snapshot();
const [au, cl] = ['off_au000000000000000000', 'off_cl000000000000000000'];
const [jp, de] = ['bid_jp000000000000000000', 'bid_de000000000000000000'];
const party = (lots: bigint, parties: number, topLots = lots) => ({ lots, parties, topLots });

// Made anew in every test, so that mutation testing sees which test covers what.
const clear = () => must(clearAndDocument(snapshot));
const figuresOf = () => marketFigures(snapshot, clear().awards);
const usd = (amount: string) => ({ amount: decimal(amount), currency: 'USD' });
const perKg = (amount: string) => ({ ...usd(amount), per: 'kg' });
const kilograms = (amount: string) => ({ amount: decimal(amount), unit: 'kg' });

describe('the record of a clearing', () => {
  it('says what was traded, at which landed prices, under which floors and rules', () => {
    const cleared = clear();
    const heads = ['b'.repeat(64), 'a'.repeat(64), 'c'.repeat(64)];
    expect(outcomeOf(snapshot, cleared, heads)).toEqual({
      contracts: 3,
      quarters: [
        {
          quarter: '2027-Q1',
          volume: kilograms('150'),
          landedPrice: { low: perKg('110.00'), high: perKg('120.00') },
          optimality: { primal: 300_000n, dual: 300_000n, gap: 0n },
        },
        {
          quarter: '2027-Q2',
          volume: kilograms('20'),
          landedPrice: { low: perKg('120.00'), high: perKg('120.00') },
          optimality: { primal: 20_000n, dual: 20_000n, gap: 0n },
        },
      ],
      floors: [
        {
          ...{ id: snapshot.floors[0]!.id, version: 1, zone: 'partners', borderAdjusted: true },
          price: perKg('110.00'),
        },
      ],
      standards: [{ id: snapshot.standards[0]!.id, version: 1, zone: 'partners' }],
      levyTotal: usd('3880.00'),
      supportTotal: usd('0.00'),
      inputDigest: cleared.inputDigest,
      contractsDigest: sha256(canonicalJson(heads.toSorted())),
    });
  });

  it('has no price where nothing was traded', () => {
    const idle = must(clearAndDocument(aMarket().offer('au', 'AU', '90.00', '5').snapshot()));
    const { quarters, contracts, levyTotal } = outcomeOf(snapshot, idle, []);
    expect([contracts, levyTotal]).toEqual([0, usd('0.00')]);
    expect(quarters).toEqual([
      {
        ...{ quarter: '2027-Q1', volume: kilograms('0'), landedPrice: null },
        optimality: { primal: 0n, dual: 0n, gap: 0n },
      },
    ]);
    expect(marketFigures(snapshot, []).total).toBeNull();
  });
});

describe('the figures of a market', () => {
  it('count related parties as one, by quarter, in total and by origin', () => {
    const { quarters, total, origins } = figuresOf();
    expect(quarters).toEqual([
      {
        ...{ quarter: '2027-Q1', lots: 150n },
        sellers: { parties: 2, topLots: 97n },
        buyers: { parties: 1, topLots: 150n },
        landedPrice: { low: perKg('110.00'), high: perKg('120.00') },
      },
      {
        ...{ quarter: '2027-Q2', lots: 20n },
        sellers: { parties: 1, topLots: 20n },
        buyers: { parties: 1, topLots: 20n },
        landedPrice: { low: perKg('120.00'), high: perKg('120.00') },
      },
    ]);
    expect(total).toEqual({
      lots: 170n,
      sellers: { parties: 2, topLots: 117n },
      buyers: { parties: 1, topLots: 170n },
    });
    expect(origins.map(({ origin, lots }) => [origin, lots])).toEqual([
      ['AU', 53n],
      ['CL', 117n],
    ]);
  });

  it('tell the book at gate closure and what of it stayed unfilled', () => {
    expect(figuresOf().depth).toEqual([
      {
        quarter: '2027-Q1',
        supply: { ...party(560n, 3, 500n), unfilled: party(410n, 2, 403n) },
        demand: { ...party(150n, 1), unfilled: party(0n, 0) },
      },
      {
        quarter: '2027-Q2',
        supply: { ...party(20n, 1), unfilled: party(0n, 0) },
        demand: { ...party(30n, 1), unfilled: party(10n, 1) },
      },
    ]);
  });
});

describe('the contracts of a clearing', () => {
  it('carry the terms of their awards, and the instant whose rules govern them', () => {
    const cleared = clear();
    const organisationOf = (of: string): string => `organisation of ${of}`;
    const contracts = contractsOf(snapshot, 4, cleared.awards, organisationOf);
    expect(contracts.map(({ offer, bid }) => [offer, bid])).toEqual([
      [au, jp],
      [cl, de],
      [cl, jp],
    ]);
    const levied = contracts[2]!;
    const waterfall = {
      ask: '70.00',
      floorUplift: '0.00',
      scarcity: '0.00',
      duties: '0.00',
      levy: '40.00',
      support: '0.00',
      landed: '110.00',
    };
    const parts = (of: (amount: string) => unknown) =>
      Object.fromEntries(Object.entries(waterfall).map(([part, amount]) => [part, of(amount)]));
    expect(levied).toMatchObject({
      ...{ id: contractId('ndpr-oxide', 4, cl, jp), clearing: snapshot.clearing, product: 'ndpr-oxide' },
      ...{ seller: 'organisation of party-cl', buyer: 'organisation of party-jp' },
      ...{ origin: 'CL', destination: 'JP', status: 'concluded', concludedAt: snapshot.gateClosure },
      floor: { id: snapshot.floors[0]!.id, version: 1, price: perKg('110.00') },
      standards: [{ id: snapshot.standards[0]!.id, version: 1 }],
      certificates: [{ scheme: 'irma', level: '100', validTo: '2039-12-31' }],
      schedule: [
        {
          quarter: '2027-Q1',
          quantity: kilograms('97'),
          price: perKg('70.00'),
          landedPrice: perKg('110.00'),
          waterfall: parts(decimal),
        },
      ],
      totals: {
        ask: usd('6790.00'),
        levy: usd('3880.00'),
        landed: usd('10670.00'),
        scarcity: usd('0.00'),
      },
    });
    expect(totalOf(cleared.awards[2]!.schedule, 'levy', snapshot.product)).toBe(388_000n);
  });

  it('have ids that follow from product, run, offer and bid alone', () => {
    const id = contractId('ndpr-oxide', 4, cl, jp);
    expect(id).toMatch(/^ctr_[0-9a-f]{32}$/);
    expect(contractId('ndpr-oxide', 4, cl, jp)).toBe(id);
    const others = [
      contractId('other', 4, cl, jp),
      contractId('ndpr-oxide', 5, cl, jp),
      contractId('ndpr-oxide', 4, au, jp),
      contractId('ndpr-oxide', 4, cl, de),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });

  it('are of nobody who is not in the snapshot', () => {
    expect(() => contractsOf({ ...snapshot, bids: [] }, 4, clear().awards, String)).toThrow(
      'which is not in the snapshot',
    );
  });
});
