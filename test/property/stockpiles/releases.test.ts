import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import type { Product } from '../../../shared/reference/product.ts';
import type { Need } from '../../../shared/stockpiles/allocation.ts';
import { needOfDays, proRata, releasable } from '../../../shared/stockpiles/allocation.ts';
import { inOrderOfIssue, issueFrom, issuedSteps } from '../../../shared/stockpiles/issue.ts';
import { freeOf } from '../../../shared/stockpiles/lots.ts';
import { gradeOf, sameOrBetter } from '../../../shared/stockpiles/grade.ts';
import type { LoanEvent, StockLoanRecord } from '../../../shared/stockpiles/loan.ts';
import { loanConditions } from '../../../shared/stockpiles/loan.ts';
import {
  handedOver,
  loanState,
  loanView,
  meanPrice,
  nextLoanDay,
  paidFor,
  rejected,
  returned,
  splitOff,
  whatIsDueOnLoan,
} from '../../../shared/stockpiles/loan-rules.ts';
import type { StockLot } from '../../../shared/stockpiles/stock-lot.ts';
import { massOfSteps } from '../../../shared/stockpiles/steps.ts';
import { runs } from '../../support/runs.ts';

const product = {
  id: 'gallium',
  unit: 'kg',
  lot: { amount: decimal('1'), unit: 'kg' },
  currency: 'USD',
} as Product;
const mass = (steps: bigint) => massOfSteps(steps, product);
const usd = (amount: string) => ({ amount: decimal(amount), currency: 'USD' as const, per: 'kg' as const });
const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

const needs: fc.Arbitrary<Need[]> = fc.array(
  fc
    .tuple(fc.bigInt(0n, 10n ** 9n), fc.integer({ min: 1, max: 365 }), fc.nat(20))
    .map(([annualUse, days, who]) => ({
      organisation: `o${who}`,
      annualUse,
      cap: needOfDays(annualUse, days),
    })),
  { maxLength: 12 },
);

describe('what is released', () => {
  it('is shared whole, nobody above its cap, in proportion to use among those below theirs', () => {
    fc.assert(
      fc.property(needs, fc.bigInt(0n, 10n ** 9n), (all, total) => {
        const shares = proRata(total, all);
        const caps = sum(all.map(({ cap }) => cap));
        expect(sum(shares)).toBe(caps < total ? caps : total);
        for (const [index, share] of shares.entries())
          expect(share >= 0n && share <= all[index]!.cap).toBe(true);
        const below = all.flatMap((need, index) =>
          shares[index]! < need.cap ? [{ need, share: shares[index]! }] : [],
        );
        // a ÷ use(a) and b ÷ use(b) differ by the rounding of one step at most.
        for (const a of below)
          for (const b of below)
            expect(
              absolute(a.share * b.need.annualUse - b.share * a.need.annualUse) <=
                a.need.annualUse + b.need.annualUse,
            ).toBe(true);
        // Whoever is capped would otherwise have got as much as the others in proportion, or more.
        for (const [index, share] of shares.entries())
          for (const other of below)
            if (share === all[index]!.cap)
              expect((share - 1n) * other.need.annualUse <= (other.share + 1n) * all[index]!.annualUse).toBe(
                true,
              );
      }),
      { numRuns: runs(150) },
    );
  });

  it('never touches the reserve floor, nor more than is free', () => {
    const steps = fc.bigInt(0n, 10n ** 12n);
    fc.assert(
      fc.property(steps, steps, steps, (wanted, free, floor) => {
        const given = releasable(wanted, { free, floor });
        expect(given >= 0n && given <= wanted && given <= free).toBe(true);
        if (given > 0n) expect(free - given >= floor).toBe(true);
        if (given < wanted) expect(free <= floor ? given === 0n : free - given === floor).toBe(true);
      }),
      { numRuns: runs(100) },
    );
  });

  it('gives what a capped one leaves to the others in the same proportion', () => {
    const of = (annualUse: bigint, cap: bigint): Need => ({ organisation: 'x', annualUse, cap });
    expect(proRata(900n, [of(1000n, 800n), of(1000n, 300n), of(100n, 10n)])).toEqual([590n, 300n, 10n]);
    expect(proRata(100n, [of(1n, 1n), of(1n, 1n)])).toEqual([1n, 1n]);
    expect(proRata(10n, [of(100n, 50n), of(100n, 50n), of(100n, 50n)])).toEqual([4n, 3n, 3n]);
    expect(proRata(10n, [])).toEqual([]);
    expect(needOfDays(365_000n, 30)).toBe(30_000n);
    expect(needOfDays(100n, 1)).toBe(0n);
  });
});

