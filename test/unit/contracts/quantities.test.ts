import { describe, expect, it } from 'vitest';
import { performanceIn, performanceOf } from '../../../shared/contracts/quantities.ts';
import {
  acceptAmendment,
  propose,
  rejectAmendment,
  withdrawAmendment,
} from '../../../shared/contracts/rules/amendments.ts';
import { accept, notice, receive } from '../../../shared/contracts/rules/deliveries.ts';
import {
  acknowledgeForceMajeure,
  declareForceMajeure,
  decline,
  nominate,
} from '../../../shared/contracts/rules/quantities.ts';
import { takeOrPayOf } from '../../../shared/contracts/take-or-pay.ts';
import { aContract, amd, dec, dlv, evt, Life, stl, termsOf, text, tonnes } from '../../support/contracts.ts';

const q1 = '2027-Q1';
const delivers = (life: Life, name: string, quarter: string, amount: string): void => {
  const { day } = life;
  const terms = { quarter, quantity: tonnes(amount), shippedOn: day };
  expect(life.by('seller', (g) => notice(g, dlv(name), terms))).toBe('ok');
  life.by('buyer', (g) => receive(g, dlv(name), { receivedOn: day, quantity: tonnes(amount) }));
  life.by('buyer', (g) => accept(g, dlv(name), undefined));
};
const shown = (performance: object) =>
  Object.fromEntries(Object.entries(performance).map(([name, value]) => [name, text(value as never)]));

describe('tolerance', () => {
  const terms = (option: 'seller' | 'buyer') => termsOf({ tolerance: { share: '0.1', option } });

  it('at the seller’s option: anything in the range is in full, and nothing short', () => {
    const life = new Life(aContract(), terms('seller'));
    delivers(life, 'A', q1, '92');
    expect(shown(performanceIn(life.state, q1))).toMatchObject({ contracted: '92', shortfall: '0' });
    const more = new Life(aContract(), terms('seller'));
    expect(
      more.by('seller', (g) =>
        notice(g, dlv('A'), { quarter: q1, quantity: tonnes('110.1'), shippedOn: more.day }),
      ),
    ).toBe('quantity_exceeded');
    delivers(more, 'A', q1, '110');
    const less = new Life(aContract(), terms('seller'));
    delivers(less, 'A', q1, '80');
    expect(shown(performanceIn(less.state, q1))).toMatchObject({ contracted: '90', shortfall: '10' });
  });

  it('at the buyer’s option: as nominated before the quarter begins, else as agreed', () => {
    const life = new Life(aContract(), terms('buyer')).on('2026-12-31');
    const by = (role: 'seller' | 'buyer', amount: string, quarter = q1) =>
      life.by(role, (g) => nominate(g, { quarter, quantity: tonnes(amount) }));
    expect(by('seller', '105')).toBe('forbidden');
    expect(by('buyer', '110.5')).toBe('quantity_exceeded');
    expect(by('buyer', '89.9')).toBe('quantity_exceeded');
    expect(by('buyer', '100', '2027-Q2')).toBe('unknown_reference');
    expect(by('buyer', '95')).toBe('ok');
    expect(by('buyer', '105')).toBe('ok');
    life.on('2027-01-01');
    expect(by('buyer', '100')).toBe('quarter_begun');
    delivers(life, 'A', q1, '100');
    expect(shown(performanceIn(life.state, q1))).toMatchObject({ contracted: '105', shortfall: '5' });
    expect(new Life().by('buyer', (g) => nominate(g, { quarter: q1, quantity: tonnes('1') }))).toBe(
      'invalid_state',
    );
  });
});

