import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../shared/contracts/contract-events.ts';
import type { Contract } from '../../../shared/contracts/contract.ts';
import { nextLook, quartersToSettle } from '../../../shared/contracts/settlement/next-look.ts';
import type { Settlement } from '../../../shared/contracts/settlement/settlement.ts';
import { settlementSchema } from '../../../shared/contracts/settlement/settlement.ts';
import { dueFromDay, settleQuarter } from '../../../shared/contracts/settlement/settle-quarter.ts';
import { isYearDue, settleYear } from '../../../shared/contracts/settlement/settle-year.ts';
import type { StandardTermsTerms } from '../../../shared/contracts/standard-terms.ts';
import { plainTerms } from '../../../shared/contracts/standard-terms.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Money } from '../../../shared/kernel/money.ts';
import { isBalanced, signedUnits } from '../../../shared/ledger/posting.ts';
import { clearedPrices } from '../../../shared/contracts/settlement/cleared-prices.ts';
import { aContract, dec, dlv, Life, termsOf, tonnes } from '../../support/contracts.ts';
import * as z from 'zod';

const amount = ({ amount: value }: Money): string => formatDecimal(value);

/** A delivery from notice to what the buyer accepted. */
const delivered = (name: string, quarter: string, quantity: string, more: object = {}): EventBody[] => [
  {
    ...{
      type: 'delivery_noticed',
      at: '2027-03-01T00:00:00.000Z',
      delivery: dlv(name),
      quantity: tonnes(quantity),
    },
    notice: { quarter, quantity: tonnes(quantity), shippedOn: '2027-03-01', ...more },
  },
  {
    ...{
      type: 'delivery_received',
      at: '2027-03-10T00:00:00.000Z',
      delivery: dlv(name),
      quantity: tonnes(quantity),
    },
    receipt: { receivedOn: '2027-03-10', quantity: tonnes(quantity) },
  },
];
const accepted = (name: string, quantity: string, at = '2027-03-20T00:00:00.000Z'): EventBody => ({
  ...{ type: 'delivery_accepted', at, delivery: dlv(name), finalQuantity: tonnes(quantity) },
});

/** A contract that imports: 70.00 to the seller, 2.59 duties, 37.41 levy, 110 landed; 5.00 of it supported. */
const imported = (quantities: Readonly<Record<string, string>> = { '2027-Q1': '20' }): Contract => {
  const contract = aContract(quantities);
  return {
    ...contract,
    schedule: contract.schedule.map((entry) => ({
      ...entry,
      price: { ...entry.price, amount: dec('70.00') },
      landedPrice: { ...entry.price, amount: dec('110.00') },
      waterfall: {
        ...entry.waterfall,
        ...{ ask: dec('70.00'), floorUplift: dec('0.00'), duties: dec('2.59'), levy: dec('37.41') },
        ...{ support: dec('5.00'), landed: dec('110.00') },
      },
    })),
  };
};

class Settling extends Life {
  readonly settlements: Settlement[] = [];

  quarter(quarter: string, day: string) {
    const { contract, state, settlements: earlier } = this;
    const accounts = {
      ...{ seller: contract.seller, buyer: contract.buyer, destination: contract.destination },
      ...{ zone: 'partners', programme: 'prg_one' },
    };
    const unit = clearedPrices(contract, quarter);
    const at = `${day}T12:00:00.000Z`;
    const settled = settleQuarter({ contract, state, quarter, unit, accounts, earlier, at });
    if (settled === undefined) return undefined;
    for (const entry of settled.entries) expect(isBalanced(entry)).toBe(true);
    this.settlements.push(settled.settlement);
    const { id, sequence, kind } = settled.settlement;
    if (kind === 'delivery') this.add({ type: 'quarter_settled', at, quarter, sequence, settlement: id });
    return settled;
  }

  year(year: number, day: string) {
    const { contract, state, terms: standardTerms, settlements: earlier } = this;
    const at = `${day}T12:00:00.000Z`;
    if (!isYearDue(state, year, at)) return undefined;
    const settled = settleYear({ contract, state, standardTerms, year, earlier, at });
    if (settled === undefined) return undefined;
    const { id, sequence } = settled.settlement;
    this.settlements.push(settled.settlement);
    this.add({ type: 'year_settled', at, year, sequence, settlement: id, ...settled.banks });
    return settled;
  }
}

