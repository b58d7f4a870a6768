import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Price } from '../../../shared/kernel/money.ts';
import type { Product } from '../../../shared/reference/product.ts';
import type { Zone } from '../../../shared/reference/zone.ts';
import type { AssessedContract, AssessmentInputs } from '../../../shared/risk/assessment-inputs.ts';
import { assess } from '../../../shared/risk/assessment.ts';
import type { Disruption } from '../../../shared/risk/disruption.ts';
import { findingsOf } from '../../../shared/risk/findings.ts';
import { levelOf } from '../../../shared/risk/severity.ts';

const recorded = { version: 1, recordedAt: '2026-11-22T12:00:00.000Z', recordedBy: 'ada' };
const product: Product = {
  ...{ id: 'cobalt', name: 'Cobalt', mineral: 'cobalt', stage: 'refining', unit: 't', currency: 'USD' },
  lot: { amount: decimal('1'), unit: 't' },
  priceTick: { amount: decimal('1'), currency: 'USD', per: 't' },
  ...recorded,
};
const us: Zone = { id: 'us', name: 'United States', members: ['US'], ...recorded };
const quarters = ['2026-Q4', '2027-Q1', '2027-Q2', '2027-Q3'];
const contract = (
  origin: string,
  amount: string,
  more: Partial<AssessedContract> = {},
): AssessedContract => ({
  ...{ contract: `ctr_${origin}`, bid: 'bid_1', takes: 'works', seller: 'mine', buyer: 'works' },
  ...{ parties: [`mine-${origin}`, 'works'], origin, destination: 'US', isOver: false, isConditional: false },
  certificates: [],
  quarters: [...quarters, '2027-Q4'].map((quarter) => ({
    ...{ quarter, quantity: decimal(amount), accepted: decimal('0') },
    ...{ late: decimal('0'), forceMajeure: decimal('0') },
  })),
  ...more,
});
const quota: Disruption = {
  ...{ kind: 'quota', title: 'Quota', origins: ['CD'], minerals: ['cobalt'], from: '2026-01-01' },
  quota: {
    allowed: { amount: decimal('96600'), unit: 't' },
    of: { amount: decimal('230000'), unit: 't' },
  },
  ...{ source: 'A gazette', id: `dis_${'A'.repeat(26)}`, status: 'entered', ...recorded },
};

/** What is found, as `kind subject level`. */
function found(
  more: Partial<AssessmentInputs> = {},
  disruptions: readonly Disruption[] = [],
  succeeded: ReadonlySet<string> = new Set(),
) {
  const inputs: AssessmentInputs = {
    ...{ product, zone: us, at: '2026-11-22T12:00:00.000Z', from: '2026-Q4', declared: null },
    consumption: quarters.map((quarter) => ({ quarter, quantity: decimal('100') })),
    ...{ contracts: [], stockpiles: [], prices: [], floors: [], disruptions: [] },
    ...more,
  };
  const findings = findingsOf({ inputs, assessment: assess(inputs), product, disruptions, succeeded });
  for (const { severity, level } of findings) expect(levelOf(severity)).toBe(level);
  return findings;
}
const told = (...args: Parameters<typeof found>): string[] =>
  found(...args).map(({ cause, level }) => `${cause.kind} ${cause.subject} ${level}`);

