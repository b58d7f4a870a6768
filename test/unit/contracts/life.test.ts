import { describe, expect, it } from 'vitest';
import { chainHolds } from '../../../shared/contracts/chain.ts';
import { quantityDelivered } from '../../../shared/contracts/quantities.ts';
import { meetCondition, waiveCondition } from '../../../shared/contracts/rules/conditions.ts';
import { accept, notice, receive, reject, withdraw } from '../../../shared/contracts/rules/deliveries.ts';
import { dueEvents, resume, suspend, terminate } from '../../../shared/contracts/rules/standing.ts';
import { aContract, crt, dec, dlv, Life, stl, termsOf, text, tonnes } from '../../support/contracts.ts';

const shipped = (quarter: string, amount: string, day = '2027-01-10', more: object = {}) => ({
  ...{ quarter, quantity: tonnes(amount), shippedOn: day },
  ...more,
});
const arrived = (amount: string, day = '2027-01-15', moisture?: string) => ({
  ...{ receivedOn: day, quantity: tonnes(amount) },
  ...(moisture === undefined ? {} : { moisture: dec(moisture) }),
});

/** A delivery, from notice to acceptance. */
const delivers = (life: Life, name: string, quarter: string, amount: string, more: object = {}): void => {
  const { day } = life;
  for (const [role, rule] of [
    ['seller', (g) => notice(g, dlv(name), shipped(quarter, amount, day, more))],
    ['buyer', (g) => receive(g, dlv(name), arrived(amount, day))],
    ['buyer', (g) => accept(g, dlv(name), undefined)],
  ] as readonly [Parameters<Life['by']>[0], Parameters<Life['by']>[1]][])
    expect(life.by(role, rule), name).toBe('ok');
};

describe('conditions precedent', () => {
  const terms = termsOf({
    conditionsPrecedent: [
      { id: 'permit', side: 'seller', description: 'Export permit', longstopDays: 60 },
      { id: 'funding', side: 'buyer', description: 'Credit approved', longstopDays: 90 },
    ],
  });

  it('are met by whose task it is, or waived by the other side; the last one makes the contract active', () => {
    const life = new Life(aContract(), terms).on('2026-12-01');
    expect(life.state).toMatchObject({
      status: 'concluded',
      conditions: [
        { id: 'permit', state: 'open', longstop: '2027-01-21' },
        { id: 'funding', state: 'open', longstop: '2027-02-20' },
      ],
    });
    expect(life.by('seller', (g) => notice(g, dlv('A'), shipped('2027-Q1', '10', '2026-12-01')))).toBe(
      'conditions_open',
    );
    expect(life.by('buyer', (g) => meetCondition(g, 'permit', 'seen'))).toBe('forbidden');
    expect(life.by('seller', (g) => waiveCondition(g, 'permit'))).toBe('forbidden');
    expect(life.by('seller', (g) => meetCondition(g, 'licence', 'No. 1'))).toBe('not_found');
    expect(life.by('seller', (g) => meetCondition(g, 'permit', 'No. 17'))).toBe('ok');
    expect(life.by('seller', (g) => meetCondition(g, 'permit', 'No. 17'))).toBe('invalid_state');
    expect(life.state.status).toBe('concluded');
    expect(life.by('seller', (g) => waiveCondition(g, 'funding'))).toBe('ok');
    expect(life.state.status).toBe('active');
    expect(life.types).toEqual(['concluded', 'condition_met', 'condition_waived', 'activated']);
  });

  it('end the contract when their longstop date has passed, and cannot be met after it', () => {
    const life = new Life(aContract(), terms).on('2027-01-21');
    expect(dueEvents(life.state, '2027-01-21T23:59:59.999Z')).toEqual([]);
    life.on('2027-01-22');
    expect(life.by('seller', (g) => meetCondition(g, 'permit', 'No. 17'))).toBe('longstop_passed');
    const due = dueEvents(life.state, '2027-01-22T00:00:00.000Z');
    expect(due).toMatchObject([{ type: 'terminated', cause: 'longstop' }]);
    life.add(...due);
    expect(life.state.status).toBe('terminated');
    expect(life.by('seller', (g) => notice(g, dlv('A'), shipped('2027-Q1', '10')))).toBe('contract_ended');
    expect(dueEvents(life.state, '2028-01-22T00:00:00.000Z')).toEqual([]);
  });
});

