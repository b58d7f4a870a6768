import { describe, expect, it } from 'vitest';
import { clearToExplain } from '../../../shared/clearing/clear.ts';
import { must } from '../../../shared/kernel/result.ts';
import { conditionCodes } from '../../../shared/orders/conditions.ts';
import { outcomeCodes, refusalCodes } from '../../../shared/clearing/eligibility/refusal.ts';
import { cureText, quartersText, sentenceOf } from '../../../shared/clearing/explanation/sentence.ts';
import { conditionWords, wordsOf } from '../../../shared/clearing/explanation/words.ts';
import { aMarket, kg, type MarketBuilder } from '../../support/market.ts';

/** Three sellers and three buyers, so that the prices of the quarter are public; midway they would be 110.00. */
const busy = (lots = '100', ask = '90.00', limit = '130.00'): MarketBuilder =>
  ['p', 'q', 'r'].reduce(
    (market, name) => market.offer(`s${name}`, 'AU', ask, lots).bid(`b${name}`, 'DE', limit, lots),
    aMarket(),
  );
const missesOf = (market: MarketBuilder, kind: 'off' | 'bid', name: string) =>
  market.clear().explanationOf(kind, name)[0]!.nearMisses;
const ticks = (cents: bigint) => ({ amount: { units: cents, scale: 2 }, currency: 'USD', per: 'kg' });

describe('a price that would have been enough', () => {
  it('is told to a bid where prices are public: a tick above the highest paid', () => {
    // The marginal bid is filled in part, so all pay its limit of 95.00.
    const market = busy()
      .bid('marginal', 'DE', '95.00', '20')
      .offer('more', 'AU', '90.00', '10')
      .bid('low', 'DE', '94.00', '5');
    expect(missesOf(market, 'bid', 'low')).toEqual([
      {
        code: 'out_of_competition',
        quantity: expect.anything() as object,
        wouldNeed: { limit: ticks(9501n) },
      },
    ]);
    const trades = market.bid('winner', 'DE', '95.01', '5').clear().trades();
    expect(Object.keys(trades).filter((pair) => pair.endsWith('→winner'))).not.toEqual([]);
  });

  it('is told to an offer: an ask that lands a tick below the lowest price paid', () => {
    const market = busy()
      .offer('marginal', 'AU', '120.00', '20')
      .bid('more', 'DE', '130.00', '10')
      .offer('dear', 'AU', '125.00', '5');
    expect(missesOf(market, 'off', 'dear')).toMatchObject([{ wouldNeed: { ask: ticks(11999n) } }]);
  });

  it('is not told where the price is set by somebody who did not trade: it is not what was paid', () => {
    const market = busy().offer('idle', 'AU', '95.00', '100').bid('low', 'DE', '94.00', '50');
    expect(missesOf(market, 'bid', 'low')).toMatchObject([{ code: 'limit_below_reserve', wouldNeed: {} }]);
    expect(JSON.stringify(market.clear().outcome.sentences.get(`bid_${'low'.padEnd(20, '0')}`))).not.toMatch(
      /9[45]\.\d\d/,
    );
  });

  it('is not told where fewer than three trade on a side: then prices are withheld', () => {
    const market = aMarket()
      .offer('one', 'AU', '90.00', '10')
      .bid('marginal', 'DE', '95.00', '20')
      .bid('low', 'DE', '94.00', '5');
    expect(missesOf(market, 'bid', 'low')).toEqual([]);
  });

  it('is the floor where that is enough, and the floor uncertain where the asks are above it', () => {
    const market = (ask: string) =>
      aMarket().zone().floor('110.00').offer('o', 'AU', ask, '10').bid('low', 'DE', '109.99', '5');
    expect(missesOf(market('90.00'), 'bid', 'low')).toMatchObject([{ wouldNeed: { floor: ticks(11000n) } }]);
    expect(missesOf(market('111.00'), 'bid', 'low')[0]!.wouldNeed).toEqual({
      floor: ticks(11000n),
      certain: false,
    });
  });

  it('is for an offer the floor of the destination, which is public, even where prices are not', () => {
    const market = aMarket()
      .zone()
      .floor('110.00')
      .offer('o', 'AU', '125.00', '10')
      .bid('b', 'DE', '120.00', '5');
    expect(missesOf(market, 'off', 'o')).toMatchObject([
      { code: 'limit_below_reserve', wouldNeed: { ask: ticks(11000n) } },
    ]);
  });
});

