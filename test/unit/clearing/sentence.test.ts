import { describe, expect, it } from 'vitest';
import type { WouldNeed } from '../../../shared/clearing/explanation/explanation.ts';
import { cureText, sentenceOf, type QuarterFacts } from '../../../shared/clearing/explanation/sentence.ts';
import { priceOf } from '../../../shared/pricing/product-terms.ts';
import { aMarket } from '../../support/market.ts';

const { product } = aMarket().snapshot();
const price = (ticks: bigint) => priceOf(ticks, product);
const facts = (changes: Partial<QuarterFacts>): QuarterFacts => ({
  ...{ quarter: '2027-Q1', requested: 10n, awarded: 0n, paid: undefined, kept: 'was kept', cure: '' },
  ...changes,
});
const sold = (awarded: bigint, low: bigint, high = low) => ({ awarded, paid: { low, high }, kept: '' });

describe('the sentence over an order’s quarters', () => {
  it('says all, a part or nothing, each in its own words', () => {
    expect(sentenceOf('offer', product, [facts(sold(10n, 9000n))])).toBe(
      'Sold all 10 kg at 90.00 USD/kg in 2027-Q1.',
    );
    expect(sentenceOf('bid', product, [facts({ ...sold(4n, 9000n), kept: 'ran out' })])).toBe(
      'Bought 4 kg of 10 kg at a landed price of 90.00 USD/kg in 2027-Q1; the rest ran out.',
    );
    expect(sentenceOf('offer', product, [facts({})])).toBe('Sold none of 10 kg in 2027-Q1: it was kept.');
    expect(sentenceOf('offer', product, [])).toBe('Nothing was left to sell.');
    expect(sentenceOf('bid', product, [facts({ requested: 0n })])).toBe('Nothing was left to buy.');
  });

  it('names the lowest and the highest price of all quarters in which it traded', () => {
    const quarters = [
      facts(sold(10n, 9500n, 9600n)),
      facts({ quarter: '2027-Q2', ...sold(10n, 9000n, 9100n) }),
      facts({ quarter: '2027-Q3', ...sold(10n, 9400n, 9900n) }),
    ];
    expect(sentenceOf('offer', product, quarters)).toBe(
      'Sold all 30 kg at 90.00 to 99.00 USD/kg from 2027-Q1 to 2027-Q3.',
    );
    expect(sentenceOf('bid', product, quarters)).toContain('at landed prices of 90.00 to 99.00 USD/kg');
    const some = [...quarters.slice(0, 1), facts({ quarter: '2027-Q4' })];
    expect(sentenceOf('offer', product, some)).toBe(
      'Sold 10 kg of 20 kg at 95.00 to 96.00 USD/kg in 2027-Q1; the rest was kept.',
    );
  });

  it('gives one reason once for all its quarters, and of several the quantity of each', () => {
    const later = (changes: Partial<QuarterFacts>) => facts({ quarter: '2027-Q2', ...changes });
    expect(sentenceOf('bid', product, [facts({}), later({})])).toBe(
      'Bought none of 20 kg in 2027-Q1 and 2027-Q2: it was kept.',
    );
    expect(sentenceOf('bid', product, [facts({ ...sold(3n, 9000n), kept: 'ran out' }), later({})])).toBe(
      'Bought 3 kg of 20 kg at a landed price of 90.00 USD/kg in 2027-Q1; 7 kg in 2027-Q1 ran out; 10 kg in 2027-Q2 was kept.',
    );
  });

  it('says what would have been enough where that is one thing for all that is left', () => {
    const cure = 'a limit of 1';
    expect(sentenceOf('bid', product, [facts({ cure })])).toBe(
      'Bought none of 10 kg in 2027-Q1: it was kept; a limit of 1 would have been enough to buy some of it.',
    );
    expect(sentenceOf('offer', product, [facts({ ...sold(4n, 9000n), kept: 'ran out', cure })])).toBe(
      'Sold 4 kg of 10 kg at 90.00 USD/kg in 2027-Q1; the rest ran out; a limit of 1 would have been enough to sell more.',
    );
    const other = facts({ quarter: '2027-Q2', cure: 'a limit of 2' });
    expect(sentenceOf('bid', product, [facts({ cure }), other])).not.toContain('enough');
    expect(sentenceOf('bid', product, [facts({ cure }), facts({ quarter: '2027-Q2' })])).not.toContain(
      'enough',
    );
    const filled = facts({ quarter: '2027-Q2', ...sold(10n, 9000n), cure: '' });
    expect(sentenceOf('bid', product, [facts({ cure }), filled])).toContain('enough to buy more');
  });
});

describe('what would have been enough, in words', () => {
  const quantity = { amount: { units: 75n, scale: 1 }, unit: 'kg' as const };
  it.each<[string, WouldNeed]>([
    ['a limit of 95.01 USD/kg', { limit: price(9501n) }],
    ['a limit of 95.01 USD/kg', { floor: price(9501n) }],
    ['a limit of 95.02 USD/kg', { limit: price(9502n), floor: price(9501n) }],
    ['an ask of 90.00 USD/kg', { ask: price(9000n) }],
    ['letting in CL or PE', { origins: ['CL', 'PE'] }],
    ['asking for irma at level 75 or above only', { levels: [{ scheme: 'irma', level: '75' }] }],
    ['a quantity of 7.5 kg', { quantity }],
    ['delivery in 2027-Q2 or 2027-Q3 instead', { quarters: ['2027-Q2', '2027-Q3'] }],
    ['doing without its minimum purity', { without: ['minimumPurity'] }],
    ['doing without its limit on supply from one country', { without: ['maxOriginShare'] }],
    ['doing without its minimum lot', { without: ['minimumLot'] }],
    ['doing without its condition of all or none', { without: ['allOrNone'] }],
    ['doing without its minimum number of quarters', { without: ['minimumQuarters'] }],
    [
      'an ask of 90.00 USD/kg and doing without its minimum lot',
      { ask: price(9000n), without: ['minimumLot'] },
    ],
    ['', {}],
  ])('“%s”', (expected, need) => {
    for (const side of ['offer', 'bid'] as const) expect(cureText(side, need)).toBe(expected);
    expect(cureText('offer', { ...need, certain: false })).toBe('');
  });

  it('is to a seller what it would have to show or serve, and to a buyer nothing of that', () => {
    const certificates = [
      { anyOf: [{ scheme: 'irma', level: '75' }, { scheme: 'tsm' }] },
      { anyOf: [{ scheme: 'rmap' }] },
    ];
    const need: WouldNeed = { certificates, verifiedSite: true, delivery: 'More.' };
    expect(cureText('offer', need)).toBe(
      'a certificate of irma at level 75 or above or tsm and a certificate of rmap and a verified site and delivery to more destinations',
    );
    expect(cureText('bid', need)).toBe('');
  });
});
