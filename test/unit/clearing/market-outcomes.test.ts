import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contribution, FigureName } from '../../../shared/clearing/outcome/figures.ts';
import { contributionOf, figureNames, totalsOf } from '../../../shared/clearing/outcome/figures.ts';
import { outcomeOf, outcomesView } from '../../../shared/clearing/outcome/outcome.ts';
import { shownFigures } from '../../../shared/clearing/outcome/shown.ts';
import { plainTerms } from '../../../shared/contracts/standard-terms.ts';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import { aProduct } from '../../support/products.ts';
import { aContract, dlv, Life, tonnes } from '../../support/contracts.ts';

const alone = new Map<string, string>();
const asOf = '2027-06-15T00:00:00.000Z';

const part = (
  seller: string,
  buyer: string,
  figures: Partial<Record<FigureName, string>>,
  clearing = 'clr_1',
): Contribution => ({
  ...{ contract: `ctr_${seller}_${buyer}`, clearing, seller, buyer, lateDeliveries: 0 },
  settlement: 'settled',
  figures: Object.fromEntries(
    figureNames.map((name) => [name, decimal(figures[name] ?? '0')]),
  ) as Contribution['figures'],
});
const all = {
  matched: '10',
  contracted: '10',
  noticed: '10',
  delivered: '10',
  accepted: '10',
  paid: '1000.00',
};
const three = (changes: Partial<Record<FigureName, string>> = {}): Contribution[] => [
  part('s1', 'b1', all),
  part('s2', 'b2', all),
  part('s3', 'b3', { ...all, ...changes }),
];

describe('which figures hide everybody', () => {
  it('all, where three sellers and three buyers do alike', () => {
    expect(new Set(shownFigures(three(), alone))).toEqual(new Set(figureNames));
  });

  it('none that is not nothing, of two organisations, or of three of which two are related', () => {
    const nothing = ['short', 'rejected', 'late'];
    expect(shownFigures(three().slice(0, 2), alone)).toEqual(nothing);
    const related = new Map([
      ['s2', 'group:x'],
      ['s3', 'group:x'],
    ]);
    expect(shownFigures(three(), related)).toEqual(nothing);
  });

  it('none where one seller holds more than 70 %', () => {
    const dominant = {
      ...all,
      matched: '100',
      contracted: '100',
      accepted: '100',
      delivered: '100',
      noticed: '100',
    };
    expect(shownFigures(three(dominant), alone)).not.toContain('matched');
  });

  it('not what was accepted, where its difference to what was contracted is one seller’s', () => {
    const shown = shownFigures(three({ accepted: '9', short: '1' }), alone);
    expect(shown).toContain('contracted');
    expect(shown).not.toContain('accepted');
    expect(shown).not.toContain('short');
    expect(shown).not.toContain('paid');
  });

  it('not what was matched, where a clearing whose own figure is withheld would follow', () => {
    const shown = shownFigures([...three(), part('s1', 'b1', all, 'clr_2')], alone);
    expect(shown).not.toContain('matched');
    expect(shown).not.toContain('contracted');
  });

  it('whatever the market: no figure and no difference of two shown is of fewer than three or of one above 70 %', () => {
    const organisation = fc.integer({ min: 1, max: 5 });
    const amount = fc.integer({ min: 0, max: 4 }).map(String);
    const one = fc
      .tuple(
        organisation,
        organisation,
        fc.record({ matched: amount, contracted: amount, accepted: amount, short: amount }),
      )
      .map(([seller, buyer, figures]) => part(`s${seller}`, `b${buyer}`, figures));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (contributions) => {
        const shown = shownFigures(contributions, alone);
        for (const a of shown)
          for (const b of [undefined, ...shown.filter((name) => name !== a)])
            for (const side of ['seller', 'buyer'] as const) {
              const sums = new Map<string, number>();
              for (const each of contributions) {
                const value = (name: FigureName) => Number(formatDecimal(each.figures[name]));
                const moved = value(a) - (b === undefined ? 0 : value(b));
                sums.set(each[side], (sums.get(each[side]) ?? 0) + moved);
              }
              const parts = [...sums.values()].map(Math.abs).filter((value) => value > 0);
              const total = parts.reduce((sum, value) => sum + value, 0);
              if (total === 0) continue;
              expect(parts.length).toBeGreaterThanOrEqual(3);
              expect(Math.max(...parts) / total).toBeLessThanOrEqual(0.7);
            }
      }),
    );
  });
});