describe('two reasons together', () => {
  const market = () => aMarket().zone().floor('110.00').scheme().rule();

  it('are told where both can be, and no single one was enough', () => {
    const lone = market().offer('o', 'AU', '125.00', '10').bid('b', 'DE', '120.00', '5');
    expect(missesOf(lone, 'off', 'o')).toEqual([
      {
        code: 'certificate_missing',
        quantity: expect.anything() as object,
        wouldNeed: {
          ask: ticks(11000n),
          certificates: [{ anyOf: [{ scheme: 'irma', level: '75' }] }],
          also: ['limit_below_reserve'],
        },
      },
    ]);
  });

  it('are not told where one of them is the other side’s own', () => {
    const lone = market()
      .offer('o', 'AU', '125.00', '10')
      .certificate('o')
      .bid('b', 'DE', '120.00', '5', { minimumPurity: '99.5' });
    expect(missesOf(lone, 'off', 'o')).toEqual([]);
  });

  it('are not told where one of them was enough', () => {
    const open = market()
      .offer('o', 'AU', '125.00', '10')
      .bid('b', 'DE', '120.00', '5')
      .bid('c', 'DE', '130.00', '5');
    expect(missesOf(open, 'off', 'o').map(({ wouldNeed }) => wouldNeed)).toEqual([
      { certificates: [{ anyOf: [{ scheme: 'irma', level: '75' }] }] },
    ]);
  });
});

describe('what lies in an order’s own hands', () => {
  const need = (market: MarketBuilder, kind: 'off' | 'bid', name: string) =>
    missesOf(market, kind, name).map(({ wouldNeed }) => wouldNeed);

  it('is for a bid its own requirements, purity, origins and cap; never what an offer has', () => {
    const sale = (bid: object) =>
      aMarket()
        .zone()
        .scheme()
        .scheme({ id: 'another', levels: [] })
        .offer('o', 'CL', '90.00', '10', { purity: '99.1' })
        .certificate('o', { level: '75' })
        .bid('b', 'DE', '100.00', '10', bid);
    expect(need(sale({ minimumPurity: '99.5' }), 'bid', 'b')).toEqual([{ without: ['minimumPurity'] }]);
    expect(need(sale({ excludedOrigins: ['CN', 'CL'] }), 'bid', 'b')).toEqual([{ origins: ['CL'] }]);
    expect(need(sale({ maxOriginShare: '0.05' }), 'bid', 'b')).toEqual([{ without: ['maxOriginShare'] }]);
    const own = sale({ requires: [{ scheme: 'another' }] });
    expect(need(own, 'bid', 'b')).toMatchObject([{ without: ['requires'] }]);
    expect(need(own, 'off', 'o')).toEqual([{}]);
    expect(need(sale({ minimumPurity: '99.5' }), 'off', 'o')).toEqual([{}]);
  });

  it('is for a site of several offers not certain: a certificate would let in the others as well', () => {
    const market = (other: boolean) => {
      const one = aMarket()
        .zone()
        .scheme()
        .rule()
        .offer('o', 'AU', '90.00', '10')
        .bid('b', 'DE', '100.00', '10');
      const site = `sit_${'o'.padEnd(20, '0')}`;
      return other ? one.offer('p', 'AU', '80.00', '10', { site }) : one;
    };
    expect(need(market(false), 'off', 'o')[0]).not.toHaveProperty('certain');
    expect(need(market(true), 'off', 'o')[0]).toMatchObject({ certain: false });
  });

  it('is nothing that no certificate could show: a scheme for other minerals', () => {
    const market = (minerals: string[]) =>
      aMarket()
        .zone()
        .scheme({ minerals })
        .rule()
        .offer('o', 'AU', '90.00', '10')
        .bid('b', 'DE', '100.00', '10');
    expect(need(market(['ndpr']), 'off', 'o')[0]).not.toHaveProperty('certain');
    expect(need(market(['cobalt']), 'off', 'o')[0]).toMatchObject({ certain: false });
  });
});

