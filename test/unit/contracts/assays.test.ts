import { describe, expect, it } from 'vitest';
import { chainHolds } from '../../../shared/contracts/chain.ts';
import { meanOf, middleOf } from '../../../shared/contracts/assays.ts';
import { gradeAdjusted } from '../../../shared/contracts/grade.ts';
import { decideAsUmpire, reportAssay } from '../../../shared/contracts/rules/assays.ts';
import { accept, notice, receive, reject } from '../../../shared/contracts/rules/deliveries.ts';
import { eventsFor } from '../../../shared/contracts/view.ts';
import { aContract, dec, dlv, Life, termsOf, text, tonnes } from '../../support/contracts.ts';

const terms = termsOf({
  assay: {
    umpire: 'Alfred H Knight',
    grade: { element: 'li2o', base: '6.0' },
    elements: [
      { element: 'li2o', splittingLimit: '0.10', rejectBelow: '4.5' },
      {
        ...{ element: 'fe2o3', splittingLimit: '0.05', maximum: '1.0', rejectAbove: '2.0' },
        penalty: { step: '0.1', price: { amount: '1.50', currency: 'USD', per: 't' } },
      },
    ],
  },
});
const assay = (li2o: string, fe2o3: string) => [
  { element: 'li2o', value: dec(li2o) },
  { element: 'fe2o3', value: dec(fe2o3) },
];
const salt = (side: string) => `salt-of-the-${side}`;

function received(): Life {
  const life = new Life(aContract(), terms);
  const { day } = life;
  life.by('seller', (g) =>
    notice(g, dlv('A'), { quarter: '2027-Q1', quantity: tonnes('50'), shippedOn: day }),
  );
  life.by('buyer', (g) => receive(g, dlv('A'), { receivedOn: day, quantity: tonnes('50') }));
  return life;
}
const report = (life: Life, side: 'seller' | 'buyer', li2o: string, fe2o3: string): string =>
  life.by(side, (g) => reportAssay(g, dlv('A'), assay(li2o, fe2o3), salt(side)));
const settled = (life: Life) =>
  Object.fromEntries(
    (life.state.deliveries[0]?.assays.settled ?? []).map(({ element, value }) => [element, text(value)]),
  );