describe('what became of a quantity', () => {
  it('is told in parts that add up: taken, declined, force majeure, rejected, under way, short', () => {
    const life = new Life();
    delivers(life, 'A', q1, '30');
    expect(life.by('buyer', (g) => decline(g, { quarter: q1, quantity: tonnes('71') }, undefined))).toBe(
      'quantity_exceeded',
    );
    expect(life.by('seller', (g) => decline(g, { quarter: q1, quantity: tonnes('20') }, undefined))).toBe(
      'forbidden',
    );
    expect(life.by('buyer', (g) => decline(g, { quarter: q1, quantity: tonnes('20') }, 'Full'))).toBe('ok');
    const strike = { quarter: q1, quantity: tonnes('15') };
    expect(life.by('seller', (g) => declareForceMajeure(g, evt('S'), strike, 'Strike'))).toBe('ok');
    expect(shown(performanceIn(life.state, q1))).toMatchObject({ forceMajeure: '0', shortfall: '50' });
    expect(life.by('seller', (g) => acknowledgeForceMajeure(g, evt('S')))).toBe('forbidden');
    expect(life.by('buyer', (g) => acknowledgeForceMajeure(g, evt('S')))).toBe('ok');
    expect(life.by('buyer', (g) => acknowledgeForceMajeure(g, evt('S')))).toBe('invalid_state');
    expect(life.by('buyer', (g) => acknowledgeForceMajeure(g, evt('X')))).toBe('not_found');
    expect(
      life.by('buyer', (g) =>
        declareForceMajeure(g, evt('T'), { ...strike, quantity: tonnes('86') }, 'Fire'),
      ),
    ).toBe('quantity_exceeded');
    life.by('seller', (g) =>
      notice(g, dlv('B'), { quarter: q1, quantity: tonnes('12'), shippedOn: life.day }),
    );
    expect(shown(performanceIn(life.state, q1))).toEqual({
      ...{ contracted: '100', accepted: '30', declined: '20', forceMajeure: '15', rejected: '0' },
      ...{ pending: '12', shortfall: '23' },
    });
  });

  it('of a year is the sum of its quarters', () => {
    const life = new Life(aContract({ '2027-Q1': '100', '2027-Q2': '50', '2028-Q1': '70' }));
    delivers(life, 'A', '2027-Q2', '20');
    expect(shown(performanceOf(life.state, 2027))).toMatchObject({ contracted: '150', accepted: '20' });
  });
});

