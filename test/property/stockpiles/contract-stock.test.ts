import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptedSteps,
  concludedSteps,
  expectedSteps,
  heldSteps,
  saleStep,
} from '../../../shared/stockpiles/contract-stock.ts';
import { aProduct } from '../../support/products.ts';
import { aContract, dlv, Life, stl, tonnes } from '../../support/contracts.ts';
import { runs } from '../../support/runs.ts';

const product = aProduct({ unit: 't', id: 'cobalt' });
const quarters = ['2027-Q1', '2027-Q2'] as const;
const at = '2027-05-01T12:00:00.000Z';
const grams = (amount: number): string => (amount / 1_000_000).toFixed(6);

/** What happens to a contract for 100 t in each of two quarters: in millionths of a tonne. */
const happening = fc.oneof(
  fc.record({
    what: fc.constant('delivered' as const),
    quarter: fc.constantFrom(...quarters),
    amount: fc.integer({ min: 1, max: 60_000_000 }),
  }),
  fc.record({ what: fc.constant('settled' as const), quarter: fc.constantFrom(...quarters) }),
  fc.record({ what: fc.constantFrom('suspended' as const, 'resumed' as const, 'terminated' as const) }),
);

describe('a contract in the books of stock', () => {
  it('is booked to what its events come to, whatever happens, and then has nothing more to book', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 8 }), fc.bigInt(0n, 20_000_000n), (happenings, more) => {
        const life = new Life(aContract({ '2027-Q1': '100', '2027-Q2': '100' }));
        const concluded = concludedSteps(life.contract.schedule, product);
        let booked = { delivered: 0n, held: concluded };
        // A lot of what is sold, and a little more.
        let [quantity, found] = [concluded + more, 0n];
        for (const [index, each] of happenings.entries()) {
          if (each.what === 'delivered') {
            const delivery = dlv(String(index));
            const quantityOf = tonnes(grams(each.amount));
            const { quarter } = each;
            const notice = { quarter, quantity: quantityOf, shippedOn: '2027-05-01' };
            life.add(
              { type: 'delivery_noticed', at, delivery, quantity: quantityOf, notice },
              { type: 'delivery_accepted', at, delivery, finalQuantity: quantityOf },
            );
          } else if (each.what === 'settled')
            life.add({
              ...{ type: 'quarter_settled', at, quarter: each.quarter, sequence: 1 },
              settlement: stl(String(index)),
            });
          else if (each.what === 'terminated')
            life.add({ type: 'terminated', at, cause: 'agreed', reason: 'x' });
          else life.add({ type: each.what, at, reason: 'x' });
          const { state } = life;
          const free = quantity - booked.held;
          const step = saleStep(booked, state, product, free);
          if (step !== undefined) {
            booked = { delivered: booked.delivered + step.delivered, held: booked.held - step.unheld };
            quantity += step.found - step.delivered;
            found += step.found;
          }
          expect(booked.delivered).toBe(acceptedSteps(state, product));
          expect(booked.held >= 0n && quantity - booked.held >= 0n).toBe(true);
          expect(quantity).toBe(concluded + more + found - booked.delivered);
          expect(saleStep(booked, state, product, quantity - booked.held)).toBeUndefined();
          // Nothing is held for a contract that it cannot still deliver.
          expect(booked.held <= heldSteps(state, product)).toBe(true);
          // Its buyer has or expects what it has accepted, and at most what is still held ready for it.
          const expected = expectedSteps(state, product);
          expect(expected >= booked.delivered).toBe(true);
          expect(expected <= booked.delivered + heldSteps(state, product)).toBe(true);
        }
        if (happenings.every(({ what }) => what !== 'delivered')) expect(booked.delivered).toBe(0n);
      }),
      { numRuns: runs(100) },
    );
  });
});