describe('assays', () => {
  it('within the splitting limit settle at their mean', () => {
    const life = received();
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('assay_open');
    expect(report(life, 'seller', '5.55', '0.80')).toBe('ok');
    expect(report(life, 'seller', '5.55', '0.80')).toBe('invalid_state');
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('assay_open');
    expect(report(life, 'buyer', '5.45', '0.85')).toBe('ok');
    expect(settled(life)).toEqual({ li2o: '5.5', fe2o3: '0.825' });
    expect(life.state.deliveries[0]?.status).toBe('assayed');
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('ok');
  });

  it('are sealed from the other side until both are in, and bound from the first', () => {
    const life = received();
    report(life, 'seller', '5.55', '0.80');
    const opened = (reader: 'all' | 'seller' | 'buyer') =>
      eventsFor(life.contract.events, reader).filter((event) => 'opened' in event).length;
    expect([opened('seller'), opened('buyer'), opened('all')]).toEqual([1, 0, 1]);
    expect(chainHolds({ ...life.contract, events: eventsFor(life.contract.events, 'buyer') })).toBe(true);
    // Another value than the sealed one does not fit the chain.
    const forged = life.contract.events.map((event) =>
      event.type === 'assay_reported'
        ? { ...event, opened: { salt: salt('seller'), value: assay('5.75', '0.80') } }
        : event,
    );
    expect(chainHolds({ ...life.contract, events: forged })).toBe(false);
    report(life, 'buyer', '5.45', '0.85');
    expect([opened('seller'), opened('buyer')]).toEqual([2, 2]);
  });

  it('further apart go to the umpire: the middle one of three stands, for what is disputed alone', () => {
    const life = received();
    expect(life.by('administrator', (g) => decideAsUmpire(g, dlv('A'), assay('5', '1')))).toBe(
      'invalid_state',
    );
    report(life, 'seller', '5.80', '0.80');
    report(life, 'buyer', '5.40', '0.80');
    expect(life.state.deliveries[0]?.assays.disputed).toEqual(['li2o']);
    expect(life.by('buyer', (g) => accept(g, dlv('A'), undefined))).toBe('assay_open');
    const umpire = [{ element: 'li2o', value: dec('5.30') }];
    expect(life.by('buyer', (g) => decideAsUmpire(g, dlv('A'), umpire))).toBe('forbidden');
    expect(life.by('administrator', (g) => decideAsUmpire(g, dlv('A'), assay('5.3', '1')))).toBe(
      'assay_incomplete',
    );
    expect(life.by('administrator', (g) => decideAsUmpire(g, dlv('A'), umpire))).toBe('ok');
    expect(settled(life)).toEqual({ li2o: '5.40', fe2o3: '0.8' });
  });

  it('name every element, and no other', () => {
    const life = received();
    const short = [{ element: 'li2o', value: dec('5.5') }];
    const foreign = [...assay('5.5', '0.8'), { element: 'gold', value: dec('1') }];
    for (const values of [short, foreign])
      expect(life.by('seller', (g) => reportAssay(g, dlv('A'), values, 'salt'))).toBe('assay_incomplete');
    expect(life.by('administrator', (g) => reportAssay(g, dlv('A'), assay('5', '1'), 'salt'))).toBe(
      'forbidden',
    );
  });

  it('beyond a reject limit give the buyer a ground to refuse', () => {
    const life = received();
    report(life, 'seller', '5.5', '2.05');
    report(life, 'buyer', '5.5', '2.05');
    expect(life.by('buyer', (g) => reject(g, dlv('A'), 'Iron'))).toBe('ok');
    expect(life.contract.events.at(-1)).toMatchObject({ type: 'delivery_rejected', ground: 'assay' });
    const within = received();
    report(within, 'seller', '5.5', '2.00');
    report(within, 'buyer', '5.5', '2.00');
    expect(within.by('buyer', (g) => reject(g, dlv('A'), 'Iron'))).toBe('no_ground');
  });
});

describe('a mean', () => {
  it.for([
    ['1.0000', '1.0001', '1'],
    ['1.0001', '1.0002', '1.0002'],
    ['1.0002', '1.0003', '1.0002'],
    ['0.12345', '0.12346', '0.12346'],
  ])('of %s and %s is rounded half to even: %s', ([a = '', b = '', mean = '']) => {
    expect(text(meanOf(dec(a), dec(b)))).toBe(mean);
  });

  it('and the middle of three is one of them', () => {
    expect(text(middleOf(dec('5.8'), dec('5.40'), dec('5.5')))).toBe('5.5');
    expect(text(middleOf(dec('5.8'), dec('5.40'), dec('6')))).toBe('5.8');
  });
});

describe('a price by grade', () => {
  const price = (amount: string) => ({ amount: dec(amount), currency: 'USD' as const, per: 't' as const });
  it('is in proportion: SC6 at 900 USD/t is 825 at 5.5 %', () => {
    expect(text(gradeAdjusted(price('900'), assay('5.5', '0.5'), terms.assay!))).toBe('825.00');
  });

  it('less a penalty for each started step above the maximum', () => {
    for (const [fe2o3, expected] of [
      ['1.0', '900.00'],
      ['1.01', '898.50'],
      ['1.1', '898.50'],
      ['1.11', '897.00'],
    ] as const)
      expect(text(gradeAdjusted(price('900.00'), assay('6.0', fe2o3), terms.assay!))).toBe(expected);
  });

  it('is rounded down, and never below nothing', () => {
    expect(text(gradeAdjusted(price('1.00'), assay('1', '0'), terms.assay!))).toBe('0.166666');
    expect(text(gradeAdjusted(price('1.00'), assay('6', '9'), terms.assay!))).toBe('0');
  });
});