describe('amendments', () => {
  const two = { '2027-Q1': '100', '2027-Q2': '50' };
  const change = (
    life: Life,
    role: 'seller' | 'buyer',
    ...changes: Parameters<typeof propose>[2]['changes']
  ) => life.by(role, (g) => propose(g, amd('A'), { changes, reason: 'Agreed by telephone' }));

  it('take both sides: one proposes, the other accepts', () => {
    const life = new Life(aContract(two));
    const less = { kind: 'quantity', quarter: q1, quantity: tonnes('80') } as const;
    expect(change(life, 'buyer', less)).toBe('ok');
    expect(change(life, 'buyer', less)).toBe('invalid_state');
    expect(text(life.state.schedule[0]!.quantity.amount)).toBe('100');
    expect(life.by('buyer', (g) => acceptAmendment(g, amd('A')))).toBe('forbidden');
    expect(life.by('administrator', (g) => acceptAmendment(g, amd('A')))).toBe('forbidden');
    expect(life.by('seller', (g) => acceptAmendment(g, amd('A')))).toBe('ok');
    expect(text(life.state.schedule[0]!.quantity.amount)).toBe('80');
    expect(life.by('seller', (g) => acceptAmendment(g, amd('A')))).toBe('invalid_state');
    expect(text(life.contract.schedule[0]!.quantity.amount)).toBe('100');
  });

  it('are rejected by the other side, withdrawn by the same', () => {
    const life = new Life(aContract(two));
    change(life, 'seller', { kind: 'cure', cureDays: 60 });
    expect(life.by('seller', (g) => rejectAmendment(g, amd('A'), undefined))).toBe('forbidden');
    expect(life.by('buyer', (g) => withdrawAmendment(g, amd('A')))).toBe('forbidden');
    expect(life.by('buyer', (g) => rejectAmendment(g, amd('A'), 'No'))).toBe('ok');
    expect(life.by('seller', (g) => withdrawAmendment(g, amd('A')))).toBe('invalid_state');
    expect(life.state.terms.cureDays).toBe(30);
  });

  it.for([
    ['more mass', { kind: 'quantity', quarter: q1, quantity: tonnes('100.1') }],
    ['a quarter that is not there', { kind: 'quantity', quarter: '2029-Q1', quantity: tonnes('1') }],
    ['less than is delivered', { kind: 'quantity', quarter: q1, quantity: tonnes('29') }],
    ['another unit', { kind: 'quantity', quarter: q1, quantity: { amount: dec('40'), unit: 'kg' } }],
    ['a delivery that is not there', { kind: 'rejection', delivery: dlv('Z') }],
    ['a refusal of what was accepted', { kind: 'rejection', delivery: dlv('A') }],
    ['a condition that is not there', { kind: 'longstop', condition: 'x', longstop: '2030-01-01' }],
    [
      'a weight beyond the contract',
      { kind: 'correction', delivery: dlv('A'), finalQuantity: tonnes('101') },
    ],
  ] as const)('may not bring %s', ([, each]) => {
    const life = new Life(aContract(two));
    delivers(life, 'A', q1, '30');
    expect(change(life, 'buyer', each)).toBe('not_amendable');
  });

  it('correct a weight, reject, empty a quarter, or end the contract: each as an event of its own', () => {
    const life = new Life(aContract(two));
    delivers(life, 'A', q1, '30');
    life.by('seller', (g) =>
      notice(g, dlv('B'), { quarter: q1, quantity: tonnes('10'), shippedOn: life.day }),
    );
    change(
      life,
      'seller',
      { kind: 'correction', delivery: dlv('A'), finalQuantity: tonnes('29.5') },
      { kind: 'rejection', delivery: dlv('B') },
      { kind: 'quantity', quarter: '2027-Q2', quantity: tonnes('0') },
      { kind: 'termination' },
    );
    expect(life.by('buyer', (g) => acceptAmendment(g, amd('A')))).toBe('ok');
    expect(life.types.slice(-4)).toEqual([
      'amendment_accepted',
      'delivery_corrected',
      'delivery_rejected',
      'terminated',
    ]);
    expect(life.state).toMatchObject({ status: 'terminated', schedule: [{ quarter: q1 }] });
    expect(text(performanceIn(life.state, q1).accepted)).toBe('29.5');
  });

  it('leave a settled quarter alone, and something to deliver', () => {
    const life = new Life(aContract(two));
    life.add({
      ...{ type: 'quarter_settled', at: '2027-04-10T00:00:00.000Z', quarter: q1, sequence: 1 },
      settlement: stl('1'),
    });
    const none = (quarter: string) => ({ kind: 'quantity', quarter, quantity: tonnes('0') }) as const;
    expect(change(life, 'buyer', none(q1))).toBe('not_amendable');
    expect(change(new Life(aContract(two)), 'buyer', none(q1), none('2027-Q2'))).toBe('not_amendable');
    expect(change(new Life(aContract(two)), 'buyer', none(q1), none(q1))).toBe('not_amendable');
  });

  it('of take-or-pay act on contract years that had not ended', () => {
    const terms = termsOf({ takeOrPay: { share: '0.9', makeUpYears: 1 } });
    const life = new Life(aContract({ '2027-Q4': '100', '2028-Q4': '100' }), terms).on('2028-01-05');
    const price = { amount: dec('14000'), currency: 'USD', per: 't' } as const;
    for (const quarter of ['2027-Q4', '2028-Q4'])
      life.by('buyer', (g) => decline(g, { quarter, quantity: tonnes('100') }, undefined));
    change(life, 'buyer', {
      ...{ kind: 'take_or_pay' },
      takeOrPay: { share: dec('0.5'), excused: 'before', makeUpYears: 1 },
    });
    life.by('seller', (g) => acceptAmendment(g, amd('A')));
    const deficiency = (year: number) =>
      text(takeOrPayOf(life.contract, life.terms, year, price)!.deficiency);
    expect([deficiency(2027), deficiency(2028)]).toEqual(['90', '50']);
  });
});
