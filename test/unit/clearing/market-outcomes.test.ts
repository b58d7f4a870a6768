import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contribution, FigureName } from '../../../shared/clearing/outcome/figures.ts';
import { contributionOf, figureNames, totalsOf } from '../../../shared/clearing/outcome/figures.ts';
import { outcomeOf, outcomesView } from '../../../shared/clearing/outcome/outcome.ts';
import { shownFigures } from '../../../shared/clearing/outcome/shown.ts';
import type { Settlement } from '../../../shared/contracts/settlement/settlement.ts';
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

describe('what is settled of a quarter', () => {
  const usd = (amount: string) => ({ amount: decimal(amount), currency: 'USD' });
  const settlement = (
    kind: 'delivery' | 'provisional',
    goods: string,
    settledAt: string,
    quarter = '2027-Q1',
  ): Settlement =>
    ({
      ...{ kind, quarter, settledAt, goods: usd(goods), duties: usd('3'), levy: usd('2'), support: usd('1') },
    }) as Settlement;
  const life = new Life(aContract({ '2027-Q1': '100', '2027-Q2': '50' })).add(
    {
      ...{ type: 'delivery_noticed', at: '2027-03-01T12:00:00.000Z', delivery: dlv('A') },
      quantity: tonnes('80'),
      notice: { quarter: '2027-Q1', quantity: tonnes('80'), shippedOn: '2027-03-01' },
    },
    {
      ...{ type: 'delivery_received', at: '2027-03-02T12:00:00.000Z', delivery: dlv('A') },
      ...{ quantity: tonnes('80'), receipt: { receivedOn: '2027-03-02', quantity: tonnes('80') } },
    },
    {
      ...{ type: 'delivery_accepted', at: '2027-03-03T12:00:00.000Z', delivery: dlv('A') },
      finalQuantity: tonnes('80'),
    },
  );
  const of = (settlements: readonly Settlement[], quarter = '2027-Q1', at = asOf) => {
    const found = contributionOf({ contract: life.contract, terms: plainTerms, settlements }, quarter, at);
    if (found === undefined) return undefined;
    const { paid, duties, levy, support } = found.figures;
    return [found.settlement, ...[paid, duties, levy, support].map(formatDecimal)];
  };
  const nothing = ['0', '0', '0', '0'];

  it('is what stands in the last settlement of its deliveries, else in that on receipt', () => {
    const before = '2027-04-20T00:00:00.000Z';
    const provisional = settlement('provisional', '500', before);
    const first = settlement('delivery', '900', asOf);
    const corrected = settlement('delivery', '880', asOf);
    expect(of([])).toEqual(['open', ...nothing]);
    expect(of([provisional])).toEqual(['open', '500', '3', '2', '1']);
    expect(of([provisional, first])).toEqual(['settled', '900', '3', '2', '1']);
    expect(of([provisional, first, corrected])).toEqual(['settled', '880', '3', '2', '1']);
    expect(of([first, settlement('provisional', '1', before)])).toEqual(['settled', '900', '3', '2', '1']);
  });

  it('is of that quarter only, and of no year', () => {
    const other = settlement('delivery', '7', '2027-04-20T00:00:00.000Z', '2027-Q2');
    const year = { ...other, kind: 'year', quarter: '2027-Q1' } as unknown as Settlement;
    expect(of([other, year])).toEqual(['open', ...nothing]);
    expect(of([other], '2027-Q2')).toEqual(['settled', '7', '3', '2', '1']);
    expect(of([], '2027-Q2')).toEqual(['settled', ...nothing]);
  });

  it('is left out, and said to have come since, where it came after the instant', () => {
    expect(of([settlement('delivery', '900', '2027-06-15T00:00:00.001Z')])).toEqual(['since', ...nothing]);
  });

  it('and what happened at the very instant is in; before the contract was concluded there is nothing', () => {
    const at = '2027-03-03T12:00:00.000Z';
    expect(of([], '2027-Q1', at)).toEqual(['open', ...nothing]);
    expect(of([], '2027-Q1', '2027-03-02T23:59:59.999Z')).toEqual(['settled', ...nothing]);
    expect(of([], '2027-Q1', '2026-11-22T11:59:59.999Z')).toBeUndefined();
    expect(of([], '2028-Q1')).toBeUndefined();
  });

  it('a contract that ends in the quarter was still for it', () => {
    const ends = (terminatedAt: string) => {
      const ended = new Life(aContract({ '2027-Q1': '100' })).add({
        ...{ type: 'terminated', at: terminatedAt, cause: 'agreed', reason: 'by both' },
      });
      const source = { contract: ended.contract, terms: plainTerms, settlements: [] };
      return formatDecimal(contributionOf(source, '2027-Q1', asOf)!.figures.contracted);
    };
    expect(ends('2026-12-31T23:59:59.999Z')).toBe('0');
    expect(ends('2027-01-01T00:00:00.000Z')).not.toBe('0');
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
