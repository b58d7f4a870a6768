import { describe, expect, it } from 'vitest';
import { decimal } from '../../../shared/kernel/decimal.ts';
import type { Price } from '../../../shared/kernel/money.ts';
import { must } from '../../../shared/kernel/result.ts';
import { fundClaims } from '../../../shared/support/funding.ts';
import { billionths } from '../../../shared/pricing/billionths.ts';
import { greatestExposure } from '../../../shared/support/exposure.ts';
import { cutOffDay, decideRound, maximumClaims, readyClaims } from '../../../shared/support/round.ts';
import type { SupportAccount } from '../../../shared/support/account.ts';
import type { SupportInput } from '../../../shared/support/settlement.ts';
import { newSupportAccount, settleSupport, supportMovements } from '../../../shared/support/settlement.ts';
import { strikeAt } from '../../../shared/support/unit-payment.ts';
import { aProduct } from '../../support/products.ts';
import { aProgramme, anAgreement, usd } from '../../support/programmes.ts';

const product = aProduct();
const mass = (kilograms: string) => billionths(decimal(kilograms));

function settle(
  design: ReturnType<typeof aProgramme>['design'],
  input: Partial<SupportInput> & { reference: Price },
  {
    account = newSupportAccount,
    terms = {},
    agreement = {},
  }: {
    account?: SupportAccount;
    terms?: Parameters<typeof aProgramme>[0];
    agreement?: Parameters<typeof anAgreement>[0];
  } = {},
) {
  return must(
    settleSupport({ ...aProgramme(terms), design }, anAgreement(agreement), product, account, {
      quarter: '2027-Q1',
      delivered: [],
      stockpiled: 0n,
      ...input,
    }),
  );
}
const oneWay = { kind: 'one-way' as const };
const twoWay = { kind: 'two-way' as const };
const delivered = (kilograms: string) => [{ quantity: mass(kilograms) }];

describe('support of a quarter', () => {
  it('of a price protection agreement is for what was sold and what was stockpiled', () => {
    const { claim, total } = settle(oneWay, {
      reference: usd('78.40'),
      delivered: delivered('1000000'),
      stockpiled: mass('200000'),
    });
    expect(total).toBe(mass('1200000'));
    expect(claim).toBe(3_792_000_000n);
  });

  it('shares the upside above the ceiling from the milestone on, and not before', () => {
    const collar = {
      kind: 'collar' as const,
      ceiling: usd('110.00'),
      upsideShare: decimal('0.30'),
      upsideFrom: '2027-Q1',
    };
    const input = { reference: usd('131.50'), delivered: delivered('1200000') };
    expect(settle(collar, input).charged).toBe(774_000_000n);
    expect(settle({ ...collar, upsideFrom: '2027-Q2' }, input).charged).toBe(0n);
  });

  it('of a two-way contract goes either way; of a one-way contract only one', () => {
    const low = { reference: usd('92.00'), delivered: delivered('40000') };
    const high = { ...low, reference: usd('130.00') };
    expect(settle(twoWay, low)).toMatchObject({ claim: 72_000_000n, charged: 0n });
    expect(settle(twoWay, high)).toMatchObject({ claim: 0n, charged: 80_000_000n });
    expect(settle(oneWay, high)).toMatchObject({ claim: 0n, charged: 0n });
    const share = { kind: 'collar' as const, ceiling: usd('110.00'), upsideShare: decimal('0.30') };
    expect(settle(share, high)).toMatchObject({ charged: 24_000_000n });
  });

  it('counts no reference below the least one, so that the gap is bounded', () => {
    const { unit, claim } = settle(
      oneWay,
      { reference: usd('60.00'), delivered: delivered('1') },
      { terms: { minimumReference: usd('73.33') } },
    );
    expect(unit.topUp).toBe(mass('36.67'));
    expect(claim).toBe(3_667n);
  });

  it('is for no more than the cap of the quarter and what the lifetime still allows', () => {
    const caps = [
      { quarter: '2027-Q1', quantity: { amount: decimal('100'), unit: 'kg' as const } },
      { quarter: '2027-Q2', quantity: { amount: decimal('50'), unit: 'kg' as const } },
    ];
    const input = { reference: usd('100.00'), delivered: delivered('400') };
    expect(settle(oneWay, input, { agreement: { caps } }).total).toBe(mass('100'));
    const nearlyDone = { ...newSupportAccount, settled: mass('140') };
    expect(settle(oneWay, input, { agreement: { caps }, account: nearlyDone }).total).toBe(mass('10'));
    expect(settle(oneWay, { ...input, quarter: '2028-Q1' }, { agreement: { caps } }).total).toBe(0n);
  });

  it('pays no kilogram again that was paid for while it was stockpiled', () => {
    const first = settle(oneWay, {
      reference: usd('100.00'),
      delivered: delivered('1000'),
      stockpiled: mass('200'),
    });
    const second = settle(
      oneWay,
      { quarter: '2027-Q2', reference: usd('100.00'), delivered: delivered('700') },
      { account: first.after },
    );
    expect(second.total).toBe(mass('500'));
    expect(second.after.stockpiledPaid).toBe(0n);
  });

  it('gives a kilogram whose price a floor holds up, or that was supported already, only what is missing', () => {
    const reference = usd('90.00');
    const of = (batch: object) =>
      settle(oneWay, { reference, delivered: [{ quantity: mass('1'), ...batch }] }).claim;
    expect(of({})).toBe(2_000n);
    expect(of({ protectedPrice: mass('105') })).toBe(500n);
    expect(of({ protectedPrice: mass('115') })).toBe(0n);
    expect(of({ supported: mass('15') })).toBe(500n);
    expect(of({ protectedPrice: mass('105'), supported: mass('5') })).toBe(0n);
  });

  it('compares a reference in another unit, and refuses one in another currency', () => {
    const perPound = { ...usd('40.00'), per: 'lb' as const };
    const { unit } = settle(oneWay, { reference: perPound, delivered: delivered('1') });
    expect(unit.topUp).toBe(mass('21.815095126'));
    const euros = { ...usd('40.00'), currency: 'EUR' as const };
    const refused = settleSupport(aProgramme(), anAgreement(), product, newSupportAccount, {
      quarter: '2027-Q1',
      reference: euros,
      delivered: [],
      stockpiled: 0n,
    });
    expect(refused).toMatchObject({ ok: false, problem: { code: 'currency_mismatch' } });
  });
});

