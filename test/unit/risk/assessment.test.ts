import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { minus, plus, zero } from '../../../shared/kernel/arithmetic.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Zone } from '../../../shared/reference/zone.ts';
import { assess, assessmentSchema } from '../../../shared/risk/assessment.ts';
import type { AssessedContract, AssessmentInputs } from '../../../shared/risk/assessment-inputs.ts';
import {
  exceeds,
  headroomOfPlanned,
  herfindahl,
  neededFromOthers,
  shareOf,
  toBeSwapped,
} from '../../../shared/risk/concentration.ts';
import type { AssessedStockpile } from '../../../shared/risk/cover-status.ts';
import { coverStatus, zoneCover } from '../../../shared/risk/cover-status.ts';
import { nMinusOne } from '../../../shared/risk/n-minus-one.ts';

const at = '2026-11-23T12:00:00.000Z';
const text = (value: { units: bigint; scale: number } | null) => value && formatDecimal(value);
const from = (quantities: Record<string, string>) =>
  Object.entries(quantities).map(([origin, quantity]) => ({ origin, quantity: decimal(quantity) }));

const product = {
  id: 'cobalt-metal',
  mineral: 'cobalt',
  stage: 'refining',
  unit: 't',
  currency: 'USD',
  lot: { amount: decimal('1'), unit: 't' },
} as const;

const position = (physical: string, inTransit = '0', encumbered = '0') => {
  const [all, coming, spokenFor] = [physical, inTransit, encumbered].map(decimal) as [
    Decimal,
    Decimal,
    Decimal,
  ];
  const mass = (amount: Decimal) => ({ amount, unit: 't' as const });
  return {
    product: product.id,
    ...{
      physical: mass(all),
      encumbered: mass(spokenFor),
      inTransit: mass(coming),
      lent: mass(zero),
      entitled: mass(zero),
    },
    available: mass(minus(plus(all, coming), spokenFor)),
  };
};
const stockpile = (annual = '9600', more: Partial<AssessedStockpile> = {}): AssessedStockpile => ({
  stockpile: 'stp_0000000000000000000000CBLT',
  operator: 'agency-us',
  zone: 'us',
  rules: {
    product: product.id,
    targetDays: 100,
    basis: 'consumption' as const,
    annualUse: { quantity: { amount: decimal(annual), unit: 't' as const }, year: 2025, source: 'USGS' },
    paceShare: decimal('1'),
    reserveFloorShare: decimal('0.25'),
  },
  position: position('1600'),
  openBids: zero,
  ...more,
});

const contract = (
  id: string,
  origin: string,
  quarters: Record<string, string>,
  more: Partial<AssessedContract> = {},
): AssessedContract => ({
  contract: `ctr_${id.padStart(26, '0')}`,
  bid: `bid_${id.padStart(26, '0')}`,
  takes: 'buyer',
  seller: `organisation:${id}`,
  buyer: 'organisation:buyer',
  origin,
  destination: 'US',
  isOver: false,
  isConditional: false,
  parties: ['mine', 'works'],
  quarters: Object.entries(quarters).map(([quarter, quantity]) => ({
    quarter,
    quantity: decimal(quantity),
    accepted: decimal('0'),
    late: decimal('0'),
    forceMajeure: decimal('0'),
  })),
  certificates: [],
  ...more,
});

const zone: Zone = {
  id: 'us',
  name: 'United States',
  members: ['US'],
  version: 1,
  recordedAt: at,
  recordedBy: 'somebody',
};

const inputs = (more: Partial<AssessmentInputs> = {}): AssessmentInputs => ({
  product,
  zone,
  at,
  from: '2027-Q1',
  consumption: ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4'].map((quarter) => ({
    quarter,
    quantity: decimal('2400'),
  })),
  contracts: [],
  declared: null,
  stockpiles: [stockpile()],
  prices: [],
  floors: [],
  disruptions: [],
  ...more,
});

