import { decimal } from '../../shared/kernel/decimal.ts';
import type { Price } from '../../shared/kernel/money.ts';
import type { Agreement } from '../../shared/support/agreement.ts';
import type { Programme } from '../../shared/support/programme.ts';

export const usd = (amount: string): Price => ({ amount: decimal(amount), currency: 'USD', per: 'kg' });

/** Pays up to 110 USD/kg for NdPr oxide delivered into zone g7, unless a test says otherwise. */
export const aProgramme = (changes: Partial<Programme> = {}): Programme => ({
  id: 'prg_00000000000000000000000001',
  name: 'NdPr price gap',
  product: 'ndpr-oxide',
  zone: 'g7',
  design: { kind: 'one-way' },
  strike: usd('110.00'),
  reference: 'ndpr-benchmark',
  eligible: {},
  budget: { amount: decimal('1000000.00'), currency: 'USD' },
  maximumGap: usd('40.00'),
  from: '2027-Q1',
  to: '2036-Q4',
  rank: 100,
  rationale: 'Bridge the gap until the market pays for diversity.',
  status: 'approved',
  proposedBy: 'admin-1',
  proposedAt: '2026-01-02T00:00:00.000Z',
  approvedBy: 'admin-2',
  approvedAt: '2026-01-03T00:00:00.000Z',
  version: 2,
  recordedAt: '2026-01-03T00:00:00.000Z',
  recordedBy: 'admin-2',
  ...changes,
});

/** Ten million kilograms a quarter of one site in 2027 and 2028. */
export const anAgreement = (changes: Partial<Agreement> = {}): Agreement => ({
  id: 'agr_00000000000000000000000001',
  programme: 'prg_00000000000000000000000001',
  programmeVersion: 2,
  basis: { kind: 'site' },
  producer: 'producer-1',
  site: 'sit_00000000000000000000000001',
  origin: 'AU',
  product: 'ndpr-oxide',
  strike: usd('110.00'),
  caps: ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4', '2028-Q1', '2028-Q2'].map((quarter) => ({
    quarter,
    quantity: { amount: decimal('10000000'), unit: 'kg' },
  })),
  reserved: { amount: decimal('0.00'), currency: 'USD' },
  from: '2027-Q1',
  to: '2028-Q4',
  concludedAt: '2026-12-01T00:00:00.000Z',
  status: 'active',
  version: 1,
  ...changes,
});
