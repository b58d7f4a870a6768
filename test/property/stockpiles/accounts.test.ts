import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimal, decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import { moneyOf } from '../../../shared/kernel/money.ts';
import { addDays, dateOf } from '../../../shared/kernel/time.ts';
import { minorUnits } from '../../../shared/ledger/posting.ts';
import type { Product } from '../../../shared/reference/product.ts';
import type { AccountEvent, StockAccountRecord } from '../../../shared/stockpiles/account.ts';
import { accountTermsSchema } from '../../../shared/stockpiles/account.ts';
import {
  allocated,
  decided,
  drawn,
  mayTake,
  nextDay,
  replenished,
  repurchased,
  transferred,
  whatIsDue,
} from '../../../shared/stockpiles/account-rules.ts';
import {
  accountState,
  accountView,
  entitlementOf,
  financedOf,
} from '../../../shared/stockpiles/account-state.ts';
import { carryOf, carryOver, spansOf } from '../../../shared/stockpiles/carry.ts';
import { addMonths, dayCounts, daysBetween } from '../../../shared/stockpiles/day-count.ts';
import type { Incoming } from '../../../shared/stockpiles/grade.ts';
import { massOfSteps, wholeSteps } from '../../../shared/stockpiles/steps.ts';
import { runs } from '../../support/runs.ts';

const product = {
  id: 'cobalt',
  unit: 'kg',
  lot: { amount: decimal('1'), unit: 'kg' },
  currency: 'USD',
} as Product;
const usd = (amount: string) => ({ amount: decimal(amount), currency: 'USD' as const, per: 'kg' as const });
const account = (changes: Partial<StockAccountRecord> = {}): StockAccountRecord => ({
  ...accountTermsSchema.parse({
    ...{ member: 'maker', product: 'cobalt', committed: { amount: '500000', unit: 'kg' } },
    inventoryPrice: { amount: '20.00', currency: 'USD', per: 'kg' },
    entryFee: { amount: '1000.00', currency: 'USD' },
    ...{ interestRate: '0.055', storageRate: '0.006', dayCount: 'ACT/360', term: '2029-12-31' },
  }),
  ...{ id: `acc_${'0'.repeat(26)}`, stockpile: `stp_${'0'.repeat(26)}`, operator: 'reserve' },
  ...{ offeredAt: '2026-12-01T00:00:00.000Z', offeredBy: 'olga', events: [] },
  ...changes,
});
const at = (day: string) => ({ subject: 'somebody', at: `${day}T12:00:00.000Z` });
const lotOf = (steps: bigint, purity?: string) => ({
  ...{ lot: `lot_${'0'.repeat(26)}`, quantity: massOfSteps(steps, product) },
  ...(purity === undefined ? {} : { purity: decimal(purity) }),
});
const outOf = (steps: bigint, purity?: string) => ({
  lots: [lotOf(steps, purity)],
  grade: purity === undefined ? {} : { purity: decimal(purity) },
});
const standards = { schemes: new Map(), barredOrigins: ['KP'] };
const incoming = (purity: string | undefined, changes: Partial<Incoming> = {}): Incoming => ({
  ...{ origin: 'AU', shows: [], purity: purity === undefined ? undefined : decimal(purity) },
  ...changes,
});
const text = (money: { amount: Parameters<typeof formatDecimal>[0] }) => formatDecimal(money.amount);
const ruled = <T>(result: { ok: true; value: T } | { ok: false; problem: { code: string } }): T => {
  if (!result.ok) throw new Error(result.problem.code);
  return result.value;
};
const refusal = (result: { ok: true } | { ok: false; problem: { code: string } }): string =>
  result.ok ? 'allowed' : result.problem.code;