describe('a cap on one origin', () => {
  const cap = decimal('0.65');

  it('is measured on planned use, so that headroom is what is left of the cap', () => {
    const planned = decimal('10000');
    expect(text(headroomOfPlanned(cap, planned, decimal('6300')))).toBe('200');
    expect(exceeds(decimal('6800'), planned, cap)).toBe(true);
    expect(exceeds(decimal('6500'), planned, cap)).toBe(false);
    expect(text(shareOf(decimal('6800'), planned))).toBe('0.68');
  });

  it("tells how far Japan's rare earths of January 2026 lay above it", () => {
    const [total, china] = [decimal('1478'), decimal('1127')];
    expect(text(shareOf(china, total))).toBe('0.762517');
    expect(text(neededFromOthers(cap, total, china, 1, 'half-even'))).toBe('255.8');
    expect(text(neededFromOthers(cap, total, china, 3, 'up'))).toBe('255.847');
    expect(text(toBeSwapped(cap, total, china))).toBe('166.3');
  });

  it('lets the first trade ever pass: nothing else is bought yet, and it is 5 % of what is planned', () => {
    const first = assess(
      inputs({
        consumption: inputs().consumption!.map((each) => ({ ...each, quantity: decimal('2500') })),
        contracts: [contract('A', 'CD', { '2027-Q1': '500' })],
      }),
    );
    expect(first.shares).toMatchObject([{ origin: 'CD', aboveCap: false, share: { units: 1n, scale: 0 } }]);
    expect(text(first.shares[0]!.shareOfUse)).toBe('0.05');
    expect(text(first.shares[0]!.headroom)).toBe('6000');
  });
});

describe('cover', () => {
  it('counts days of annual use over 365 days', () => {
    const status = coverStatus(stockpile(), product);
    expect(text(status.days)).toBe('60.8333');
    expect(text(status.target)).toBe('2630.136987');
    expect(text(status.deficit)).toBe('1030.136987');
    expect(status).toMatchObject({ belowTarget: true, belowThreeQuarters: true, belowThirtyDays: false });
    expect(text(coverStatus(stockpile('7584'), product).days)).toBe('77.0042');
  });

  it('tells apart what open bids ask for already, and leaves out what is encumbered', () => {
    const more = { position: position('1600', '100', '300'), openBids: decimal('500') };
    const status = coverStatus(stockpile('9600', more), product);
    expect(text(status.available)).toBe('1400');
    expect(text(status.deficitFunded)).toBe('500');
    expect(text(status.deficitUnfunded)).toBe('730.136987');
    const rich = coverStatus(stockpile('9600', { openBids: decimal('9999') }), product);
    expect(text(rich.deficitUnfunded)).toBe('0');
  });

  it('of a zone: targets added up, days of its own use; one stockpile bids for no other', () => {
    const each = [
      coverStatus(stockpile('9600', { openBids: decimal('9999') }), product),
      coverStatus(stockpile('3650', { position: position('0') }), product),
    ];
    const zone = zoneCover(each, decimal('18250'));
    expect([zone.days, zone.targetDays, zone.target].map(text)).toEqual(['32', '72.6027', '3630.136987']);
    expect([zone.deficit, zone.deficitFunded].map(text)).toEqual(['2030.136987', '1030.136987']);
    expect(zoneCover(each, null).days).toBeNull();
  });
});

describe('concentration', () => {
  it("comes to the published index of the world's mined cobalt within what other countries may add", () => {
    const named = from({ CD: '230000', ID: '44000', RU: '7700', MG: '3900', AU: '3700', PH: '3700' });
    // 5 720 over a world of 310 000; over the named ones alone it is higher.
    expect(herfindahl(named)).toBeGreaterThan(5720);
    expect(herfindahl(from({ CN: '1' }))).toBe(10_000);
    expect(herfindahl([])).toBeNull();
  });

  it('without its largest source, refined cobalt of 2024 covers 24 % of demand', () => {
    const flows = from({ CN: '196.1', FI: '20.1', JP: '5.6', ID: '2.9', CA: '1.8', ZZ: '23.6' });
    const left = nMinusOne(flows, decimal('220.7'));
    expect(left.without).toBe('CN');
    expect(text(left.supply)).toBe('54');
    expect(text(left.cover)).toBe('0.2446');
  });
});

