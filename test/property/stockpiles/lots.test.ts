import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minus, sumOf, times } from '../../../shared/kernel/arithmetic.ts';
import { compareDecimal, decimal } from '../../../shared/kernel/decimal.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { encumbered, freeOf, mergeLots, splitLot } from '../../../shared/stockpiles/lots.ts';
import type { StockLot } from '../../../shared/stockpiles/stock-lot.ts';
import { massOfSteps, wholeSteps } from '../../../shared/stockpiles/steps.ts';
import { aProduct } from '../../support/products.ts';
import { runs } from '../../support/runs.ts';

const product = aProduct({ unit: 't' });
const author = { subject: 'operator', at: '2026-11-23T12:00:00.000Z' };
const lotId = (number: number): string => `lot_${String(number).padStart(26, '0')}`;

const aLot = (number: number, steps: bigint, cents: number): StockLot => ({
  ...{ id: lotId(number), stockpile: `stp_${'0'.repeat(26)}`, product: product.id, origin: 'AU' },
  ...{ quantity: massOfSteps(steps, product), lent: massOfSteps(0n, product), certificates: [] },
  ...{ location: { country: 'JP', place: 'Kobe' }, owner: 'reserve', encumbrances: [], status: 'held' },
  inventoryPrice: { amount: { units: BigInt(cents), scale: 2 }, currency: 'USD', per: 't' },
  receivedAt: author.at,
  verified: true,
  source: { kind: 'opening', evidence: 'warrant', declaredBy: 'operator' },
  ...{ version: 1, recordedAt: author.at, recordedBy: author.subject },
});

const absolute = ({ units, scale }: Decimal): Decimal => ({ units: units < 0n ? -units : units, scale });
const valueOf = (lots: Iterable<StockLot>): Decimal =>
  sumOf([...lots].map(({ inventoryPrice, quantity }) => times(inventoryPrice.amount, quantity.amount)));
const massOf = (lots: Iterable<StockLot>): bigint =>
  [...lots].reduce((sum, { quantity }) => sum + wholeSteps(quantity, product), 0n);

/** What an operator does next: to which lots, and how much of what is free. */
const step = fc.record({
  what: fc.constantFrom('split', 'merge', 'hold', 'give back'),
  which: fc.nat(),
  other: fc.nat(),
  share: fc.bigInt(0n, 120n),
});

describe('lots', () => {
  it('are cut and joined exactly: no step is lost, nothing held is cut off, and value moves by rounding alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt(1n, 10n ** 10n), fc.integer({ min: 1, max: 10 ** 6 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(step, { maxLength: 30 }),
        (opened, steps) => {
          const lots = new Map(
            opened.map(([mass, cents], index) => [lotId(index), aLot(index, mass, cents)]),
          );
          const [mass, value] = [massOf(lots.values()), valueOf(lots.values())];
          let merges = 0;
          let next = opened.length;
          for (const { what, which, other, share } of steps) {
            const held = [...lots.values()].filter(({ status }) => status === 'held');
            const [one, two] = [held[which % held.length]!, held[other % held.length]!];
            const part = (freeOf(one, product) * share) / 100n;
            if (what === 'hold' && part > 0n && part <= freeOf(one, product))
              lots.set(one.id, encumbered(one, { kind: 'offer', by: 'an offer' }, part, product));
            if (what === 'give back') {
              const claim = one.encumbrances[0];
              if (claim !== undefined)
                lots.set(one.id, encumbered(one, claim, -wholeSteps(claim.quantity, product), product));
            }
            if (what === 'split' && part > 0n) {
              const cut = splitLot(one, [{ id: lotId(next), steps: part }], product, author);
              expect(cut.ok).toBe(part <= freeOf(one, product));
              if (cut.ok) for (const lot of [cut.value.rest, ...cut.value.parts]) lots.set(lot.id, lot);
              next += 1;
            }
            if (what === 'merge' && one !== two) {
              const joined = mergeLots([one, two], lotId(next), product, author);
              expect(joined.ok).toBe(one.encumbrances.length + two.encumbrances.length === 0);
              if (joined.ok)
                for (const lot of [joined.value.merged, ...joined.value.closed]) lots.set(lot.id, lot);
              next += 1;
              merges += 1;
            }
            expect(massOf(lots.values())).toBe(mass);
            for (const lot of lots.values()) expect(freeOf(lot, product) >= 0n).toBe(true);
          }
          // A price is off by at most half a millionth for each merge, on all of the mass.
          const tonnes = massOfSteps(mass, product).amount;
          const bound = times(times(decimal('0.0000005'), tonnes), { units: BigInt(merges), scale: 0 });
          const drift = absolute(minus(valueOf(lots.values()), value));
          expect(compareDecimal(drift, bound)).toBeLessThanOrEqual(0);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