/** An account of which so much was allocated on a day. */
const holding = (kilograms: bigint, day = '2026-12-31', changes: Partial<StockAccountRecord> = {}) => {
  const offered = account(changes);
  const accepted = { ...offered, events: [ruled(decided(offered, 'accepted', at('2026-12-15')))] };
  const event = ruled(allocated(accepted, kilograms * 1000n, product, at(day)));
  return { ...accepted, events: [...accepted.events, event] };
};
const plus = (to: StockAccountRecord, event: AccountEvent) => ({ ...to, events: [...to.events, event] });
const draw = (from: StockAccountRecord, kilograms: bigint, day: string, purity?: string) =>
  plus(from, ruled(drawn(from, kilograms * 1000n, outOf(kilograms * 1000n, purity), product, at(day))));

describe('carry', () => {
  it('of 500 t at 20 USD/kg, 5.5 % and 0.6 % a year, is 152 500 USD a quarter of 90 days of 360', () => {
    expect(text(carryOf(holding(500_000n), '2027-Q1', product))).toBe('152500.00');
    const months = holding(500_000n, '2026-12-31', { dayCount: '30E/360' });
    for (const quarter of ['2027-Q1', '2027-Q2', '2027-Q3', '2028-Q1'])
      expect(text(carryOf(months, quarter, product))).toBe('152500.00');
  });

  it('tells years of 360 and 365 days apart, leap years or not', () => {
    const of = (dayCount: (typeof dayCounts)[number], quarter: string) =>
      text(carryOf(holding(500_000n, '2026-12-31', { dayCount }), quarter, product));
    expect(of('ACT/360', '2028-Q1')).toBe('154194.44');
    expect(of('ACT/365F', '2027-Q1')).toBe('150410.96');
    expect(of('ACT/365F', '2028-Q1')).toBe('152082.19');
  });

  it('falls by the storage of what is drawn, from the day on which it is, and not by its interest', () => {
    // 20 days with 500 t in the warehouse, 70 with 200 t: 10 000 000 × 0.055 × 90/360 + 0.006 × (10 000 000 × 20 + 4 000 000 × 70)/360.
    expect(text(carryOf(draw(holding(500_000n), 300_000n, '2027-01-21'), '2027-Q1', product))).toBe(
      '145500.00',
    );
  });

  it('over parts of a period is the carry over all of it, to a minor unit a part; and nobody is paid for it', () => {
    const spans = fc.array(
      fc.record({
        days: fc.bigInt(0n, 92n),
        financed: fc.bigInt(0n, 10n ** 12n).map((units) => ({ units, scale: 3 })),
        stored: fc.bigInt(0n, 10n ** 12n).map((units) => ({ units, scale: 3 })),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(spans, fc.constantFrom(...dayCounts), fc.bigInt(0n, 10n ** 9n), (all, dayCount, rate) => {
        const terms = { ...account(), dayCount, interestRate: { units: rate, scale: 9 } };
        const whole = minorUnits(carryOver(all, terms));
        const parts = all.reduce((sum, span) => sum + minorUnits(carryOver([span], terms)), 0n);
        const difference = whole > parts ? whole - parts : parts - whole;
        expect(difference <= BigInt(all.length)).toBe(true);
        expect(whole >= 0n).toBe(true);
      }),
      { numRuns: runs(100) },
    );
  });

  it('counts days so that parts of a period add up to it', () => {
    const day = fc.nat(4000).map((days) => addDays('2026-01-01', days));
    fc.assert(
      fc.property(fc.tuple(day, day, day), fc.constantFrom(...dayCounts), (three, dayCount) => {
        const [a, b, c] = three.toSorted() as [string, string, string];
        expect(daysBetween(a, b, dayCount) + daysBetween(b, c, dayCount)).toBe(daysBetween(a, c, dayCount));
      }),
      { numRuns: runs(100) },
    );
    expect(addMonths('2026-08-31', 6)).toBe('2027-02-28');
    expect(addMonths('2026-11-23', 6)).toBe('2027-05-23');
    expect(addMonths('2027-08-30', 6)).toBe('2028-02-29');
  });
});

describe('an account', () => {
  type Wish =
    | { readonly do: 'allocate' | 'draw' | 'repurchase' | 'replenish'; readonly kilograms: bigint }
    | { readonly do: 'wait'; readonly days: number };
  const wish: fc.Arbitrary<Wish> = fc.oneof(
    fc.record({
      do: fc.constantFrom('allocate' as const, 'draw' as const, 'repurchase' as const, 'replenish' as const),
      kilograms: fc.bigInt(1n, 400_000n),
    }),
    fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 200 }) }),
  );

  it('never gives more than was put in, whatever its member tries, and ends with nothing owed either way', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 25 }), (wishes) => {
        let held = holding(200_000n, '2026-12-31');
        let day = '2026-12-31';
        let out = 0n;
        let returned = 0n;
        const tryTo = (each: Exclude<Wish, { do: 'wait' }>): AccountEvent | undefined => {
          const steps = each.kilograms * 1000n;
          const may = mayTake(held, steps, product, at(day));
          if (each.do === 'allocate') {
            const event = allocated(held, steps, product, at(day));
            return event.ok ? event.value : undefined;
          }
          if (each.do === 'replenish') {
            const { draws } = accountState(held, product);
            const event = replenished(
              held,
              { draw: draws[0]?.draw ?? 1, steps, came: incoming(undefined), lot: `lot_${'1'.repeat(26)}` },
              standards,
              product,
              at(day),
            );
            return event.ok ? event.value : undefined;
          }
          if (!may.ok) return undefined;
          const out = outOf(steps);
          const event = (each.do === 'draw' ? drawn : repurchased)(held, steps, out, product, at(day));
          return event.ok ? event.value : undefined;
        };
        const settle = (): void => {
          for (let turn = 0; turn < 200; turn += 1) {
            const due = whatIsDue(held, null, product, at(day));
            if (due === undefined) return;
            const event =
              due.kind === 'event'
                ? due.event
                : ruled(repurchased(held, due.steps, outOf(due.steps), product, at(day)));
            if (event.type === 'repurchased') out += wholeSteps(event.quantity, product);
            held = plus(held, event);
          }
          throw new Error('it does not come to rest');
        };
        for (const each of wishes) {
          if (each.do === 'wait') {
            day = addDays(day, each.days);
            settle();
            continue;
          }
          const event = tryTo(each);
          if (event === undefined) continue;
          if (event.type === 'drawn' || event.type === 'repurchased')
            out += wholeSteps(event.quantity, product);
          if (event.type === 'replenished') returned += wholeSteps(event.quantity, product);
          held = plus(held, event);
          const state = accountState(held, product);
          expect(entitlementOf(state) >= 0n && financedOf(state) >= 0n).toBe(true);
        }
        // At term everything is bought back, a day later what was out is paid for, and after the quarter the rest is carried.
        for (const days of [0, 1, 100])
          if (addDays(account().term, days) >= day) {
            day = addDays(account().term, days);
            settle();
          }
        day = addDays(day, 100);
        settle();
        const state = accountState(held, product);
        expect(state.status).toBe('closed');
        expect([entitlementOf(state), financedOf(state), state.draws.length]).toEqual([0n, 0n, 0]);
        const put = held.events.reduce(
          (sum, event) => (event.type === 'allocated' ? sum + wholeSteps(event.quantity, product) : sum),
          0n,
        );
        expect(out).toBe(put + returned);
        expect(nextDay(held, product)).toBeUndefined();
        const view = accountView(held, product);
        expect(view.entitlement.amount.units).toBe(0n);
        // Nobody is charged carry before it began, nor for a quarter twice.
        const carried = held.events.flatMap((event) => (event.type === 'carried' ? [event.quarter] : []));
        expect(carried).toEqual([...new Set(carried)].sort());
        expect(carried[0]).toBe('2026-Q4');
      }),
      { numRuns: runs(60) },
    );
  });

  it('pays the higher of inventory and market price, and a penalty, for what is not replenished in time', () => {
    const out = draw(holding(100_000n), 10_000n, '2027-01-10');
    const due = dateOf(`${addDays('2027-01-10', 91)}T00:00:00.000Z`);
    const carried = plus(out, {
      ...{ type: 'carried', at: out.events[0]!.at, by: 'x', quarter: '2027-Q1', amount: moneyOf(0n, 'USD') },
    });
    const of = (market: string | null, day = due) =>
      whatIsDue(
        carried,
        market === null ? null : { date: '2027-04-01', price: usd(market), source: 'clearings' },
        product,
        at(day),
      );
    expect(of('25.00', addDays(due, -1))).toBeUndefined();
    for (const [market, amount] of [
      [null, '220000.00'],
      ['15.00', '220000.00'],
      ['25.00', '275000.00'],
    ] as const)
      expect(of(market)).toMatchObject({
        kind: 'event',
        event: { type: 'not-replenished', draw: 3, amount: moneyOf(BigInt(amount.replace('.', '')), 'USD') },
      });
    expect(refusal(mayTake(carried, 1000n, product, at(due)))).toBe('replenishment_overdue');
  });

  it('takes back only the same or a better grade', () => {
    const out = draw(holding(100_000n), 10_000n, '2027-01-10', '99.8');
    const back = (purity: string | undefined, kilograms = 10_000n) =>
      refusal(
        replenished(
          out,
          {
            draw: 3,
            steps: kilograms * 1000n,
            came: incoming(purity),
            lot: `lot_${'1'.repeat(26)}`,
          },
          standards,
          product,
          at('2027-02-01'),
        ),
      );
    expect([back('99.7'), back(undefined), back('99.80'), back('99.95')]).toEqual([
      ...['grade_too_low', 'grade_too_low', 'allowed', 'allowed'],
    ]);
    expect(back('99.8', 10_001n)).toBe('entitlement_exceeded');
  });

  it('passes entitlement on with its duties, up to what the other member has committed to', () => {
    const from = holding(100_000n);
    const other = (changes: Partial<StockAccountRecord> = {}) =>
      holding(490_000n, '2026-12-31', { id: `acc_${'1'.repeat(26)}`, member: 'other', ...changes });
    const pass = (to: StockAccountRecord, kilograms: bigint) =>
      transferred(from, to, kilograms * 1000n, product, at('2027-01-05'));
    const passed = ruled(pass(other(), 10_000n));
    const [left, more] = [plus(from, passed.out), plus(other(), passed.in)].map((each) =>
      entitlementOf(accountState(each, product)),
    );
    expect([left, more]).toEqual([90_000_000n, 500_000_000n]);
    expect(refusal(pass(other(), 10_001n))).toBe('entitlement_exceeded');
    expect(refusal(pass(other(), 100_001n))).toBe('entitlement_exceeded');
    expect(refusal(pass(from, 1n))).toBe('invalid_state');
    expect(refusal(pass(other({ inventoryPrice: usd('20.01') }), 1n))).toBe('invalid_state');
    expect(refusal(pass(other({ interestRate: decimal('0.05') }), 1n))).toBe('invalid_state');
    expect(refusal(pass(other({ interestRate: decimal('0.0550') }), 1n))).toBe('allowed');
    expect(refusal(pass(account({ id: `acc_${'2'.repeat(26)}` }), 1n))).toBe('invalid_state');
  });

  it('is carried on what was there at the end of each day', () => {
    const spans = spansOf(draw(holding(100n, '2027-01-05'), 40n, '2027-02-01'), '2027-Q1', product);
    expect(spans.map(({ days }) => days)).toEqual([4n, 27n, 59n]);
    expect(spans.map(({ stored }) => formatDecimal(stored))).toEqual(['0', '100', '60']);
    expect(compareDecimal(spans[2]!.financed, decimal('100'))).toBe(0);
  });
});
