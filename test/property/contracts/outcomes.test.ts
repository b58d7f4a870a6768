import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contributionOf, totalsOf } from '../../../shared/clearing/outcome/figures.ts';
import { plainTerms } from '../../../shared/contracts/standard-terms.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import { aContract, dlv, Life, tonnes } from '../../support/contracts.ts';

const quarter = '2027-Q1';
const asOf = '2027-06-01T00:00:00.000Z';
const steps = ['noticed', 'received', 'accepted', 'rejected'] as const;

const delivery = fc.record({
  noticed: fc.integer({ min: 1, max: 20 }),
  weighed: fc.integer({ min: 1, max: 20 }),
  step: fc.constantFrom(...steps),
  isLate: fc.boolean(),
});
const contract = fc.record({
  agreed: fc.integer({ min: 1, max: 100 }),
  deliveries: fc.array(delivery, { maxLength: 4 }),
});

it('the figures of a quarter are what adding up its deliveries one by one comes to', () => {
  fc.assert(
    fc.property(fc.array(contract, { maxLength: 6 }), (contracts) => {
      const naive = {
        matched: 0,
        contracted: 0,
        noticed: 0,
        delivered: 0,
        accepted: 0,
        rejected: 0,
        late: 0,
      };
      let late = 0;
      const contributions = contracts.flatMap(({ agreed, deliveries }) => {
        const life = new Life(aContract({ [quarter]: String(agreed), '2027-Q2': '7' }));
        naive.matched += agreed;
        naive.contracted += agreed;
        for (const [index, { noticed, weighed, step, isLate }] of deliveries.entries()) {
          const about = { at: '2027-04-05T12:00:00.000Z', delivery: dlv(`D${index}`) };
          const loaded = tonnes(String(noticed));
          const weight = tonnes(String(weighed));
          const notice = { quarter, quantity: loaded, shippedOn: '2027-03-20' };
          life.add({ type: 'delivery_noticed', ...about, quantity: loaded, notice });
          naive.noticed += noticed;
          if (step === 'noticed') continue;
          const receipt = { receivedOn: isLate ? '2027-04-01' : '2027-03-31', quantity: weight };
          life.add({ type: 'delivery_received', ...about, quantity: weight, receipt });
          naive.delivered += weighed;
          if (isLate) {
            naive.late += weighed;
            late += 1;
          }
          if (step === 'accepted') {
            life.add({ type: 'delivery_accepted', ...about, finalQuantity: weight });
            naive.accepted += weighed;
          }
          if (step === 'rejected') {
            life.add({ type: 'delivery_rejected', ...about, ground: 'agreed', reason: 'wet' });
            naive.rejected += weighed;
          }
        }
        const source = { contract: life.contract, terms: plainTerms, settlements: [] };
        return contributionOf(source, quarter, asOf) ?? [];
      });
      const totals = totalsOf(contributions);
      for (const [name, sum] of Object.entries(naive))
        expect(Number(formatDecimal(totals[name as keyof typeof naive])), name).toBe(sum);
      expect(contributions.reduce((sum, { lateDeliveries }) => sum + lateDeliveries, 0)).toBe(late);
    }),
  );
});