describe('what only clearing again can tell', () => {
  const need = (market: MarketBuilder, kind: 'off' | 'bid', name: string) =>
    missesOf(market, kind, name).map(({ wouldNeed }) => wouldNeed);

  it('is told of an order filled in part: the public price that would have got more', () => {
    const market = ['p', 'q', 'r'].reduce(
      (made, name) => made.offer(name, 'AU', '90.00', '10').bid(`b${name}`, 'DE', '130.00', '2'),
      aMarket(),
    );
    expect(need(market, 'off', 'p')).toEqual([{ ask: ticks(8999n) }]);
  });

  it('is told of a cap of its own that kept a bid from the rest', () => {
    const market = aMarket()
      .offer('o', 'CL', '90.00', '50')
      .offer('p', 'AU', '90.00', '10')
      .bid('b', 'DE', '100.00', '40', { maxOriginShare: '0.5' });
    expect(need(market, 'bid', 'b')).toEqual([{ without: ['maxOriginShare'] }]);
    const cleared = market.bid('c', 'DE', '100.00', '40').clear();
    expect(cleared.trades()['o→c'], 'which is true').toBeGreaterThan(0);
  });

  it('is told of conditions of its own, which turned the order down', () => {
    const two = () => aMarket().offer('o', 'AU', '90.00', '10').offer('p', 'AU', '91.00', '10');
    expect(need(two().bid('b', 'DE', '100.00', '25', { allOrNone: true }), 'bid', 'b')).toEqual([
      { without: ['allOrNone'] },
    ]);
    expect(need(two().bid('b', 'DE', '100.00', '25', { minimumLot: kg('15') }), 'bid', 'b')).toEqual([
      { without: ['minimumLot'] },
    ]);
    const short = aMarket()
      .offer('o', 'AU', '90.00', { '2027-Q1': '10', '2027-Q2': '10' })
      .bid('b', 'DE', '100.00', { '2027-Q1': '5', '2027-Q2': '5', '2027-Q3': '5' }, { minimumQuarters: 3 });
    expect(need(short, 'bid', 'b')).toEqual([{ without: ['minimumQuarters'] }]);
  });

  it('is told as a lesser quantity, where the other side’s depth is public, and not where it is withheld', () => {
    const market = (sellers: string[]) =>
      sellers
        .reduce((made, name) => made.offer(name, 'AU', '90.00', '10'), aMarket())
        .bid('b', 'DE', '100.00', '35', { allOrNone: true });
    expect(need(market(['p', 'q', 'r']), 'bid', 'b')).toEqual([
      { quantity: { amount: { units: 30n, scale: 0 }, unit: 'kg' } },
    ]);
    expect(need(market(['p', 'q']), 'bid', 'b')).toEqual([{ without: ['allOrNone'] }]);
    // Or where it is withheld beside what earlier runs have shown.
    const { explained } = must(clearToExplain(market(['p', 'q', 'r']).snapshot()));
    const told = { volumes: new Set<string>(), demand: new Set<string>(), origins: true };
    const needs = (supply: readonly string[]) =>
      [...explained({ ...told, supply: new Set(supply) })]
        .find(([order]) => order.startsWith('bid_b'))?.[1]
        .quarters[0]?.nearMisses.map(({ wouldNeed }) => wouldNeed);
    expect(needs(['2027-Q1'])).toMatchObject([{ quantity: { amount: { units: 30n } } }]);
    expect(needs([])).toEqual([{ without: ['allOrNone'] }]);
  });

  it('is told as the nearest quarter in which the other side is, where nobody was in its own', () => {
    const market = aMarket()
      .offer('o', 'AU', '90.00', { '2027-Q1': '10', '2027-Q2': '10' })
      .bid('b', 'DE', '100.00', { '2027-Q4': '10' });
    expect(need(market, 'bid', 'b')).toEqual([{ quarters: ['2027-Q2'] }]);
    expect(need(market, 'off', 'o')).toEqual([{ quarters: ['2027-Q4'] }]);
    const poor = aMarket().offer('o', 'AU', '90.00', '10').bid('b', 'DE', '89.00', { '2027-Q4': '10' });
    expect(need(poor, 'bid', 'b'), 'where it would not have traded either').toEqual([]);
  });

  it('is told as the next lower level of what the bid requires itself', () => {
    const market = (level: string) =>
      aMarket()
        .zone()
        .scheme()
        .offer('o', 'AU', '90.00', '10')
        .certificate('o', { level })
        .bid('b', 'DE', '100.00', '10', { requires: [{ scheme: 'irma', level: '100' }] });
    expect(need(market('75'), 'bid', 'b')).toMatchObject([{ levels: [{ scheme: 'irma', level: '75' }] }]);
    // How far below an offer's certificate is, is not the bid's to know.
    expect(need(market('50'), 'bid', 'b')).toMatchObject([{ without: ['requires'] }]);
  });

  it('is not asked of a market too large for it', () => {
    let market = aMarket();
    for (let index = 0; index < 600; index++)
      market = market.offer(`o${index}x`, 'AU', '90.00', '10').bid(`b${index}x`, 'DE', '130.00', '2');
    expect(need(market, 'off', 'o0x')).toEqual([]);
  });
});