describe('what calls for an alert', () => {
  it('of the cobalt quota: the share that comes from there, weighed, where no stock covers it', () => {
    const contracts = [contract('CD', '75'), contract('AU', '25')];
    const [finding] = found({ contracts }, [quota]);
    expect(formatDecimal(finding!.severity)).toBe('0.6');
    expect(finding).toMatchObject({ level: 3, concerns: ['mine-CD', 'works'] });
    // Of what is declared, where that is more; of nothing, only in the market as a whole.
    const flow = (origin: string, quantity: string) => ({ origin, quantity: decimal(quantity) });
    const declared = { source: 'customs', year: 2025, flows: [flow('CD', '50'), flow('FI', '50')] };
    expect(told({ declared }, [quota])).toContain(`disruption ${quota.id} 2`);
    expect(told({}, [quota])).toEqual([]);
    expect(told({ zone: null }, [quota])).toEqual([`disruption ${quota.id} 0`]);
  });

  it('ahead: what begins, or resumes, within ninety days; not what reaches another zone', () => {
    const contracts = [contract('CD', '100')];
    const kinds = (changes: Partial<Disruption>) =>
      told({ contracts }, [{ ...quota, ...changes }]).filter((each) => each.startsWith('disruption'));
    expect(kinds({ from: '2027-02-20' })).toEqual([`disruption-ahead ${quota.id} 3`]);
    expect(kinds({ from: '2027-02-21' })).toEqual([]);
    expect(kinds({ suspended: [{ from: '2026-11-01', to: '2026-11-27' }] })).toEqual([
      `disruption-ahead ${quota.id} 3`,
    ]);
    expect(kinds({ to: '2026-11-21' })).toEqual([]);
    expect(kinds({ destinations: ['JP'] })).toEqual([]);
    expect(kinds({ minerals: ['gallium'] })).toEqual([]);
  });

  it('of concentration: from nine tenths of the cap on it is watched, above it an alert, never of members', () => {
    const shares = (amount: string, origin = 'CN') =>
      told({ contracts: [contract(origin, amount)] }).filter((each) => each.startsWith('concentration'));
    expect(shares('58')).toEqual([]);
    expect(shares('58.5')).toEqual(['concentration CN 0']);
    expect(shares('65')).toEqual(['concentration CN 0']);
    expect(shares('65.1')).toEqual(['concentration CN 1']);
    expect(shares('90')).toEqual(['concentration CN 3']);
    expect(shares('90', 'US')).toEqual([]);
  });

  it('of supply without its largest origin, and of what was late', () => {
    const thin = [contract('AU', '60'), contract('CL', '40', { contract: 'ctr_CL' })];
    expect(told({ contracts: thin }).filter((each) => each.startsWith('n-minus'))).toEqual([
      'n-minus-one cobalt 3',
    ]);
    const past = { quarter: '2026-Q3', quantity: decimal('100'), accepted: decimal('60') };
    const late = contract('AU', '0', {
      quarters: [{ ...past, late: decimal('40'), forceMajeure: decimal('0') }],
    });
    const [finding] = found({ contracts: [late] }).filter(({ cause }) => cause.kind === 'late-deliveries');
    expect(finding).toMatchObject({ level: 2, concerns: [] });
  });

  it('of prices: a rise over ninety days, in the market as a whole', () => {
    const price = (amount: string): Price => ({ amount: decimal(amount), currency: 'USD', per: 't' });
    const prices = (last: string) => [
      { date: '2026-11-20', price: price(last), source: 'index' },
      { date: '2026-08-20', price: price('100'), source: 'index' },
    ];
    expect(told({ zone: null, prices: prices('114') })).toEqual([]);
    expect(told({ zone: null, prices: prices('135') })).toEqual(['price cobalt 2']);
    expect(told({ zone: null, prices: prices('350') })).toEqual(['price cobalt 3']);
    expect(told({ zone: null, prices: prices('50') })).toEqual([]);
    expect(told({ prices: prices('350') })).toEqual([]);
  });

  it('of what ends: by the days that are left, unless another follows', () => {
    const floor = (effectiveTo: string) => ({ floors: [{ floor: `flr_${'A'.repeat(26)}`, effectiveTo }] });
    const levels = (end: string) => told(floor(end)).map((each) => each.slice(-1));
    expect(['2026-11-29', '2026-12-22', '2027-02-20', '2027-02-21'].map(levels)).toEqual([
      ...[['3'], ['2'], ['1'], []],
    ]);
    expect(told(floor('2026-11-29'), [], new Set([`flr_${'A'.repeat(26)}`]))).toEqual([]);
    const certificates = [{ id: `crt_${'A'.repeat(26)}`, validTo: '2026-12-01' }];
    const [certificate] = found({ contracts: [contract('AU', '10', { certificates })] }).filter(
      ({ cause }) => cause.kind === 'certificate-expiry',
    );
    expect(certificate).toMatchObject({ level: 2, concerns: ['mine-AU', 'works'] });
    const ending = contract('AU', '40', { quarters: contract('AU', '40').quarters.slice(0, 2) });
    const going = contract('CL', '60', { contract: 'ctr_CL' });
    expect(told({ contracts: [ending, going] }).filter((each) => each.startsWith('contract'))).toEqual([
      'contract-expiry 2027-Q1 2',
    ]);
  });
});