describe('a strike', () => {
  it('follows its index in part, always from where it began', () => {
    const indexation = { base: decimal('100'), share: decimal('0.60'), index: 'cpi' };
    const terms = aProgramme({ indexation });
    expect(strikeAt(terms, decimal('110'))).toEqual(decimal('116.60'));
    expect(strikeAt(terms, decimal('100'))).toEqual(decimal('110.00'));
    expect(() => strikeAt(terms)).toThrow('without its value');
    expect(strikeAt(aProgramme(), decimal('110'))).toEqual(decimal('110.00'));
  });
});

describe('a clawback', () => {
  const high = { reference: usd('130.00'), delivered: delivered('1000') };
  const low = { reference: usd('100.00'), delivered: delivered('1000') };

  it('is set off against the top-ups that follow, and what is left after four quarters invoiced', () => {
    const first = settle(twoWay, high);
    expect(first).toMatchObject({ charged: 2_000_000n, invoiced: 0n });
    const second = settle(twoWay, { ...low, quarter: '2027-Q2' }, { account: first.after });
    expect(second).toMatchObject({ topUp: 1_000_000n, netted: 1_000_000n, claim: 0n });
    const third = settle(twoWay, { ...high, quarter: '2027-Q4' }, { account: second.after });
    expect(third).toMatchObject({ charged: 2_000_000n, invoiced: 0n });
    const fourth = settle(
      twoWay,
      { ...low, delivered: delivered('400'), quarter: '2028-Q1' },
      { account: third.after },
    );
    // The oldest is set off first; the rest of the first quarter's is due, the last quarter's is not.
    expect(fourth).toMatchObject({ netted: 400_000n, claim: 0n, invoiced: 600_000n });
    expect(fourth.after.clawback.open).toEqual([{ quarter: '2027-Q4', amount: 2_000_000n }]);
  });

  it('is invoiced at once, or later, where the programme says so', () => {
    expect(settle({ ...twoWay, invoicedAfter: 0 }, high)).toMatchObject({
      charged: 2_000_000n,
      invoiced: 2_000_000n,
    });
    const first = settle({ ...twoWay, invoicedAfter: 1 }, high);
    const second = settle(
      { ...twoWay, invoicedAfter: 1 },
      { ...low, delivered: [], quarter: '2027-Q2' },
      { account: first.after },
    );
    expect([first.invoiced, second.invoiced]).toEqual([0n, 2_000_000n]);
  });

  it('is invoiced with the last quarter of the agreement', () => {
    const last = settle(twoWay, { ...high, quarter: '2028-Q2' }, { agreement: { to: '2028-Q2' } });
    expect(last.invoiced).toBe(last.charged);
  });

  it('stops at its caps, of the calendar year and of the lifetime', () => {
    const capped = {
      ...twoWay,
      annualClawbackCap: { amount: decimal('25000'), currency: 'USD' as const },
      lifetimeClawbackCap: { amount: decimal('40000.00'), currency: 'USD' as const },
    };
    const first = settle(capped, high);
    const second = settle(capped, { ...high, quarter: '2027-Q2' }, { account: first.after });
    const nextYear = settle(capped, { ...high, quarter: '2028-Q1' }, { account: second.after });
    expect([first.charged, second.charged, nextYear.charged]).toEqual([2_000_000n, 500_000n, 1_500_000n]);
  });
});