const life = (contract: Contract = imported(), terms: StandardTermsTerms = plainTerms): Settling =>
  new Settling(contract, terms).add({ type: 'activated', at: '2027-01-02T00:00:00.000Z' });

const postings = (settled: { readonly settlement: Settlement } | undefined) =>
  Object.fromEntries((settled?.settlement.postings ?? []).map((each) => [each.account, signedUnits(each)]));

describe('when a quarter is due', () => {
  it('is the day after its end, once all that was delivered is decided', () => {
    const one = life().add(...delivered('A', '2027-Q1', '20'), accepted('A', '20'));
    expect(dueFromDay(one.state, '2027-Q1')).toBe('2027-04-01');
  });

  it('is 45 days later with something undecided, or nothing accepted', () => {
    expect(dueFromDay(life().state, '2027-Q1')).toBe('2027-05-16');
    const open = life().add(
      ...delivered('A', '2027-Q1', '10'),
      accepted('A', '10'),
      ...delivered('B', '2027-Q1', '5'),
    );
    expect(dueFromDay(open.state, '2027-Q1')).toBe('2027-05-16');
  });

  it('is at once for what has been settled: then it is corrected', () => {
    const one = life().add(...delivered('A', '2027-Q1', '20'), accepted('A', '20'));
    one.quarter('2027-Q1', '2027-04-01');
    one.add(...delivered('B', '2027-Q1', '5'));
    expect(dueFromDay(one.state, '2027-Q1')).toBe('2027-04-01');
  });
});

describe("a quarter's goods", () => {
  it('are settled in full: the buyer owes landed less support, everyone else what is theirs', () => {
    const one = life().add(...delivered('A', '2027-Q1', '20'), accepted('A', '20'));
    expect(one.quarter('2027-Q1', '2027-03-31')).toBeUndefined();
    const settled = one.quarter('2027-Q1', '2027-04-01');
    expect(postings(settled)).toEqual({
      'organisation:maker': -2100_00n,
      'organisation:mine': 1400_00n,
      'duties:DE': 51_80n,
      'levy:partners': 748_20n,
      'programme:prg_one': -100_00n,
    });
    expect(settled?.entries[0]?.cause).toEqual({
      ...{ kind: 'delivery', contract: one.contract.id, quarter: '2027-Q1', sequence: 1 },
    });
    expect(settled?.settlement).toMatchObject({ kind: 'delivery', sequence: 1, quantity: tonnes('20') });
    // What is stored reads back as it was.
    const stored = z.encode(settlementSchema, settled!.settlement);
    expect(z.decode(settlementSchema, JSON.parse(JSON.stringify(stored)) as typeof stored)).toEqual(
      settled!.settlement,
    );
  });

  it('share a landed value that does not come out even to the cent, and lose none', () => {
    const one = life().add(...delivered('A', '2027-Q1', '19'), accepted('A', '18.999999'));
    const moved = postings(one.quarter('2027-Q1', '2027-04-01'));
    // 18.999999 t × 110.00 = 2,089.99989, rounded down; support 94.999995, rounded down.
    expect(moved['organisation:maker']).toBe(-(2089_99n - 94_99n));
    expect(moved['organisation:mine']! + moved['duties:DE']! + moved['levy:partners']!).toBe(2089_99n);
  });

  it('are supported for what was agreed, and no more: the buyer pays the rest in full', () => {
    const one = life().add(...delivered('A', '2027-Q1', '15'), accepted('A', '15'));
    one.add(...delivered('B', '2027-Q1', '7'), accepted('B', '7'));
    const moved = postings(one.quarter('2027-Q1', '2027-04-01'));
    expect(moved['programme:prg_one']).toBe(-100_00n);
    expect(moved['organisation:maker']).toBe(-(22n * 110_00n - 100_00n));
  });

  it('are settled once: a second look finds nothing', () => {
    const one = life().add(...delivered('A', '2027-Q1', '20'), accepted('A', '20'));
    one.quarter('2027-Q1', '2027-04-01');
    expect(one.quarter('2027-Q1', '2027-04-02')).toBeUndefined();
    expect(one.quarter('2027-Q1', '2028-04-02')).toBeUndefined();
  });

  it('of which nothing came are settled, too, with nothing to post', () => {
    const one = life();
    expect(one.quarter('2027-Q1', '2027-05-15')).toBeUndefined();
    const settled = one.quarter('2027-Q1', '2027-05-16');
    expect(settled).toMatchObject({ entries: [], settlement: { postings: [], quantity: tonnes('0') } });
    expect(one.quarter('2027-Q1', '2027-05-17')).toBeUndefined();
  });

  it('are corrected by the difference, downwards and upwards, each under its own number', () => {
    const one = life().add(...delivered('A', '2027-Q1', '20'), accepted('A', '20'));
    one.quarter('2027-Q1', '2027-04-01');
    one.add({
      ...{ type: 'delivery_corrected', at: '2027-04-20T00:00:00.000Z', delivery: dlv('A') },
      ...{ finalQuantity: tonnes('19'), reason: 'scale' },
    });
    const down = one.quarter('2027-Q1', '2027-04-20');
    expect(postings(down)).toEqual({
      'organisation:maker': 105_00n,
      'organisation:mine': -70_00n,
      'duties:DE': -2_59n,
      'levy:partners': -37_41n,
      'programme:prg_one': 5_00n,
    });
    expect(down?.settlement).toMatchObject({ sequence: 2, quantity: tonnes('19') });
    one.add(...delivered('B', '2027-Q1', '2'), accepted('B', '2', '2027-05-20T00:00:00.000Z'));
    expect(postings(one.quarter('2027-Q1', '2027-05-20'))['organisation:mine']).toBe(140_00n);
    const all = one.settlements.flatMap((each) => each.postings).map(signedUnits);
    expect(all.reduce((sum, each) => sum + each, 0n)).toBe(0n);
  });

  it('of a rejected delivery are not owed', () => {
    const one = life().add(...delivered('A', '2027-Q1', '20'), {
      ...{
        type: 'delivery_rejected',
        at: '2027-03-20T00:00:00.000Z',
        delivery: dlv('A'),
        ground: 'assay',
        reason: 'x',
      },
    });
    expect(one.quarter('2027-Q1', '2027-05-16')?.settlement.postings).toEqual([]);
  });
});