describe('a delivery', () => {
  it('goes from notice to receipt to acceptance, weighed dry and rounded down to the gram', () => {
    const life = new Life();
    expect(life.by('buyer', (g) => notice(g, dlv('A'), shipped('2027-Q1', '40')))).toBe('forbidden');
    expect(life.by('seller', (g) => notice(g, dlv('A'), shipped('2027-Q1', '40', '2027-01-16')))).toBe(
      'invalid_request',
    );
    expect(life.by('seller', (g) => notice(g, dlv('A'), shipped('2027-Q1', '40')))).toBe('ok');
    expect(life.state.status).toBe('active');
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('invalid_state');
    expect(life.by('buyer', (g) => receive(g, dlv('A'), arrived('40', '2027-01-09')))).toBe(
      'invalid_request',
    );
    expect(life.by('seller', (g) => receive(g, dlv('A'), arrived('40')))).toBe('forbidden');
    // 39.9 t wet at 0.333333 %: 39.766 999 … t dry
    expect(life.by('buyer', (g) => receive(g, dlv('A'), arrived('39.9', '2027-01-15', '0.333333')))).toBe(
      'ok',
    );
    expect(life.by('seller', (g) => withdraw(g, dlv('A'), 'lost'))).toBe('invalid_state');
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('ok');
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('invalid_state');
    expect(life.by('buyer', (g) => accept(g, dlv('B'), undefined))).toBe('not_found');
    expect(text(quantityDelivered(life.state, '2027-Q1'))).toBe('39.767');
    expect(chainHolds(life.contract)).toBe(true);
  });

  it('takes other units of the same mass, and is never more than the quarter has', () => {
    const life = new Life();
    const kilograms = { quarter: '2027-Q1', quantity: { amount: dec('60000'), unit: 'kg' as const } };
    expect(life.by('seller', (g) => notice(g, dlv('A'), { ...kilograms, shippedOn: life.day }))).toBe('ok');
    expect(life.by('seller', (g) => notice(g, dlv('B'), shipped('2027-Q1', '40.000001')))).toBe(
      'quantity_exceeded',
    );
    expect(life.by('seller', (g) => notice(g, dlv('B'), shipped('2027-Q2', '1')))).toBe('unknown_reference');
    const metal = { amount: dec('1'), unit: 'mtu' as const };
    expect(
      life.by('seller', (g) => notice(g, dlv('B'), { ...shipped('2027-Q1', '1'), quantity: metal })),
    ).toBe('unit_not_convertible');
    expect(life.by('seller', (g) => withdraw(g, dlv('A'), 'Ship lost'))).toBe('ok');
    expect(life.by('seller', (g) => notice(g, dlv('B'), shipped('2027-Q1', '100')))).toBe('ok');
    // Heavier on arrival than the contract: the excess is not bought.
    expect(life.by('buyer', (g) => receive(g, dlv('B'), arrived('100.4')))).toBe('ok');
    expect(life.by('buyer', (g) => accept(g, dlv('B'), undefined))).toBe('ok');
    expect(text(quantityDelivered(life.state, '2027-Q1'))).toBe('100');
  });

  it('is blocked by lapsed certificates until they are cured, and may be refused when the period is over', () => {
    const life = new Life(aContract(), termsOf({ cureDays: 10 }));
    const lapse = {
      certificates: [crt('IRMA')],
      lapses: [{ requirement: 'responsible mining', code: 'certificate_expired' }],
    };
    for (const name of ['A', 'B']) {
      life.by('seller', (g) => notice(g, dlv(name), shipped('2027-Q1', '50')));
      life.by('buyer', (g) => receive(g, dlv(name), arrived('50')));
      expect(life.by('buyer', (g) => accept(g, dlv(name), lapse))).toBe('ok');
    }
    expect(life.state.deliveries[0]).toMatchObject({
      status: 'blocked',
      blockedBy: [crt('IRMA')],
      cureUntil: '2027-01-25',
    });
    expect(text(quantityDelivered(life.state, '2027-Q1'))).toBe('0');
    expect(life.state.status).toBe('active');
    life.on('2027-01-25');
    expect(life.by('buyer', (g) => reject(g, dlv('B'), 'No certificate'))).toBe('cure_period_running');
    expect(life.by('buyer', (g) => accept(g, dlv('A'), lapse))).toBe('ok');
    expect(life.state.deliveries[0]).toMatchObject({ status: 'blocked', cureUntil: '2027-01-25' });
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('ok');
    expect(life.types.slice(-2)).toEqual(['delivery_cured', 'delivery_accepted']);
    expect(life.state.deliveries[0]).not.toHaveProperty('blockedBy');
    life.on('2027-01-26');
    expect(life.by('buyer', (g) => reject(g, dlv('B'), 'No certificate'))).toBe('ok');
    expect(life.contract.events.at(-1)).toMatchObject({ type: 'delivery_rejected', ground: 'certificate' });
  });

  it('is not refused without a ground; an administrator decides what no measurement does', () => {
    const life = new Life();
    delivers(life, 'A', '2027-Q1', '30');
    life.by('seller', (g) => notice(g, dlv('B'), shipped('2027-Q1', '70')));
    expect(life.by('buyer', (g) => reject(g, dlv('B'), 'Dirty'))).toBe('invalid_state');
    life.by('buyer', (g) => receive(g, dlv('B'), arrived('70')));
    expect(life.by('buyer', (g) => reject(g, dlv('B'), 'Dirty'))).toBe('no_ground');
    expect(life.by('seller', (g) => reject(g, dlv('B'), 'Dirty'))).toBe('forbidden');
    expect(life.by('administrator', (g) => reject(g, dlv('B'), 'Dirty'))).toBe('ok');
    // What was refused may be delivered again.
    expect(life.by('seller', (g) => notice(g, dlv('C'), shipped('2027-Q1', '70')))).toBe('ok');
  });
});

