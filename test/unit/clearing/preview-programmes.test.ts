import { describe, expect, it } from 'vitest';
import { proposedSnapshot } from '../../../shared/clearing/preview/proposal.ts';
import { steppedSnapshot } from '../../../shared/clearing/preview/steps.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket, price } from '../../support/market.ts';
import { previewOn, termsOf, wireOf } from '../../support/previews.ts';

/** One programme in force, of rank 100; a second reference price is held. */
const snapshot = aMarket()
  .zone()
  .offer('mine', 'AU', '100.00', '10')
  .bid('near', 'DE', '95.00', '4')
  .bid('far', 'DE', '70.00', '6')
  .programme('gap', { left: { amount: '20.00', currency: 'USD' } })
  .reference('thin', undefined)
  .snapshot();
const bare = aMarket().zone().reference('benchmark', '60.00').snapshot();

type Supposed = NonNullable<Parameters<typeof termsOf>[1]['programmes']>[number];
const supposed = (changes: object = {}): Supposed => ({
  ...{ zone: 'partners', strike: price('110.00'), reference: 'benchmark', eligible: {} },
  ...{ budget: { amount: '1000.00', currency: 'USD' as const }, maximumGap: price('40.00') },
  ...{ from: '2027-Q1', to: '2030-Q4', ...changes },
});
const propose = (of: typeof snapshot, ...programmes: Supposed[]) =>
  proposedSnapshot(of, termsOf(of, { programmes }), []);
const problemOf = (...programmes: Supposed[]) => {
  const result = propose(snapshot, ...programmes);
  if (result.ok) throw new Error('it was accepted');
  const { code, detail, errors = [] } = result.problem;
  return [code, ...errors.map(({ pointer }) => pointer), errors[0]?.detail ?? detail];
};
const gapsOf = (of: typeof snapshot) =>
  of.programmes?.map(({ id, maximumGap }) => [id.slice(0, 7), formatDecimal(maximumGap.amount)]);

describe('supposed programmes', () => {
  it('stand beside those in force, in the order in which they are served: by rank, then by id', () => {
    const ranks = (...of: (number | undefined)[]) =>
      must(
        propose(snapshot, ...of.map((rank) => supposed(rank === undefined ? {} : { rank }))),
      ).programmes!.map(
        ({ id, rank }) => `${id.endsWith('1') ? 'first' : id.endsWith('2') ? 'second' : 'standing'} ${rank}`,
      );
    expect(ranks(7, 300)).toEqual(['first 7', 'standing 100', 'second 300']);
    expect(ranks(300, 7)).toEqual(['second 7', 'standing 100', 'first 300']);
    expect(ranks(undefined, undefined)).toEqual(['first 100', 'second 100', 'standing 100']);
    expect(must(propose(bare, supposed())).programmes).toHaveLength(1);
  });

  it('leave the snapshot as it is where none is supposed', () => {
    expect(must(propose(snapshot)).programmes).toBe(snapshot.programmes);
    expect('programmes' in must(propose(bare))).toBe(false);
  });

  it('are open with their whole budget', () => {
    const { programmes } = must(propose(bare, supposed({ awardCap: { amount: '5.00', currency: 'USD' } })));
    const [{ left, awardCap, from, to }] = programmes as [NonNullable<typeof programmes>[number]];
    expect([left, awardCap].map((money) => formatDecimal(money!.amount))).toEqual(['1000.00', '5.00']);
    expect([from, to]).toEqual(['2027-Q1', '2030-Q4']);
  });

  it('are refused by place: an unknown zone, another product, no reference price of the day, a price off its currency', () => {
    expect(problemOf(supposed(), supposed({ zone: 'nowhere' }))).toEqual([
      ...['unknown_reference', '/programmes/1/zone', 'There is no zone nowhere.'],
    ]);
    expect(problemOf(supposed(), supposed({ product: 'cobalt' }))).toEqual([
      ...['invalid_request', '/programmes/1/product', 'The preview is of ndpr-oxide.'],
    ]);
    expect(problemOf(supposed(), supposed({ reference: 'thin' }))).toEqual([
      'reference_unavailable',
      ...['/programmes/1/reference', 'Points of 4 independent firms where 5 are needed.'],
    ]);
    expect(problemOf(supposed({ reference: 'none' }))).toEqual([
      ...['reference_unavailable', '/programmes/0/reference', 'There is no such series.'],
    ]);
    expect(
      problemOf(supposed(), supposed({ strike: { ...price('110.00'), currency: 'EUR' } })).slice(0, 2),
    ).toEqual(['currency_mismatch', '/programmes/1/strike/currency']);
    expect(must(propose(bare, supposed({ product: 'ndpr-oxide' }))).programmes).toHaveLength(1);
  });

  it('are moved up to the next step of the gap in figures for everyone; those in force stay', () => {
    const between = must(propose(snapshot, supposed({ maximumGap: price('40.01') })));
    const stepped = steppedSnapshot(snapshot, between);
    expect(gapsOf(stepped)).toEqual([
      ['prg_000', '40.20'],
      ['prg_gap', '40.00'],
    ]);
    const onStep = must(propose(snapshot, supposed()));
    expect(steppedSnapshot(snapshot, onStep)).toBe(onStep);
    expect('programmes' in steppedSnapshot(bare, bare)).toBe(false);
  });

  it('are seen at work: what they would support, and what it would cost', () => {
    const { current, proposed, difference } = wireOf(
      previewOn(snapshot, { programmes: [supposed({ rank: 200 })] }),
    );
    const told = [current, proposed, difference].map(({ volume, support }) => [
      volume.amount,
      support.amount,
    ]);
    // 4 lots at a gap of 5 exhaust the standing programme; the supposed one serves 6 at a gap of 30.
    expect(told).toEqual([
      ['4', '20.00'],
      ['10', '200.00'],
      ['6', '180.00'],
    ]);
  });

  it('leave the prices that the market makes as they are: what they top up is no market price', () => {
    const market = aMarket()
      .zone()
      .offer('cheap', 'AU', '60.00', '5')
      .offer('dear', 'US', '100.00', '5')
      .bid('near', 'DE', '70.00', '10')
      .reference('benchmark', '60.00')
      .snapshot();
    const { current, proposed, difference } = wireOf(previewOn(market, { programmes: [supposed()] }));
    expect([current.volume.amount, proposed.volume.amount, proposed.support.amount]).toEqual([
      ...['5', '10', '150.00'],
    ]);
    expect(proposed.prices.map(({ landedPrice }) => landedPrice)).toEqual(
      current.prices.map(({ landedPrice }) => landedPrice),
    );
    expect(difference.prices[0]?.landedPrice).toMatchObject({ low: price('0.00'), high: price('0.00') });
  });
});