describe('an assessment', () => {
  it('looks at four quarters, keeps contracted and declared flows apart, and passes its own schema', () => {
    const assessment = assess(
      inputs({
        contracts: [
          contract('A', 'CD', { '2026-Q4': '900', '2027-Q1': '300', '2027-Q4': '300', '2028-Q1': '900' }),
          contract('B', 'US', { '2027-Q2': '400' }),
        ],
        declared: { source: 'customs', year: 2025, flows: from({ NO: '26', FI: '16' }) },
        disruptions: [
          {
            disruption: 'dis_0000000000000000000000QUTA',
            kind: 'quota',
            origins: ['CD'],
            affectedShare: decimal('0.688'),
          },
        ],
      }),
    );
    expect(assessment.shares.map(({ origin, inside, aboveCap }) => ({ origin, inside, aboveCap }))).toEqual([
      { origin: 'CD', inside: false, aboveCap: false },
      { origin: 'US', inside: true, aboveCap: false },
    ]);
    expect(text(assessment.total)).toBe('1000');
    expect(assessment).toMatchObject({ hhi: 5200, band: 'high', nMinusOne: { without: 'CD' } });
    expect(assessment.declared).toMatchObject({ source: 'customs', nMinusOne: { without: 'NO' } });
    const [disruption] = assessment.disruptions;
    expect(text(disruption!.exposed.amount)).toBe('412.8');
    expect(text(disruption!.days)).toBe('15.695');
    expect(z.decode(assessmentSchema, z.encode(assessmentSchema, assessment))).toEqual(assessment);
  });

  it('assumes nothing of a quarter whose consumption nobody has declared', () => {
    const assessment = assess(
      inputs({ from: '2027-Q2', contracts: [contract('A', 'CD', { '2027-Q2': '1' })] }),
    );
    expect(assessment.consumption).toBeNull();
    expect(assessment.nMinusOne.cover).toBeNull();
    expect(assessment.shares[0]).toMatchObject({ shareOfUse: null, headroom: null, aboveCap: false });
    expect(assessment.zoneCover.days).toBeNull();
  });

  it('tells what was late of what was due, and which contracts, over the last four quarters that have ended', () => {
    const late = { accepted: decimal('0'), forceMajeure: decimal('0') };
    const assessment = assess(
      inputs({
        contracts: [
          contract(
            'A',
            'CD',
            {},
            {
              quarters: [
                { quarter: '2026-Q3', quantity: decimal('300'), late: decimal('90'), ...late },
                { quarter: '2025-Q3', quantity: decimal('300'), late: decimal('300'), ...late },
                { quarter: '2026-Q4', quantity: decimal('300'), late: decimal('300'), ...late },
              ],
            },
          ),
          contract('B', 'US', { '2026-Q2': '100' }),
        ],
      }),
    );
    expect(text(assessment.late.share)).toBe('0.225');
    expect(assessment.late.contracts).toEqual([contract('A', 'CD', {}).contract]);
  });

  it('sees what ends within the window: certificates relied on, contracts, floors', () => {
    const { expiring } = assess(
      inputs({
        contracts: [
          contract(
            'A',
            'CD',
            { '2027-Q1': '10', '2027-Q2': '20', '2027-Q3': '30' },
            {
              certificates: [{ id: `crt_${'0'.repeat(26)}`, validTo: '2027-04-01' }],
            },
          ),
          contract('B', 'US', { '2027-Q4': '40', '2028-Q1': '40' }),
        ],
        floors: [
          { floor: `flr_${'0'.repeat(26)}`, effectiveTo: '2027-12-31' },
          { floor: `flr_${'1'.repeat(26)}`, effectiveTo: '2028-01-01' },
          { floor: `flr_${'2'.repeat(26)}` },
        ],
      }),
    );
    // The second quarter begins on the very day the certificate ends: it is still valid then.
    expect(expiring.certificates.map(({ quantity }) => text(quantity))).toEqual(['30']);
    expect(expiring.contracts.map(({ lastQuarter }) => lastQuarter)).toEqual(['2027-Q3']);
    expect(expiring.floors).toHaveLength(1);
  });

  it('compares the last price with one of the same source of 90 days before, falls too', () => {
    const price = (amount: string) => ({
      amount: decimal(amount),
      currency: 'USD' as const,
      per: 't' as const,
    });
    const { prices } = assess(
      inputs({
        prices: [
          { date: '2026-11-20', price: price('30000'), source: 'a' },
          { date: '2026-09-20', price: price('90000'), source: 'a' },
          { date: '2026-08-22', price: price('40000'), source: 'a' },
          { date: '2026-08-01', price: price('1'), source: 'b' },
        ],
      }),
    );
    expect(prices.before?.date).toBe('2026-08-22');
    expect(prices.change90Days).toEqual({ units: -25n, scale: 2 });
  });
});