describe('a budget that does not suffice', () => {
  it('pays in proportion, by largest remainder, and carries the rest over', () => {
    const claims = [
      { agreement: 'agr_a', quarter: '2027-Q1', amount: 3_200_000n },
      { agreement: 'agr_b', quarter: '2027-Q1', amount: 2_800_000n },
    ];
    expect(fundClaims(5_000_000n, claims, '2027-Q1')).toMatchObject([
      { paid: 2_666_667n, carried: 533_333n, age: 0 },
      { paid: 2_333_333n, carried: 466_667n, age: 0 },
    ]);
  });

  it('pays what was carried over longest first', () => {
    const claims = [
      { agreement: 'agr_a', quarter: '2027-Q2', amount: 100n },
      { agreement: 'agr_b', quarter: '2027-Q1', amount: 40n },
    ];
    expect(fundClaims(60n, claims, '2027-Q3')).toMatchObject([
      { agreement: 'agr_b', paid: 40n, carried: 0n, age: 2 },
      { agreement: 'agr_a', paid: 20n, carried: 80n, age: 1 },
    ]);
    expect(fundClaims(-1n, claims, '2027-Q3').every(({ paid }) => paid === 0n)).toBe(true);
  });
});

describe('a claim', () => {
  const claim = (quarter: string) => ({
    ...{ agreement: 'agr_a', producer: 'producer-1', site: 'sit_a', quarter, amount: 1n },
  });

  it('is ready once every agreement has claimed for its quarter, or sixty days after its end', () => {
    const claims = [claim('2027-Q1'), claim('2027-Q2')];
    const ready = (awaited: readonly string[], today: string) =>
      readyClaims(claims, awaited, today).map(({ quarter }) => quarter);
    expect(ready(['2027-Q2', '2027-Q2'], '2027-05-16')).toEqual(['2027-Q1']);
    expect(ready(['2027-Q1', '2027-Q2'], '2027-05-29')).toEqual([]);
    expect(ready(['2027-Q1', '2027-Q2'], '2027-05-31')).toEqual(['2027-Q1']);
    expect(ready(['2027-Q3'], '2027-08-15')).toEqual(['2027-Q1', '2027-Q2']);
    expect(cutOffDay('2027-Q1')).toBe('2027-05-31');
  });

  it('waits whole quarters where a round cannot hold them all', () => {
    const many = Array.from({ length: maximumClaims + 1 }, (_, index) => ({
      ...claim(index < 10 ? '2027-Q1' : '2027-Q2'),
      agreement: `agr_${index}`,
    }));
    const terms = { programme: anAgreement().programme, product: 'ndpr-oxide', currency: 'USD' as const };
    const at = '2027-08-20T00:00:00.000Z';
    const decided = decideRound({ ...terms, round: 1, available: 1_000_000n, claims: many, at });
    expect(decided?.round.claims.map(({ quarter }) => quarter)).toEqual(
      Array.from({ length: 10 }, () => '2027-Q1'),
    );
    expect(decideRound({ ...terms, round: 1, available: 0n, claims: many, at })).toBeUndefined();
    expect(() =>
      decideRound({ ...terms, round: 1, available: 1n, claims: many.slice(10).concat(many.slice(10)), at }),
    ).toThrow();
  });
});

describe('the greatest exposure', () => {
  it('is the gap to the least reference that counts, on all that the caps let in, rounded up', () => {
    const caps = [{ quarter: '2027-Q1', quantity: { amount: decimal('1000.001'), unit: 'kg' as const } }];
    const agreement = anAgreement({ caps });
    expect(greatestExposure(aProgramme({ minimumReference: usd('73.33') }), agreement, 'USD')).toBe(
      3_667_004n,
    );
    expect(greatestExposure(aProgramme(), agreement, 'USD')).toBe(11_000_011n);
  });
});

describe('what a settled quarter moves', () => {
  const moved = { charged: 0n, netted: 0n, invoiced: 0n, refunded: 0n };
  const of = (change: Partial<typeof moved>) =>
    supportMovements(anAgreement(), { ...moved, ...change })
      .filter(({ amount }) => amount !== 0n)
      .map(({ account, amount }) => [account.split(':')[0], amount]);

  it('accrues what is charged, takes off what is set off, and is owed once it is invoiced', () => {
    expect(of({ charged: 8n })).toEqual([
      ['accrued', -8n],
      ['clawback', 8n],
    ]);
    expect(of({ netted: 5n })).toEqual([
      ['accrued', 5n],
      ['clawback', -5n],
    ]);
    expect(of({ invoiced: 3n })).toEqual([
      ['organisation', -3n],
      ['accrued', 3n],
    ]);
    expect(of({ refunded: 7n })).toEqual([
      ['organisation', -7n],
      ['programme', 7n],
    ]);
  });
});