describe('provisional payment', () => {
  const terms = termsOf({ provisionalShare: '0.90' });

  it('is a share of what was received, taken off what the goods come to', () => {
    const one = life(imported(), terms).add(...delivered('A', '2027-Q1', '20'));
    const first = one.quarter('2027-Q1', '2027-03-11');
    expect(first?.settlement.kind).toBe('provisional');
    expect(postings(first)).toEqual({ 'organisation:maker': -1260_00n, 'organisation:mine': 1260_00n });
    expect(one.quarter('2027-Q1', '2027-03-12')).toBeUndefined();
    one.add(accepted('A', '20'));
    expect(one.quarter('2027-Q1', '2027-03-21')).toBeUndefined();
    const rest = one.quarter('2027-Q1', '2027-04-01');
    expect(rest?.entries[0]?.cause).toMatchObject({ kind: 'delivery', sequence: 1 });
    expect(postings(rest)).toMatchObject({
      'organisation:mine': 140_00n,
      'organisation:maker': -(2100_00n - 1260_00n),
    });
  });

  it('is given back where the delivery is rejected', () => {
    const one = life(imported(), terms).add(...delivered('A', '2027-Q1', '20'));
    one.quarter('2027-Q1', '2027-03-11');
    one.add({
      ...{
        type: 'delivery_rejected',
        at: '2027-03-20T00:00:00.000Z',
        delivery: dlv('A'),
        ground: 'assay',
        reason: 'x',
      },
    });
    expect(postings(one.quarter('2027-Q1', '2027-03-21'))).toEqual({
      'organisation:maker': 1260_00n,
      'organisation:mine': -1260_00n,
    });
  });
});

