import { describe, expect, it } from 'vitest';
import type { Contract } from '../../../shared/contracts/contract.ts';
import { chainHolds, concludedEvent, nextEvent } from '../../../shared/contracts/chain.ts';
import { idOf, siteId } from '../../support/clearing-scenario.ts';

const money = { amount: { units: 100n, scale: 2 }, currency: 'USD' as const };
const none = { ...money, amount: { units: 0n, scale: 2 } };
const price = { amount: { units: 9000n, scale: 2 }, currency: 'USD' as const, per: 'kg' as const };
const perUnit = { units: 0n, scale: 2 };
const terms: Omit<Contract, 'events'> = {
  id: idOf('ctr', 'ONE'),
  clearing: idOf('clr', 'ONE'),
  offer: idOf('off', 'A'),
  bid: idOf('bid', 'X'),
  ...{ product: 'ndpr', seller: 'mine-a', buyer: 'maker-x', site: siteId, origin: 'AU', destination: 'DE' },
  schedule: [
    {
      ...{ quarter: '2027-Q1', quantity: { amount: { units: 10n, scale: 0 }, unit: 'kg' } },
      ...{ price, landedPrice: price, interval: { low: price, high: price } },
      waterfall: {
        ...{ floorUplift: perUnit, scarcity: perUnit, duties: perUnit, levy: perUnit, support: perUnit },
        ...{ ask: price.amount, landed: price.amount },
      },
    },
  ],
  totals: {
    ...{ ask: money, floorUplift: none, scarcity: none, duties: none, levy: none, support: none },
    landed: money,
  },
  ...{ floor: null, standards: [], certificates: [], status: 'concluded' },
  concludedAt: '2026-11-22T12:00:00.000Z',
};
const first = concludedEvent(terms);
const contract: Contract = { ...terms, events: [first] };
const second = nextEvent(contract, { type: 'concluded', at: '2026-11-23T12:00:00.000Z' });

describe('the chain of a contract’s events', () => {
  it('holds as it was written', () => {
    expect(chainHolds(contract)).toBe(true);
    expect(chainHolds({ ...contract, events: [first, second] })).toBe(true);
  });

  it.for([
    ['a term was changed', { ...contract, buyer: 'maker-y' }],
    ['an event was changed', { ...contract, events: [{ ...first, at: '2026-11-21T12:00:00.000Z' }] }],
    ['an event was left out', { ...contract, events: [second] }],
    ['events changed places', { ...contract, events: [second, first] }],
    ['there is none', { ...contract, events: [] }],
  ] as const)('breaks where %s', ([, tampered]) => {
    expect(chainHolds(tampered as Contract)).toBe(false);
  });
});