it('one code is told once, though price terms and destinations may both be at fault', () => {
  const cleared = aMarket()
    .offer('o', 'AU', '90.00', '10', { destinations: ['US'] })
    .bid('elsewhere', 'DE', '100.00', '10')
    .bid('indexed', 'US', '100.00', '10', { priceTerms: { kind: 'indexed', reference: 'a' } })
    .clear();
  const [explanation] = cleared.explanationOf('off', 'o');
  expect(explanation!.binding).toEqual([
    {
      code: 'price_terms_mismatch',
      detail:
        'The price is quoted on other terms: fixed, indexed to another reference, or with a cap that the two cannot both keep. The offer does not deliver to where there is demand: it delivers to US only.',
    },
  ]);
  expect(explanation!.nearMisses).toMatchObject([
    { code: 'price_terms_mismatch', wouldNeed: { delivery: 'Delivery to more destinations than US.' } },
  ]);
});

describe('the plain sentence', () => {
  const sentence = (market: MarketBuilder, kind: 'off' | 'bid', name: string) =>
    market.clear().outcome.sentences.get(`${kind}_${name.padEnd(20, '0')}`);

  it('of an offer that sold a part says at what price, and what kept the rest', () => {
    const market = aMarket().offer('o', 'AU', '90.00', '500').bid('b', 'DE', '130.00', '300');
    expect(sentence(market, 'off', 'o')).toBe(
      'Sold 300 kg of 500 kg at 90.00 USD/kg in 2027-Q1; the rest found no buyer left at its ask.',
    );
    expect(sentence(market, 'bid', 'b')).toBe(
      'Bought all 300 kg at a landed price of 90.00 USD/kg in 2027-Q1.',
    );
  });

  it('names the lowest and the highest of several prices in one quarter', () => {
    const market = aMarket()
      .offer('pe', 'PE', '80.00', '500')
      .offer('cl', 'CL', '70.00', '500')
      .offer('au', 'AU', '100.00', '500')
      .bid('b', 'DE', '130.00', '100', { maxOriginShare: '0.4' });
    expect(sentence(market, 'bid', 'b')).toBe(
      'Bought all 100 kg at landed prices of 70.00 to 100.00 USD/kg in 2027-Q1.',
    );
  });

  it('goes over all quarters, and says which quantity was kept back when', () => {
    const market = aMarket()
      .offer('o', 'AU', '90.00', { '2027-Q1': '10', '2027-Q2': '10' })
      .bid('b', 'DE', '130.00', { '2027-Q1': '10', '2027-Q2': '25', '2027-Q3': '5' });
    expect(sentence(market, 'bid', 'b')).toBe(
      'Bought 20 kg of 40 kg at landed prices of 110.00 to 130.00 USD/kg in 2027-Q1 and 2027-Q2; 15 kg in 2027-Q2 found no supply left within its limit; 5 kg in 2027-Q3 met no offer for delivery in that time.',
    );
  });

  it('says what would have been enough', () => {
    const market = aMarket().zone().floor('110.00').offer('o', 'AU', '90.00', '10');
    expect(sentence(market.bid('b', 'DE', '109.99', '5'), 'bid', 'b')).toBe(
      'Bought none of 5 kg in 2027-Q1: it could not trade, because its limit is below the floor price; a limit of 110.00 USD/kg would have been enough to buy some of it.',
    );
    const certified = aMarket().zone().scheme().rule().offer('o', 'AU', '90.00', '10');
    expect(sentence(certified.bid('b', 'DE', '109.99', '5'), 'off', 'o')).toBe(
      'Sold none of 10 kg in 2027-Q1: it lacks a certificate that was required; a certificate of irma at level 75 or above would have been enough to sell some of it.',
    );
  });

  it('of an order that took no part or had nothing left says so', () => {
    const late = aMarket().offer('o', 'AU', '90.00', '10', { validUntil: '2026-11-22T12:00:00.000Z' });
    expect(sentence(late, 'off', 'o')).toBe(
      'Sold none of 10 kg in 2027-Q1: it took no part, because the quarter had begun or the order was no longer valid.',
    );
    const spent = aMarket().bid('b', 'DE', '130.00', '10', {
      remaining: [{ quarter: '2027-Q1', quantity: kg('0') }],
    });
    expect(sentence(spent, 'bid', 'b')).toBe('Nothing was left to buy.');
  });

  it('writes quarters as people do', () => {
    expect(quartersText(['2027-Q2'])).toBe('in 2027-Q2');
    expect(quartersText(['2027-Q4', '2027-Q2'])).toBe('in 2027-Q2 and 2027-Q4');
    expect(quartersText(['2028-Q1', '2027-Q4', '2027-Q3'])).toBe('from 2027-Q3 to 2028-Q1');
    expect(quartersText(['2027-Q1', '2027-Q2', '2028-Q1'])).toBe('in 3 quarters between 2027-Q1 and 2028-Q1');
  });

  it('has words for every code on both sides, that end a sentence and name no one', () => {
    const { product } = aMarket().snapshot();
    const codes = [...refusalCodes, ...outcomeCodes, 'not_delivered' as const].filter(
      (code) => code !== 'all_or_none',
    );
    expect(Object.keys(wordsOf).sort()).toEqual(codes.toSorted());
    const ofConditions = Object.values(conditionWords).flatMap((words) => {
      expect(Object.keys(words).sort()).toEqual(conditionCodes.toSorted());
      return Object.values(words);
    });
    for (const words of [...Object.values(wordsOf), ...ofConditions])
      for (const side of ['offer', 'bid'] as const) {
        const kept = words[side];
        expect(kept).toMatch(/^[a-z][^_.;:{}]*[a-z]$/);
        const facts = { quarter: '2027-Q1', requested: 5n, awarded: 0n, paid: undefined, kept, cure: '' };
        expect(sentenceOf(side, product, [facts])).toBe(
          `${side === 'offer' ? 'Sold' : 'Bought'} none of 5 kg in 2027-Q1: it ${kept}.`,
        );
      }
  });

  it('tells no uncertain cure, and to a buyer none that is the seller’s', () => {
    const certificates = [{ anyOf: [{ scheme: 'irma' }] }];
    expect(cureText('offer', { certificates })).toBe('a certificate of irma');
    expect(cureText('offer', { certificates, certain: false })).toBe('');
    expect(cureText('bid', { certificates })).toBe('');
    expect(cureText('bid', { certificates, without: ['requires'] })).toBe(
      'doing without the certificates it asks for itself',
    );
    expect(cureText('bid', { origins: ['CL'], limit: ticks(9000n) as never })).toBe(
      'a limit of 90.00 USD/kg and letting in CL',
    );
  });
});