describe('a year', () => {
  const full = { '2027-Q1': '300', '2027-Q2': '300', '2027-Q3': '300', '2027-Q4': '300' };
  const terms = termsOf({ takeOrPay: { share: '0.90', makeUpYears: 3 } });

  /** 900 t taken of 1,200, 50 short by the seller, 30 of force majeure, the rest declined; at 14,000 USD/t. */
  const deficient = (): Settling => {
    const one = life(aContract(full), terms);
    one.add(
      { type: 'take_declined', at: '2027-10-01T00:00:00.000Z', quarter: '2027-Q4', quantity: tonnes('220') },
      {
        ...{
          type: 'force_majeure_declared',
          at: '2027-10-02T00:00:00.000Z',
          declaration: `evt_${'f'.repeat(24)}`,
        },
        ...{ side: 'seller', quarter: '2027-Q4', quantity: tonnes('30'), reason: 'flood' },
      },
      {
        type: 'force_majeure_acknowledged',
        at: '2027-10-03T00:00:00.000Z',
        declaration: `evt_${'f'.repeat(24)}`,
      },
    );
    for (const [index, quarter] of ['2027-Q1', '2027-Q2', '2027-Q3'].entries()) {
      one.add(...delivered(`D${index}`, quarter, '300'), accepted(`D${index}`, '300'));
      one.quarter(quarter, '2027-12-01');
    }
    return one;
  };

  it('waits until all of its quarters are settled', () => {
    const one = deficient();
    expect(one.year(2027, '2028-01-02')).toBeUndefined();
    one.quarter('2027-Q4', '2028-02-15');
    expect(one.year(2027, '2028-02-15')).toBeDefined();
  });

  it('settles take-or-pay: 108 t at 14,000 USD/t are 1,512,000, and may be taken later', () => {
    const one = deficient();
    one.quarter('2027-Q4', '2028-02-15');
    const settled = one.year(2027, '2028-02-15');
    expect(settled?.settlement.takeOrPay).toMatchObject({ deficiency: tonnes('108') });
    expect(amount(settled!.settlement.takeOrPay!.payment)).toBe('1512000.00');
    expect(postings(settled)).toEqual({
      'organisation:maker': -1_512_000_00n,
      'organisation:mine': 1_512_000_00n,
    });
    expect(settled?.entries.map(({ cause }) => cause)).toEqual([
      { kind: 'take-or-pay', contract: one.contract.id, year: 2027, sequence: 1 },
    ]);
    expect(one.state.makeUp).toMatchObject([{ year: 2027, quantity: dec('108'), lastYear: 2030 }]);
    expect(one.year(2027, '2028-02-16')).toBeUndefined();
  });

  it('is corrected when a quarter of it is, by the difference', () => {
    const one = deficient();
    one.quarter('2027-Q4', '2028-02-15');
    one.year(2027, '2028-02-15');
    one.add(...delivered('L', '2027-Q4', '50'), accepted('L', '50', '2028-02-20T00:00:00.000Z'));
    one.quarter('2027-Q4', '2028-02-20');
    const settled = one.year(2027, '2028-02-20');
    // The seller was not short after all: minimum 0.9 × (1,200 − 30) = 1,053, taken 950, 103 t short.
    expect(settled?.settlement).toMatchObject({ sequence: 2, takeOrPay: { deficiency: tonnes('103') } });
    expect(postings(settled)).toEqual({ 'organisation:maker': 70_000_00n, 'organisation:mine': -70_000_00n });
    expect(one.state.makeUp).toMatchObject([{ quantity: dec('103') }]);
  });

  it('of one who takes make-up asks for what the price has risen by only', () => {
    const one = deficient();
    one.quarter('2027-Q4', '2028-02-15');
    one.year(2027, '2028-02-15');
    one.add(
      ...delivered('M', '2028-Q1', '40', { makeUp: true }),
      accepted('M', '40', '2028-03-20T00:00:00.000Z'),
    );
    const settled = one.quarter('2028-Q1', '2028-04-01');
    expect(settled?.settlement).toMatchObject({ lines: [{ makeUpCredit: { amount: dec('560000.00') } }] });
    expect(settled?.settlement.postings).toEqual([]);
  });

  it('of a contract that is terminated is settled at once, for the quarters that were over by then', () => {
    const one = life(aContract(full), termsOf({ takeOrPay: { share: '0.90', makeUpYears: 3 } }));
    one.add(...delivered('A', '2027-Q1', '200'), accepted('A', '200'), {
      ...{
        type: 'take_declined',
        at: '2027-03-20T00:00:00.000Z',
        quarter: '2027-Q1',
        quantity: tonnes('100'),
      },
    });
    one.quarter('2027-Q1', '2027-04-02');
    one.add(...delivered('B', '2027-Q2', '40'), {
      ...{ type: 'terminated', at: '2027-05-10T00:00:00.000Z', cause: 'authority', reason: 'sanctions' },
    });
    // What was under way is finished and settled first.
    expect(one.year(2027, '2027-05-11')).toBeUndefined();
    one.add(accepted('B', '40'));
    one.quarter('2027-Q2', '2027-07-01');
    const settled = one.year(2027, '2027-07-01');
    // 90 % of 300 t and of the 40 t that the second quarter came to, 240 t taken: 66 t at 14,000.
    expect(settled?.settlement.takeOrPay).toMatchObject({ minimum: tonnes('306'), deficiency: tonnes('66') });
    expect(amount(settled!.settlement.takeOrPay!.payment)).toBe('924000.00');
    expect(one.year(2027, '2028-02-15')).toBeUndefined();
    expect(one.year(2028, '2029-02-15')).toBeUndefined();
  });

  it('is not settled of a contract whose conditions were never met', () => {
    const strict = termsOf({
      takeOrPay: { share: '0.90', makeUpYears: 3 },
      sellerShortfall: { share: '0.20' },
    });
    const one = life(aContract(full), strict);
    one.quarter('2027-Q1', '2027-05-16');
    one.add({
      ...{ type: 'terminated', at: '2027-06-01T00:00:00.000Z', cause: 'longstop', reason: 'not met' },
    });
    expect(one.year(2027, '2028-02-15')).toBeUndefined();
  });

  it('charges the seller for its own shortfall, where the terms say so, and corrects it with the year', () => {
    const one = life(aContract({ '2027-Q1': '300' }), termsOf({ sellerShortfall: { share: '0.20' } }));
    one.add(...delivered('A', '2027-Q1', '250'), accepted('A', '250'));
    one.quarter('2027-Q1', '2027-04-02');
    const settled = one.year(2027, '2028-01-02');
    // 50 t neither tendered nor excused, at a fifth of 14,000.
    expect(settled?.settlement.shortfall).toMatchObject({ quantity: tonnes('50') });
    expect(postings(settled)).toEqual({
      'organisation:maker': 140_000_00n,
      'organisation:mine': -140_000_00n,
    });
    expect(settled?.entries.map(({ cause }) => cause.kind)).toEqual(['shortfall']);
    one.add({
      ...{ type: 'delivery_corrected', at: '2028-01-10T00:00:00.000Z', delivery: dlv('A') },
      ...{ finalQuantity: tonnes('260'), reason: 'scale' },
    });
    one.quarter('2027-Q1', '2028-01-11');
    expect(postings(one.year(2027, '2028-01-11'))).toEqual({
      'organisation:maker': -28_000_00n,
      'organisation:mine': 28_000_00n,
    });
  });

  it('shares upside up to its cap: 30 % of what exceeds 150', () => {
    const shared = termsOf({
      upsideShare: {
        share: '0.30',
        threshold: { amount: '12000.00', currency: 'USD', per: 't' },
        annualCap: { amount: '10000000.00', currency: 'USD' },
      },
    });
    const one = life(aContract({ '2027-Q1': '300' }), shared).add(
      ...delivered('A', '2027-Q1', '300'),
      accepted('A', '300'),
    );
    one.quarter('2027-Q1', '2027-04-01');
    expect(one.year(2027, '2027-12-31')).toBeUndefined();
    const settled = one.year(2027, '2028-01-01');
    expect(postings(settled)).toEqual({
      'organisation:maker': 180_000_00n,
      'organisation:mine': -180_000_00n,
    });
    expect(settled?.entries[0]?.cause).toMatchObject({ kind: 'upside', year: 2027 });
  });
});

describe('the next look', () => {
  const at = (day: string) => `${day}T12:00:00.000Z`;

  it('is when the next thing is due, tomorrow for what is held, and never for what is over', () => {
    const one = life();
    expect(nextLook(one.contract, one.state, at('2027-02-01'), false)).toBe('2027-05-16');
    expect(nextLook(one.contract, one.state, at('2027-02-01'), true)).toBe('2027-02-02');
    one.quarter('2027-Q1', '2027-05-16');
    one.add({ type: 'completed', at: at('2027-05-16') });
    expect(nextLook(one.contract, one.state, at('2027-05-16'), false)).toBeUndefined();
  });

  it('of a contract terminated before its quarters leaves these out, but not what was delivered', () => {
    const one = life(imported({ '2027-Q1': '20', '2027-Q2': '20', '2027-Q3': '20' }));
    one.add(...delivered('A', '2027-Q2', '20'), {
      ...{ type: 'terminated', at: at('2027-04-10'), cause: 'agreed', reason: 'both' },
    });
    expect(quartersToSettle(one.contract, one.state)).toEqual(['2027-Q1', '2027-Q2']);
  });
});
