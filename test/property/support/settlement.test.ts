import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import { billionths, ofBillionths } from '../../../shared/pricing/billionths.ts';
import { greatestExposure } from '../../../shared/support/exposure.ts';
import { splitByLargestRemainder } from '../../../shared/kernel/split.ts';
import { fundClaims } from '../../../shared/support/funding.ts';
import type { ProgrammeTerms } from '../../../shared/support/programme.ts';
import type { SupportAccount } from '../../../shared/support/account.ts';
import { newSupportAccount, settleSupport, supportPostings } from '../../../shared/support/settlement.ts';
import { aProduct } from '../../support/products.ts';
import { aProgramme, anAgreement, usd } from '../../support/programmes.ts';

const product = aProduct();
const quarters = ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4', '2028-Q1', '2028-Q2'];
const mass = fc.bigInt({ min: 0n, max: 10n ** 15n });
const cents = fc.integer({ min: 1, max: 30_000 }).map((value) => (value / 100).toFixed(2));

const design: fc.Arbitrary<ProgrammeTerms['design']> = fc.oneof(
  fc.constant({ kind: 'one-way' as const }),
  fc.constant({ kind: 'two-way' as const }),
  fc.constant({
    kind: 'two-way' as const,
    annualClawbackCap: { amount: decimal('50000.00'), currency: 'USD' as const },
    lifetimeClawbackCap: { amount: decimal('70000.00'), currency: 'USD' as const },
  }),
  fc.constant({ kind: 'collar' as const, ceiling: usd('120.00'), upsideShare: decimal('0.30') }),
);

const year = fc.array(
  fc.record({
    reference: cents,
    stockpiled: mass,
    delivered: fc.array(
      fc.record({ quantity: mass, protectedPrice: fc.option(mass), supported: fc.option(mass) }),
      { maxLength: 4 },
    ),
  }),
  { minLength: 1, maxLength: quarters.length },
);

/** Every quarter of an agreement, one after the other. */
function settleAll(terms: ProgrammeTerms, periods: typeof year extends fc.Arbitrary<infer T> ? T : never) {
  let account: SupportAccount = newSupportAccount;
  const agreement = anAgreement({
    caps: quarters.map((quarter) => ({ quarter, quantity: { amount: decimal('900000'), unit: 'kg' } })),
  });
  const settlements = periods.map(({ reference, stockpiled, delivered }, index) => {
    const settled = must(
      settleSupport(terms, agreement, product, account, {
        quarter: quarters[index]!,
        reference: usd(reference),
        stockpiled,
        delivered: delivered.map(({ quantity, protectedPrice, supported }) => ({
          quantity,
          ...(protectedPrice === null ? {} : { protectedPrice: protectedPrice / 10n ** 4n }),
          ...(supported === null ? {} : { supported: supported / 10n ** 5n }),
        })),
      }),
    );
    account = settled.after;
    return settled;
  });
  return { agreement, settlements };
}

