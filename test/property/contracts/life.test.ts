import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimal } from '../../../shared/kernel/decimal.ts';
import { sumOf } from '../../../shared/kernel/arithmetic.ts';
import { chainHolds } from '../../../shared/contracts/chain.ts';
import { meanOf, middleOf } from '../../../shared/contracts/assays.ts';
import { acceptedIn, boundsOf, performanceIn } from '../../../shared/contracts/quantities.ts';
import { acceptAmendment, propose } from '../../../shared/contracts/rules/amendments.ts';
import { accept, notice, receive, reject, withdraw } from '../../../shared/contracts/rules/deliveries.ts';
import {
  acknowledgeForceMajeure,
  declareForceMajeure,
  decline,
} from '../../../shared/contracts/rules/quantities.ts';
import { resume, suspend } from '../../../shared/contracts/rules/standing.ts';
import { runs } from '../../support/runs.ts';
import { aContract, amd, dlv, evt, Life, termsOf } from '../../support/contracts.ts';

const quarters = ['2027-Q1', '2027-Q2'] as const;
const act = fc.record({
  kind: fc.constantFrom(
    ...(['notice', 'withdraw', 'receive', 'accept', 'reject', 'decline', 'declare'] as const),
    ...(['acknowledge', 'suspend', 'resume', 'propose', 'agree'] as const),
  ),
  role: fc.constantFrom('seller', 'buyer', 'administrator'),
  quarter: fc.constantFrom(...quarters),
  which: fc.integer({ min: 0, max: 5 }),
  grams: fc.bigInt({ min: 1n, max: 60_000_000n }),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** Whoever tries whatever: what the rules refuse changes nothing. */
function perform(life: Life, { kind, role, quarter, which, grams }: Act): void {
  const quantity = { amount: { units: grams, scale: 6 }, unit: 't' as const };
  const name = String(which);
  const shippedOn = life.day;
  life.by(role, (g) => {
    switch (kind) {
      case 'notice':
        return notice(g, dlv(`${name}${life.contract.events.length}`), { quarter, quantity, shippedOn });
      case 'withdraw':
        return withdraw(g, deliveryOf(life, which), 'why');
      case 'receive':
        return receive(g, deliveryOf(life, which), { receivedOn: life.day, quantity });
      case 'accept':
        return accept(g, deliveryOf(life, which), undefined);
      case 'reject':
        return reject(g, deliveryOf(life, which), 'why');
      case 'decline':
        return decline(g, { quarter, quantity }, undefined);
      case 'declare':
        return declareForceMajeure(g, evt(name), { quarter, quantity }, 'why');
      case 'acknowledge':
        return acknowledgeForceMajeure(g, evt(name));
      case 'suspend':
        return suspend(g, 'why');
      case 'resume':
        return resume(g, 'why');
      case 'propose':
        return propose(g, amd(`${name}${life.contract.events.length}`), {
          changes: [{ kind: 'quantity', quarter, quantity }],
          reason: 'why',
        });
      case 'agree':
        return acceptAmendment(
          g,
          g.state.amendments.findLast(({ status }) => status === 'proposed')?.id ?? '',
        );
    }
  });
}
const deliveryOf = (life: Life, which: number): string => {
  const { deliveries } = life.state;
  return deliveries[which % Math.max(1, deliveries.length)]?.id ?? dlv('NONE');
};

describe('whatever people try', () => {
  it('the chain holds, no quarter delivers more than it may, and its parts add up', () => {
    const tolerance = { share: '0.05', option: 'seller' } as const;
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.boolean(), (acts, tolerant) => {
        const life = new Life(
          aContract({ '2027-Q1': '100', '2027-Q2': '50' }),
          termsOf(tolerant ? { tolerance } : {}),
        );
        for (const each of acts) {
          perform(life, each);
          for (const quarter of quarters) {
            const { high } = boundsOf(life.state, quarter);
            expect(compareDecimal(acceptedIn(life.state, quarter), high)).toBeLessThanOrEqual(0);
            const { contracted, ...parts } = performanceIn(life.state, quarter);
            expect(compareDecimal(sumOf(Object.values(parts)), contracted)).toBe(0);
          }
        }
        expect(chainHolds(life.contract)).toBe(true);
      }),
      { numRuns: runs(200, 5) },
    );
  });
});

const percent = fc.record({
  units: fc.bigInt({ min: 0n, max: 10n ** 8n }),
  scale: fc.integer({ min: 0, max: 6 }),
});

describe('assays', () => {
  it('the mean lies between the two and does not depend on who is named first', () => {
    fc.assert(
      fc.property(percent, percent, (a, b) => {
        const mean = meanOf(a, b);
        expect(meanOf(b, a)).toEqual(mean);
        const [low, high] = [a, b].sort(compareDecimal);
        expect(compareDecimal(low!, mean)).toBeLessThanOrEqual(0);
        expect(compareDecimal(mean, high!)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('the middle of three has one on either side', () => {
    fc.assert(
      fc.property(percent, percent, percent, (a, b, c) => {
        const middle = middleOf(a, b, c);
        const below = [a, b, c].filter((each) => compareDecimal(each, middle) < 0).length;
        const above = [a, b, c].filter((each) => compareDecimal(each, middle) > 0).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
