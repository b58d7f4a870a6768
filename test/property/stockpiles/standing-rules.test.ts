import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import { addDays } from '../../../shared/kernel/time.ts';
import type { Product } from '../../../shared/reference/product.ts';
import { freeOf } from '../../../shared/stockpiles/lots.ts';
import type { StockLot } from '../../../shared/stockpiles/stock-lot.ts';
import { standingRuleTermsSchema } from '../../../shared/stockpiles/standing-rule.ts';
import {
  floorPurchase,
  monthlyPace,
  nextRotation,
  placedId,
} from '../../../shared/stockpiles/standing-rule-orders.ts';
import { massOfSteps, stepsOfLots } from '../../../shared/stockpiles/steps.ts';
import { runs } from '../../support/runs.ts';

const product = {
  id: 'ndpr',
  unit: 'kg',
  lot: { amount: decimal('20'), unit: 'kg' },
  currency: 'USD',
} as Product;
const usd = (amount: string) => ({ amount: decimal(amount), currency: 'USD' as const, per: 'kg' as const });
const lotSteps = stepsOfLots(1n, product);
const buying = (most?: string) =>
  standingRuleTermsSchema.parse({
    ...{ kind: 'buy-at-floor', product: 'ndpr', destination: 'DE' },
    ...(most === undefined ? {} : { most: { amount: most, unit: 'kg' } }),
  }) as Extract<ReturnType<typeof standingRuleTermsSchema.parse>, { kind: 'buy-at-floor' }>;
const rotating = standingRuleTermsSchema.parse({
  ...{ kind: 'rotate', product: 'ndpr', destination: 'DE', daysBefore: 90 },
  ...{ limit: { ...usd('1'), amount: '120' }, ask: { ...usd('1'), amount: '90' } },
}) as Extract<ReturnType<typeof standingRuleTermsSchema.parse>, { kind: 'rotate' }>;

describe('a rule that buys at the floor', () => {
  it('never buys above target or pace, whatever is under way, and only while the price sits on the floor', () => {
    const steps = fc.bigInt(0n, 10n ** 8n);
    const inputs = fc.record({
      landed: fc.constantFrom(undefined, usd('109.99'), usd('110.00'), usd('110.01')),
      floor: fc.constantFrom(undefined, usd('110')),
      ...{ deficit: steps, openBids: steps, pace: steps, boughtThisMonth: steps },
    });
    fc.assert(
      fc.property(inputs, fc.constantFrom(undefined, '1000', '50000'), (given, most) => {
        const answer = must(floorPurchase(buying(most), given, product));
        const sits =
          given.floor !== undefined && given.landed !== undefined && given.landed !== usd('110.01');
        if ('wait' in answer) {
          expect(answer.wait).not.toBe('');
          return;
        }
        expect(sits && given.landed!.amount.units <= 11000n).toBe(true);
        const bought = answer.place.lots * lotSteps;
        expect(bought > 0n && bought + given.openBids <= given.deficit).toBe(true);
        expect(bought + given.openBids + given.boughtThisMonth <= given.pace).toBe(true);
        if (most !== undefined) expect(bought <= BigInt(most) * 1000n).toBe(true);
        expect(answer.place.price).toEqual(usd('110'));
        // As much as it may: one lot more would be too much for one of them.
        const one = bought + lotSteps;
        expect(
          one + given.openBids > given.deficit ||
            one + given.openBids + given.boughtThisMonth > given.pace ||
            (most !== undefined && one > BigInt(most) * 1000n),
        ).toBe(true);
      }),
      { numRuns: runs(200) },
    );
  });

  it('has a twelfth of the year’s use for a month, as much of it as the pace says', () => {
    const annualUse = { quantity: { amount: decimal('1200'), unit: 't' as const }, year: 2026, source: 'x' };
    expect(must(monthlyPace({ annualUse, paceShare: decimal('0.25') }, product))).toBe(25_000_000n);
  });

  it('places one order a day, the same one whoever places it', () => {
    const rule = { id: `rul_${'0'.repeat(26)}` };
    expect(placedId('bid', rule, '2026-11-23')).toBe(placedId('bid', rule, '2026-11-23'));
    const others = [
      placedId('bid', rule, '2026-11-24'),
      placedId('bid', { id: `rul_${'1'.repeat(26)}` }, '2026-11-23'),
      placedId('bid', rule, '2026-11-23', 'lot_1'),
      placedId('bid', rule, '2026-11-23'),
    ];
    expect(new Set(others).size).toBe(4);
  });
});

describe('a rule that rotates', () => {
  const today = '2026-11-23';
  const lot = fc.record({
    steps: fc.bigInt(1n, 200_000n),
    ends: fc.option(fc.integer({ min: -10, max: 200 }), { nil: undefined }),
    status: fc.constantFrom('held' as const, 'closed' as const),
  });
  const lotsOf = (all: readonly { steps: bigint; ends: number | undefined; status: string }[]) =>
    all.map(
      ({ steps, ends, status }, index) =>
        ({
          ...{ id: `lot_${String(index).padStart(26, '0')}`, status, encumbrances: [] },
          ...{
            quantity: massOfSteps(steps, product),
            lent: massOfSteps(0n, product),
            purity: decimal('99.5'),
          },
          shelfLifeEnds: ends === undefined ? undefined : addDays(today, ends),
          receivedAt: '2025-01-01T00:00:00.000Z',
        }) as unknown as StockLot,
    );

  it('carried on day by day offers of every lot near its end no more than has been bought for it, and all of that', () => {
    fc.assert(
      fc.property(
        fc.array(lot, { maxLength: 4 }),
        fc.array(fc.bigInt(0n, 4n), { maxLength: 60 }),
        (all, trades) => {
          let lots = lotsOf(all);
          const done = new Map<string, { open: bigint; contracted: bigint; offered: bigint }>();
          const of = (id: string) => done.get(id) ?? { open: 0n, contracted: 0n, offered: 0n };
          for (const trade of [...trades, ...Array.from({ length: 30 }, () => 1_000_000n)]) {
            const next = nextRotation(
              rotating,
              lots,
              ({ id }) => ({
                isBidOpen: of(id).open > 0n,
                contracted: of(id).contracted,
                offered: of(id).offered,
              }),
              product,
              today,
            );
            if (next !== undefined) {
              const { id, shelfLifeEnds, purity } = next.lot;
              expect(shelfLifeEnds! <= addDays(today, 90)).toBe(true);
              const before = of(id);
              if (next.step === 'buy') {
                expect(before.open).toBe(0n);
                expect(next.minimumPurity).toEqual(purity);
                done.set(id, { ...before, open: next.lots });
              } else {
                expect(before.offered + next.lots <= before.contracted).toBe(true);
                done.set(id, { ...before, offered: before.offered + next.lots });
                const quantity = massOfSteps(next.lots * lotSteps, product);
                lots = lots.map((each) =>
                  each.id === id
                    ? { ...each, encumbrances: [...each.encumbrances, { kind: 'offer', by: 'x', quantity }] }
                    : each,
                );
              }
            }
            for (const [id, each] of done) {
              const contracted = each.open < trade ? each.open : trade;
              done.set(id, {
                ...each,
                open: each.open - contracted,
                contracted: each.contracted + contracted,
              });
            }
          }
          for (const each of lots) {
            const { contracted, offered } = of(each.id);
            expect(offered <= contracted).toBe(true);
            const near = each.shelfLifeEnds !== undefined && each.shelfLifeEnds <= addDays(today, 90);
            if (near && each.status === 'held') expect(freeOf(each, product) < lotSteps).toBe(true);
            else expect(offered).toBe(0n);
          }
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