describe('suspension, termination, completion', () => {
  it('suspended, nothing new is delivered; what is under way is finished', () => {
    const life = new Life();
    life.by('seller', (g) => notice(g, dlv('A'), shipped('2027-Q1', '50')));
    expect(life.by('buyer', (g) => suspend(g, 'because'))).toBe('forbidden');
    expect(life.by('administrator', (g) => suspend(g, 'Inquiry'), 'ada')).toBe('ok');
    expect(life.by('administrator', (g) => suspend(g, 'Inquiry'))).toBe('invalid_state');
    expect(life.by('seller', (g) => notice(g, dlv('B'), shipped('2027-Q1', '50')))).toBe(
      'contract_suspended',
    );
    expect(life.by('buyer', (g) => receive(g, dlv('A'), arrived('50')))).toBe('ok');
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('ok');
    expect(life.by('administrator', (g) => resume(g, 'Settled'))).toBe('ok');
    expect(life.state.status).toBe('active');
    expect(life.by('administrator', (g) => resume(g, 'Settled'))).toBe('invalid_state');
  });

  it('is terminated by the buyer for a revoked certificate, by a second administrator after a suspension', () => {
    const revoked = new Life();
    expect(revoked.by('buyer', (g) => terminate(g, 'Trust is gone', []))).toBe('no_ground');
    expect(revoked.by('seller', (g) => terminate(g, 'Trust is gone', [crt('A')]))).toBe('forbidden');
    expect(revoked.by('buyer', (g) => terminate(g, 'Trust is gone', [crt('A')]))).toBe('ok');
    expect(revoked.state.status).toBe('terminated');

    const barred = new Life();
    expect(barred.by('administrator', (g) => terminate(g, 'Sanctions', []), 'ada')).toBe('no_ground');
    barred.by('administrator', (g) => suspend(g, 'Sanctions'), 'ada');
    expect(barred.by('administrator', (g) => terminate(g, 'Sanctions', []), 'ada')).toBe(
      'second_approval_required',
    );
    expect(barred.by('administrator', (g) => terminate(g, 'Sanctions', []), 'bob')).toBe('ok');
    expect(barred.contract.events.at(-1)).toMatchObject({ type: 'terminated', cause: 'authority' });
  });

  it('suspended before it was active, it is resumed to where it was', () => {
    const life = new Life();
    life.by('administrator', (g) => suspend(g, 'Inquiry'));
    life.by('administrator', (g) => resume(g, 'Settled'));
    expect(life.state.status).toBe('concluded');
  });

  it('is completed once every quarter has ended and been settled, and nothing is left to take', () => {
    const life = new Life(aContract({ '2027-Q1': '10', '2027-Q4': '10' }));
    delivers(life, 'A', '2027-Q1', '10');
    life.on('2027-12-01');
    delivers(life, 'B', '2027-Q4', '10');
    const settle = (quarter: string) =>
      life.add({
        ...{ type: 'quarter_settled', at: '2028-01-10T00:00:00.000Z', quarter, sequence: 1 },
        settlement: stl(quarter.slice(-1)),
      });
    settle('2027-Q1');
    expect(dueEvents(life.state, '2028-01-10T00:00:00.000Z')).toEqual([]);
    settle('2027-Q4');
    expect(dueEvents(life.state, '2027-12-31T00:00:00.000Z')).toEqual([]);
    expect(dueEvents(life.state, '2028-01-10T00:00:00.000Z')).toMatchObject([{ type: 'completed' }]);
  });

  it('waits for the make-up that was paid for, until it expires', () => {
    const terms = termsOf({ takeOrPay: { share: '0.9', makeUpYears: 2 } });
    const life = new Life(aContract({ '2027-Q4': '10' }), terms).on('2027-12-01');
    life.add(
      {
        ...{ type: 'quarter_settled', at: '2028-01-10T00:00:00.000Z', quarter: '2027-Q4', sequence: 1 },
        settlement: stl('Q'),
      },
      {
        ...{ type: 'year_settled', at: '2028-01-10T00:00:00.000Z', year: 2027, sequence: 1 },
        settlement: stl('Y'),
        makeUp: {
          ...{ quantity: tonnes('9'), lastYear: 2029 },
          price: { amount: dec('14000.00'), currency: 'USD', per: 't' },
        },
      },
    );
    expect(dueEvents(life.state, '2029-12-31T00:00:00.000Z')).toEqual([]);
    expect(dueEvents(life.state, '2030-01-01T00:00:00.000Z')).toMatchObject([{ type: 'completed' }]);
    // A make-up delivery in a year that the schedule does not know.
    life.on('2028-03-01');
    const late = shipped('2028-Q1', '9.1', '2028-02-01', { makeUp: true });
    expect(life.by('seller', (g) => notice(g, dlv('M'), late))).toBe('make_up_unavailable');
    delivers(life, 'M', '2028-Q1', '4', { makeUp: true });
    expect(life.state.makeUp.map(({ quantity }) => text(quantity))).toEqual(['5']);
    expect(life.state.makeUpDrawn.get(dlv('M'))).toMatchObject([{ year: 2027, quantity: dec('4') }]);
    life.on('2030-02-01');
    const expired = shipped('2030-Q1', '1', '2030-02-01', { makeUp: true });
    expect(life.by('seller', (g) => notice(g, dlv('N'), expired))).toBe('make_up_unavailable');
  });
});
