import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import { billionths, ofBillionths } from '../../../shared/pricing/billionths.ts';
import { quarterNumber } from '../../../shared/kernel/quarter.ts';
import { openOf } from '../../../shared/support/clawback.ts';
import { usuallyInvoicedAfter } from '../../../shared/support/programme.ts';
import { greatestExposure } from '../../../shared/support/exposure.ts';
import { splitByLargestRemainder } from '../../../shared/kernel/split.ts';
import { fundClaims } from '../../../shared/support/funding.ts';
import { minorUnits, netOf, signedUnits } from '../../../shared/ledger/posting.ts';
import type { Fixing } from '../../../shared/pricing/reference-price.ts';
import type { SupportSettlement } from '../../../shared/support/quarter-settlement.ts';
import { settleAgreementQuarter } from '../../../shared/support/quarter-settlement.ts';
import type { OpenClaim } from '../../../shared/support/round.ts';
import { strikeAt } from '../../../shared/support/unit-payment.ts';
import { decideRound, paymentEntry } from '../../../shared/support/round.ts';
import type { ProgrammeTerms } from '../../../shared/support/programme.ts';
import type { SupportAccount } from '../../../shared/support/account.ts';
import { newSupportAccount, settleSupport, supportMovements } from '../../../shared/support/settlement.ts';
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
        const { open } = settlements.at(-1)!.account;
        expect(sum('charged')).toBe(sum('netted') + sum('invoiced') + openOf(open));
        // Oldest first, and never longer than it may be.
        for (const [index, { account }] of settlements.entries())
          for (const [position, lot] of account.open.entries()) {
            expect(quarterNumber(quarters[index]!) - quarterNumber(lot.quarter)).toBeLessThan(
              usuallyInvoicedAfter,
            );
            if (position > 0) expect(account.open[position - 1]!.quarter < lot.quarter).toBe(true);
          }
        if (kind.kind === 'two-way' && kind.lifetimeClawbackCap !== undefined)
          expect(sum('charged') <= 7_000_000n).toBe(true);
        for (const { topUp, netted, claim } of settlements) expect(topUp).toBe(netted + claim);
      }),
    );
  });

  it('moves in balance, whatever it moves and back', () => {
    const amount = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    fc.assert(
      fc.property(
        fc.record({ charged: amount, netted: amount, invoiced: amount, refunded: amount }),
        (moved) => {
          const movements = supportMovements(anAgreement(), moved);
          expect(movements.reduce((sum, each) => sum + each.amount, 0n)).toBe(0n);
        },
      ),
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

describe('an indexed strike', () => {
  it('is S0 × (1 − share + share × index / base), rounded down to the digits of S0; S0 itself at the base', () => {
    const amount = fc.integer({ min: 1, max: 10 ** 6 }).map((value) => decimal((value / 100).toFixed(2)));
    const share = fc.integer({ min: 0, max: 100 }).map((value) => decimal((value / 100).toFixed(2)));
    fc.assert(
      fc.property(amount, amount, amount, share, (strike, base, index, part) => {
        const terms = {
          strike: { ...usd('1.00'), amount: strike },
          indexation: { base, share: part, index: 'cpi' },
        };
        const found = strikeAt(terms, index);
        expect(found.scale).toBe(2);
        // Both sides times 100 × base, so that nothing is rounded here.
        const exact = strike.units * ((100n - part.units) * base.units + part.units * index.units);
        const under = exact - found.units * 100n * base.units;
        expect(under >= 0n && under < 100n * base.units).toBe(true);
        expect(strikeAt(terms, base)).toEqual(strike);
      }),
    );
  });
});

describe('funding rounds', () => {
  const claims = fc.uniqueArray(
    fc.record({
      agreement: fc.constantFrom('agr_a', 'agr_b', 'agr_c', 'agr_d'),
      quarter: fc.constantFrom(...quarters),
      amount: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    }),
    { minLength: 1, maxLength: 12, selector: ({ agreement, quarter }) => `${agreement} ${quarter}` },
  );

  it('one after the other pay every claim exactly once, the older never after the younger', () => {
    const pots = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { maxLength: 6 });
    fc.assert(
      fc.property(claims, pots, (owed, several) => {
        let open: OpenClaim[] = owed.map((claim) => ({ ...claim, producer: 'p', site: 's' }));
        let payments = 0n;
        const total = owed.reduce((sum, { amount }) => sum + amount, 0n);
        const terms = { programme: anAgreement().programme, product: 'ndpr-oxide', currency: 'USD' as const };
        for (const [index, available] of [...several, total].entries()) {
          const at = '2028-08-20T00:00:00.000Z';
          const decided = decideRound({ ...terms, round: index + 1, available, claims: open, at });
          if (decided === undefined) continue;
          const { round, entry } = decided;
          payments += minorUnits(round.paid);
          expect(minorUnits(round.paid) <= available).toBe(true);
          const paid = round.claims.flatMap((claim) => paymentEntry(round, claim, 'ndpr-oxide') ?? []);
          const payable = [entry, ...paid].flatMap(({ postings }) => postings);
          expect([
            ...netOf(payable.filter(({ account }) => account.startsWith('payable:'))).values(),
          ]).toEqual([0n]);
          const oldest = round.claims.find(({ carried }) => carried.amount.units > 0n)?.quarter;
          for (const claim of round.claims)
            if (oldest !== undefined && claim.quarter > oldest) expect(claim.paid.amount.units).toBe(0n);
          open = round.claims.flatMap(({ carried, ...claim }) =>
            carried.amount.units === 0n ? [] : [{ ...claim, amount: minorUnits(carried) }],
          );
        }
        expect(open).toEqual([]);
        expect(payments).toBe(total);
      }),
    );
  });
});

describe('a corrected quarter', () => {
  it('comes to what it would have, known from the start, however often it is corrected and whatever was paid', () => {
    const fixing: Fixing = {
      ...{
        series: 'index',
        seriesVersion: 1,
        version: 1,
        price: usd('90.00'),
        firms: 5,
        points: 5,
        leftOut: [],
      },
      ...{ window: { from: '2027-01-01', to: '2027-03-31' }, basis: { kind: 'primary' } },
      ...{ pointsDigest: 'f'.repeat(64), fixedAt: '2027-05-16T00:00:00.000Z' },
    };
    const kilograms = fc.integer({ min: 0, max: 1000 });
    const steps = fc.array(fc.tuple(kilograms, fc.integer({ min: 0, max: 100 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(design, cents, steps, (kind, reference, corrections) => {
        const common = {
          ...{
            programme: aProgramme({ design: kind }),
            agreement: anAgreement(),
            product,
            quarter: '2027-Q1',
          },
          ...{ fixing: { ...fixing, price: usd(reference) }, stockpiled: decimal('0'), previous: undefined },
          ...{ at: '2027-05-16T00:00:00.000Z', index: undefined },
        };
        const batchesOf = (quantity: number) => [
          {
            contract: `ctr_${'0'.repeat(32)}`,
            delivery: `dlv_${'0'.repeat(26)}`,
            quantity: decimal(String(quantity)),
          },
        ];
        const posted = new Map<string, bigint>();
        let standing: SupportSettlement | undefined;
        let [open, paid] = [0n, 0n];
        for (const [quantity, share] of corrections) {
          const settled = must(
            settleAgreementQuarter({ ...common, batches: batchesOf(quantity), standing, open }),
          );
          if (settled === undefined) continue;
          const { settlement } = settled;
          for (const posting of settlement.postings)
            posted.set(posting.account, (posted.get(posting.account) ?? 0n) + signedUnits(posting));
          standing = settlement;
          paid -= minorUnits(settlement.refunded);
          const payment = (settled.open * BigInt(share)) / 100n;
          paid += payment;
          open = settled.open - payment;
        }
        const once = must(
          settleAgreementQuarter({
            ...{ ...common, batches: batchesOf(corrections.at(-1)![0]), standing: undefined, open: 0n },
          }),
        )!.settlement;
        expect([standing!.claim, standing!.account]).toEqual([once.claim, once.account]);
        // Whatever was paid and owed back: claimed = paid + open, and never more than that.
        expect(paid + open).toBe(minorUnits(once.claim));
        expect(open >= 0n && paid >= 0n).toBe(true);
        for (const { account, side, amount } of once.postings)
          if (account.startsWith('clawback:'))
            expect(posted.get(account)).toBe(signedUnits({ side, amount }));
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