describe('what a contract adds to a quarter', () => {
  const delivered = (receivedOn: string): Life =>
    new Life(aContract({ '2027-Q1': '100' })).add(
      {
        ...{
          type: 'delivery_noticed',
          at: '2027-03-20T12:00:00.000Z',
          delivery: dlv('A'),
          quantity: tonnes('80'),
        },
        notice: { quarter: '2027-Q1', quantity: tonnes('80'), shippedOn: '2027-03-20' },
      },
      {
        ...{
          type: 'delivery_received',
          at: '2027-04-02T12:00:00.000Z',
          delivery: dlv('A'),
          quantity: tonnes('79'),
        },
        receipt: { receivedOn, quantity: tonnes('79') },
      },
      {
        type: 'delivery_accepted',
        at: '2027-04-03T12:00:00.000Z',
        delivery: dlv('A'),
        finalQuantity: tonnes('79'),
      },
    );
  const of = (life: Life, at = asOf) =>
    contributionOf({ contract: life.contract, terms: plainTerms, settlements: [] }, '2027-Q1', at)!;
  const texts = ({ figures }: Contribution) =>
    Object.fromEntries(figureNames.map((name) => [name, formatDecimal(figures[name])]));

  it('is what was matched, noticed, received, accepted, late and short', () => {
    const found = of(delivered('2027-04-02'));
    expect(texts(found)).toMatchObject({
      ...{ matched: '100', contracted: '100', noticed: '80', delivered: '79', accepted: '79' },
      ...{ short: '21', late: '79', rejected: '0', paid: '0' },
    });
    expect(found).toMatchObject({ lateDeliveries: 1, settlement: 'open' });
    expect(of(delivered('2027-03-31')).lateDeliveries).toBe(0);
  });

  it('knows nothing of what happened later', () => {
    expect(texts(of(delivered('2027-04-02'), '2027-04-02T00:00:00.000Z'))).toMatchObject({
      ...{ noticed: '80', delivered: '0', accepted: '0' },
    });
  });

  it('is not contracted any more, where the contract ended before the quarter', () => {
    const life = new Life(aContract({ '2027-Q1': '100' })).add({
      ...{ type: 'terminated', at: '2026-12-01T12:00:00.000Z', cause: 'longstop', reason: 'No permit' },
    });
    expect(texts(of(life))).toMatchObject({ matched: '100', contracted: '0', short: '0' });
  });
});

describe('the view', () => {
  it('has the sums, the rate and the means that add up; null and withheld where they are not shown', () => {
    const contributions = three();
    expect(formatDecimal(totalsOf(contributions).accepted)).toBe('30');
    const product = aProduct();
    const open = outcomesView(product, [outcomeOf('2027-Q1', asOf, contributions, alone)]).quarters[0]!;
    expect(open.accepted.withheld).toBe(false);
    expect(formatDecimal(open.conversionRate!)).toBe('1');
    expect(formatDecimal(open.waterfall!.landed)).toBe('100');
    const closed = outcomesView(product, [outcomeOf('2027-Q1', asOf, contributions.slice(1), alone)])
      .quarters[0]!;
    expect(closed).toMatchObject({
      accepted: { quantity: null, withheld: true },
      paid: { amount: null, withheld: true },
      ...{ conversionRate: null, waterfall: null },
    });
  });
});