describe('settled support', () => {
  it('never exceeds the exposure that was reserved, nor its quantities their caps', () => {
    fc.assert(
      fc.property(design, cents, year, (kind, minimum, periods) => {
        const terms = aProgramme({ design: kind, minimumReference: usd(minimum) });
        const { agreement, settlements } = settleAll(terms, periods);
        const claimed = settlements.reduce((sum, { topUp }) => sum + topUp, 0n);
        expect(claimed <= greatestExposure(terms, agreement, 'USD')).toBe(true);
        for (const { total } of settlements) expect(total <= billionths(decimal('900000'))).toBe(true);
      }),
    );
  });

  it('pays for no more than was made: no kilogram while stockpiled and again when sold', () => {
    fc.assert(
      fc.property(year, (periods) => {
        const { settlements } = settleAll(aProgramme(), periods);
        let sold = 0n;
        let counted = 0n;
        settlements.forEach((settled, index) => {
          sold += periods[index]!.delivered.reduce((sum, { quantity }) => sum + quantity, 0n);
          counted += settled.total;
          expect(counted <= sold + settled.stockpiledPaid).toBe(true);
        });
      }),
    );
  });

  it('gives a kilogram at most what is missing to the strike, whatever else supports it', () => {
    fc.assert(
      fc.property(cents, mass, mass, mass, (reference, quantity, protectedBy, supportedBy) => {
        const protectedPrice = protectedBy / 10n ** 4n;
        const supported = supportedBy / 10n ** 5n;
        const settled = must(
          settleSupport(aProgramme(), anAgreement(), product, newSupportAccount, {
            quarter: '2027-Q1',
            reference: usd(reference),
            stockpiled: 0n,
            delivered: [{ quantity, protectedPrice, supported }],
          }),
        );
        const without = billionths(decimal(reference));
        const receives = protectedPrice > without ? protectedPrice : without;
        const missing = billionths(decimal('110.00')) - receives - supported;
        expect(settled.claim * 10n ** 16n <= (missing > 0n ? missing : 0n) * settled.total).toBe(true);
      }),
    );
  });

  it('charges within the caps, and every unit charged is set off, invoiced or still open', () => {
    fc.assert(
      fc.property(design, year, (kind, periods) => {
        const { settlements } = settleAll(aProgramme({ design: kind }), periods);
        const sum = (of: 'charged' | 'netted' | 'invoiced') =>
          settlements.reduce((total, each) => total + each[of], 0n);
        const open = settlements.at(-1)!.account.open;
        expect(sum('charged')).toBe(sum('netted') + sum('invoiced') + open);
        if (kind.kind === 'two-way' && kind.lifetimeClawbackCap !== undefined)
          expect(sum('charged') <= 7_000_000n).toBe(true);
        for (const { topUp, netted, claim } of settlements) expect(topUp).toBe(netted + claim);
      }),
    );
  });

  it('posts in balance', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(amount, amount, amount, (charged, netted, paid) => {
        const postings = supportPostings(anAgreement(), { charged, netted, paid }, 'USD');
        const net = postings.reduce(
          (sum, { side, amount: money }) =>
            sum + (side === 'DBIT' ? -money.amount.units : money.amount.units),
          0n,
        );
        expect(net).toBe(0n);
      }),
    );
  });
});

describe('a split by largest remainder', () => {
  const parts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 });

  it('loses nothing, exceeds no part, and is within one unit of the exact proportion', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 1000 }), (wholes, perMille) => {
        const whole = wholes.reduce((sum, part) => sum + part, 0n);
        const total = (whole * BigInt(perMille)) / 1000n;
        const shares = splitByLargestRemainder(total, wholes);
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(total);
        shares.forEach((share, index) => {
          expect(share >= 0n && share <= wholes[index]!).toBe(true);
          const distance = share * whole - wholes[index]! * total;
          expect(distance < whole || whole === 0n).toBe(true);
          expect(-distance < whole || whole === 0n).toBe(true);
        });
      }),
    );
  });

  it('pays all that there is or all that is claimed, the older claims wholly before the younger', () => {
    const claims = fc.array(
      fc.record({
        agreement: fc.string({ minLength: 1, maxLength: 4 }),
        quarter: fc.constantFrom(...quarters),
        amount: fc.bigInt({ min: 0n, max: 10n ** 9n }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(claims, fc.bigInt({ min: 0n, max: 10n ** 10n }), (owed, pot) => {
        const funded = fundClaims(pot, owed, '2028-Q4');
        const total = owed.reduce((sum, { amount }) => sum + amount, 0n);
        const paid = funded.reduce((sum, claim) => sum + claim.paid, 0n);
        expect(paid).toBe(pot < total ? pot : total);
        for (const claim of funded) expect(claim.paid + claim.carried).toBe(claim.amount);
        const short = funded.find(({ carried }) => carried > 0n);
        for (const { quarter, paid: later } of funded)
          if (short !== undefined && quarter > short.quarter) expect(later).toBe(0n);
      }),
    );
  });
});

describe('billionths', () => {
  it('read back what they write', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (value) => {
        expect(billionths(ofBillionths(value))).toBe(value);
      }),
    );
  });
});