const lot = fc
  .record({
    steps: fc.bigInt(1n, 10_000n),
    claimed: fc.bigInt(0n, 12_000n),
    lent: fc.bigInt(0n, 2_000n),
    ends: fc.option(fc.constantFrom('2027-01-31', '2027-06-30', '2028-01-31'), { nil: undefined }),
    received: fc.constantFrom('2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
    status: fc.constantFrom('held' as const, 'held' as const, 'declared' as const),
    purity: fc.option(fc.constantFrom('99.5', '99.9', '99.99'), { nil: undefined }),
  })
  .filter(({ steps, claimed, lent }) => claimed + lent <= steps);
const lots = fc.array(lot, { maxLength: 8 }).map((all) =>
  all.map(
    ({ steps, claimed, lent, ends, received, status, purity }, index) =>
      ({
        ...{ id: `lot_${String(index).padStart(26, '0')}`, quantity: mass(steps), lent: mass(lent), status },
        encumbrances: claimed === 0n ? [] : [{ kind: 'offer', by: 'x', quantity: mass(claimed) }],
        ...{ shelfLifeEnds: ends, receivedAt: received, purity: purity && decimal(purity) },
      }) as unknown as StockLot,
  ),
);

describe('what goes out of the warehouse', () => {
  it('is unclaimed, of held lots, perishable first, and never more than asked for', () => {
    fc.assert(
      fc.property(lots, fc.bigInt(0n, 60_000n), fc.integer({ min: 1, max: 8 }), (all, wanted, mostLots) => {
        const issued = issueFrom(all, wanted, product, { mostLots });
        const held = all.filter(({ status }) => status === 'held');
        const free = sum(held.map((each) => freeOf(each, product)));
        expect(issued.length <= mostLots).toBe(true);
        for (const { lot: each, steps } of issued) {
          expect(steps > 0n && steps <= freeOf(each, product)).toBe(true);
          expect(each.status).toBe('held');
        }
        if (mostLots >= held.length) expect(issuedSteps(issued)).toBe(free < wanted ? free : wanted);
        expect(issuedSteps(issued) <= wanted).toBe(true);
        const order = inOrderOfIssue(all).map(({ id }) => id);
        expect(issued.map(({ lot: each }) => order.indexOf(each.id))).toEqual(
          issued.map(({ lot: each }) => order.indexOf(each.id)).toSorted((a, b) => a - b),
        );
        const ends = order.map((id) => all.find((each) => each.id === id)!.shelfLifeEnds ?? '9');
        expect(ends).toEqual(ends.toSorted());
        for (const { lot: each } of issueFrom(all, wanted, product, {
          mostLots,
          minimumPurity: decimal('99.9'),
        }))
          expect(['99.9', '99.99']).toContain(each.purity && formatDecimal(each.purity));
      }),
      { numRuns: runs(100) },
    );
  });
});

describe('a loan', () => {
  const approved: LoanEvent = {
    ...{ type: 'approved', at: '2026-11-24T12:00:00.000Z', by: 'ada', purity: decimal('99.99') },
    lots: [
      { lot: `lot_${'0'.repeat(26)}`, quantity: mass(70_000n) },
      { lot: `lot_${'2'.repeat(26)}`, quantity: mass(30_000n) },
    ],
    ...{ inventoryPrice: usd('300.00'), cap: mass(200_000n), beside: mass(0n), essential: true },
    ...{ months: 6, handOverBy: '2026-12-02' },
  };
  const asked: StockLoanRecord = {
    ...{ id: `lon_${'0'.repeat(26)}`, stockpile: `stp_${'0'.repeat(26)}` },
    ...{ operator: 'reserve', borrower: 'maker', ...loanConditions },
    ...{ product: 'gallium', quantity: mass(100_000n), purpose: 'Wafers.', essential: true },
    ...{ requestedAt: '2026-11-23T12:00:00.000Z', requestedBy: 'max', events: [] },
  };
  const at = (day: string, subject = 'somebody') => ({ subject, at: `${day}T12:00:00.000Z` });
  const handed: LoanEvent = {
    ...{ type: 'handed-over', at: '2026-11-24T12:00:00.000Z', by: 'olga', due: '2027-05-24' },
  };
  const loan: StockLoanRecord = { ...asked, events: [approved, handed] };
  const standards = { schemes: new Map(), barredOrigins: ['KP'] };
  const back = (changes: object = {}) => ({
    came: { purity: decimal('99.99'), origin: 'AU', shows: [], ...changes },
    lot: `lot_${'1'.repeat(26)}`,
  });
  const code = (event: { ok: true } | { ok: false; problem: { code: string } }) =>
    event.ok ? 'allowed' : event.problem.code;

  it('is repaid in kind and cash, in any parts, exactly once, lot by lot', () => {
    const part = fc.record({ steps: fc.bigInt(1n, 60_000n), inKind: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        let held = loan;
        let repaid = 0n;
        for (const { steps, inKind } of parts) {
          const before = loanState(held, product);
          const event = inKind
            ? returned(held, { ...back(), steps }, standards, product, at('2027-05-24'))
            : paidFor(held, steps, null, product, at('2027-05-24'));
          expect(event.ok).toBe(repaid + steps <= 100_000n);
          if (!event.ok) continue;
          repaid += steps;
          held = { ...held, events: [...held.events, event.value] };
          const { outstanding, status, out } = loanState(held, product);
          expect(outstanding).toBe(100_000n - repaid);
          expect(sum(out.map((each) => each.steps))).toBe(outstanding);
          expect(sum(splitOff(before.out, steps).taken.map((each) => each.steps))).toBe(steps);
          expect(status).toBe(repaid === 100_000n ? 'repaid' : 'lent');
        }
        const caller = { subject: 'x', organisation: 'maker', roles: [] };
        expect(loanView(held, product, caller).version).toBe(held.events.length + 1);
      }),
      { numRuns: runs(60) },
    );
  });

  it('costs the higher price where it does not come back, and a penalty only when its days of grace are over', () => {
    const market = { date: '2027-01-05', price: usd('400.00'), source: 'clearings' };
    const amount = (event: LoanEvent | undefined) =>
      event !== undefined && 'amount' in event ? formatDecimal(event.amount.amount) : undefined;
    const paid = (price: typeof market | null, day = '2027-05-24') =>
      paidFor(loan, 10_000n, price, product, at(day));
    expect([market, null].map((price) => amount(must(paid(price))))).toEqual(['4000.00', '3000.00']);
    expect(code(paid(null, '2027-05-23'))).toBe('invalid_state');
    const due = (of: StockLoanRecord, day: string, price: typeof market | null = null) =>
      whatIsDueOnLoan(of, price, product, at(day));
    expect(due(loan, '2027-05-24')).toBeUndefined();
    const overdue = due(loan, '2027-05-25');
    expect(overdue).toMatchObject({ type: 'overdue' });
    const late: StockLoanRecord = { ...loan, events: [...loan.events, overdue!] };
    expect(nextLoanDay(late, product)).toBe('2027-06-04');
    expect(due(late, '2027-06-03')).toBeUndefined();
    expect([market, null].map((price) => amount(due(late, '2027-06-04', price)))).toEqual([
      '44000.00',
      '33000.00',
    ]);
    const over: StockLoanRecord = { ...late, events: [...late.events, due(late, '2027-06-04')!] };
    expect(loanState(over, product)).toMatchObject({ status: 'defaulted', outstanding: 0n });
    expect(nextLoanDay(over, product)).toBeUndefined();
    const waiting: StockLoanRecord = { ...asked, events: [approved] };
    expect(due(waiting, '2026-12-02')).toBeUndefined();
    expect(due(waiting, '2026-12-03')).toMatchObject({ type: 'lapsed' });
    expect(code(handedOver(waiting, product, at('2026-12-03')))).toBe('invalid_state');
    expect(code(rejected(asked, 'No.', product, at('2026-11-24', 'max')))).toBe('second_approval_required');
  });

  it('comes back only of the same or a better grade in every respect, and of no origin that is barred', () => {
    const scheme = { id: 'irma', levels: ['50', '75', '100'] } as never;
    const schemes = new Map([['irma', scheme]]);
    const grade = gradeOf(
      [
        { purity: decimal('99.9'), shows: [{ scheme: 'irma', level: '50' }], shelfLifeEnds: '2028-01-31' },
        { shows: [{ scheme: 'irma', level: '75' }], shelfLifeEnds: '2029-01-31' },
      ],
      schemes,
    );
    expect(grade).toEqual({
      ...{ purity: decimal('99.9'), requires: [{ scheme: 'irma', level: '75' }], lasts: '2029-01-31' },
    });
    const good = {
      ...{ purity: decimal('99.90'), origin: 'AU', shows: [{ scheme: 'irma', level: '100' }] },
      shelfLifeEnds: '2029-01-31',
    };
    const judged = (changes: object) => {
      const result = sameOrBetter(grade, { ...good, ...changes }, { schemes, barredOrigins: ['KP'] }, '');
      return result.ok ? 'good' : result.problem.errors?.[0]?.pointer;
    };
    expect(judged({})).toBe('good');
    expect(judged({ shelfLifeEnds: undefined, shows: [{ scheme: 'irma', level: '75' }] })).toBe('good');
    expect(judged({ purity: decimal('99.8') })).toBe('/purity');
    expect(judged({ purity: undefined })).toBe('/purity');
    expect(judged({ shows: [{ scheme: 'irma', level: '50' }] })).toBe('/certificates');
    expect(judged({ shows: [{ scheme: 'other', level: '100' }] })).toBe('/certificates');
    expect(judged({ shelfLifeEnds: '2029-01-30' })).toBe('/shelfLifeEnds');
    expect(judged({ origin: 'KP' })).toBe('/origin');
    expect(gradeOf([{ shows: [] }, { shows: [], shelfLifeEnds: '2028-01-31' }], schemes)).toEqual({
      lasts: '9999-12-31',
    });
    const worse = returned(
      loan,
      { ...back({ origin: 'KP' }), steps: 1n },
      standards,
      product,
      at('2027-01-10'),
    );
    expect(code(worse)).toBe('grade_too_low');
  });

  it('is valued at the mean of what went out', () => {
    const mean = meanPrice([
      { mass: decimal('100'), price: usd('300.00') },
      { mass: decimal('200'), price: usd('301.00') },
    ]);
    expect(formatDecimal(mean.amount)).toBe('300.666667');
    expect(formatDecimal(meanPrice([{ mass: decimal('3'), price: usd('300.00') }]).amount)).toBe('300.00');
  });
});
