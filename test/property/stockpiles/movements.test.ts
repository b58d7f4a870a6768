import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import type { Unit } from '../../../shared/kernel/unit.ts';
import type { Product } from '../../../shared/reference/product.ts';
import type { MovementTerms } from '../../../shared/stockpiles/movement.ts';
import { balancesAfter, balancesOf, changesOf, movementOf } from '../../../shared/stockpiles/movement.ts';
import type { StockAccount, StockBalances } from '../../../shared/stockpiles/stock-account.ts';
import { insideAccounts, noStock, stockAccounts } from '../../../shared/stockpiles/stock-account.ts';
import { massOfSteps, stepsOf, stepsOfLots } from '../../../shared/stockpiles/steps.ts';
import { runs } from '../../support/runs.ts';

const products = fc.constantFrom(
  ...(
    [
      ['t', '1'],
      ['kg', '0.0005'],
      ['g', '20'],
      ['lb', '2204.6'],
      ['mtu', '0.1'],
    ] as readonly (readonly [Unit, string])[]
  ).map(([unit, lot]) => ({ id: 'ndpr-oxide', unit, lot: { amount: decimal(lot), unit } }) as Product),
);
const changes = fc
  .tuple(
    fc.constantFrom<StockAccount>(...stockAccounts),
    fc.constantFrom<StockAccount>(...stockAccounts),
    fc.bigInt(1n, 10n ** 9n),
  )
  .filter(([from, to]) => from !== to)
  .map(([from, to, steps]) => ({ [from]: -steps, [to]: steps }));

const terms = (product: Product, change: MovementTerms['changes'], sequence: number): MovementTerms => ({
  ...{ kind: 'CORRECTION', stockpile: `stp_${'0'.repeat(26)}`, product, changes: change },
  ...{ cause: { of: 'contract', id: 'one', sequence }, at: '2026-11-23T12:00:00.000Z' },
});

const inside = (balances: StockBalances): bigint =>
  insideAccounts.reduce((sum, account) => sum + balances[account], 0n);

describe('movements of stock', () => {
  it('conserve mass: what is inside is what came from outside less what went there, and never negative', () => {
    fc.assert(
      fc.property(products, fc.array(changes, { maxLength: 40 }), (product, wanted) => {
        let balances = noStock;
        let outside = 0n;
        const done = [];
        for (const [sequence, change] of wanted.entries()) {
          const after = balancesAfter(balances, change);
          if (after === undefined) {
            expect(insideAccounts.some((account) => balances[account] + (change[account] ?? 0n) < 0n)).toBe(
              true,
            );
            continue;
          }
          const movement = movementOf(terms(product, change, sequence));
          expect(changesOf(movement, product)).toEqual(change);
          for (const account of ['supplied', 'delivered', 'lost'] as const) outside += change[account] ?? 0n;
          balances = after;
          done.push(movement);
          expect(
            Math.min(...insideAccounts.map((account) => Number(balances[account]))),
          ).toBeGreaterThanOrEqual(0);
        }
        expect(inside(balances)).toBe(-outside);
        expect(balancesOf(done, product)).toEqual(balances);
        expect(new Set(done.map(({ id }) => id)).size).toBe(done.length);
      }),
      { numRuns: runs(100) },
    );
  });

  it('are refused where they do not balance', () => {
    fc.assert(
      fc.property(products, changes, fc.bigInt(1n, 10n), (product, change, more) => {
        const free = (change.free ?? 0n) + more;
        expect(() => movementOf(terms(product, { ...change, free }, 1))).toThrow('does not balance');
      }),
      { numRuns: runs(30) },
    );
  });

  it('have ids that follow from their causes', () => {
    const product = { id: 'x', unit: 't', lot: { amount: decimal('1'), unit: 't' } } as Product;
    const id = (sequence: number) => movementOf(terms(product, { free: 1n, supplied: -1n }, sequence)).id;
    expect(id(1)).toBe(id(1));
    expect(id(1)).not.toBe(id(2));
  });

  it('count in steps to which lots and weighed masses both are whole', () => {
    fc.assert(
      fc.property(products, fc.bigInt(1n, 10n ** 9n), (product, count) => {
        const steps = stepsOfLots(count, product);
        expect(must(stepsOf(massOfSteps(steps, product), product))).toBe(steps);
        expect(must(stepsOf(massOfSteps(count, product), product))).toBe(count);
      }),
      { numRuns: runs(100) },
    );
  });
});
