import { describe, expect, it } from 'vitest';
import { aMarket, kg, price, type MarketBuilder } from '../../support/market.ts';

/** Neither side trades, and each is told the same single reason. */
function expectRefusal(market: MarketBuilder, code: string): void {
  const cleared = market.clear();
  expect(cleared.trades()).toEqual({});
  expect(cleared.binding('off', 'o'), 'the offer').toEqual([code]);
  expect(cleared.binding('bid', 'b'), 'the bid').toEqual([code]);
}
const expectTrade = (market: MarketBuilder): void => {
  expect(market.clear().trades()).toEqual({ 'o→b': 10 });
};
const certified = (changes = {}) => aMarket().zone().scheme().rule(changes).offer('o', 'AU', '90.00', '10');
const sale = (market: MarketBuilder, bid = {}) => market.bid('b', 'DE', '100.00', '10', bid);

describe('an offer and a bid are refused', () => {
  it('price_below_floor: the limit is below the floor, inside and outside the zone', () => {
    for (const origin of ['AU', 'CL'])
      expectRefusal(
        aMarket().zone().floor('110.00').offer('o', origin, '90.00', '10').bid('b', 'DE', '109.99', '10'),
        'price_below_floor',
      );
    expectTrade(
      aMarket().zone().floor('110.00').offer('o', 'AU', '90.00', '10').bid('b', 'DE', '110.00', '10'),
    );
  });

  it('limit_below_reserve: the floor is met, the landed reserve is not', () => {
    const under = { duties: [{ origin: 'AU', rate: '0.1' }] };
    expectRefusal(
      aMarket().zone().floor('110.00', under).offer('o', 'AU', '90.00', '10').bid('b', 'DE', '120.99', '10'),
      'limit_below_reserve',
    );
    expectTrade(
      aMarket().zone().floor('110.00', under).offer('o', 'AU', '90.00', '10').bid('b', 'DE', '121.00', '10'),
    );
    expectRefusal(
      aMarket().offer('o', 'AU', '90.01', '10').bid('b', 'DE', '90.00', '10'),
      'limit_below_reserve',
    );
  });

  it('floor_not_defined: a product under a floor only, into a zone that has none', () => {
    const product = { floorRequired: true };
    expectRefusal(sale(aMarket(product).zone().offer('o', 'AU', '90.00', '10')), 'floor_not_defined');
    expectTrade(sale(aMarket(product).offer('o', 'AU', '90.00', '10')));
    expectTrade(sale(aMarket(product).zone().floor('80.00').offer('o', 'AU', '90.00', '10')));
  });

  it('certificate_missing: none, another site’s, only submitted, or revoked', () => {
    expectRefusal(sale(certified()), 'certificate_missing');
    expectRefusal(sale(certified().certificate('elsewhere')), 'certificate_missing');
    expectRefusal(sale(certified().certificate('o', { status: 'submitted' })), 'certificate_missing');
    expectRefusal(sale(certified().certificate('o', { status: 'revoked' })), 'certificate_missing');
    expectTrade(sale(certified().certificate('o')));
    expectTrade(
      aMarket().zone().scheme().rule().offer('o', 'AU', '90.00', '10').bid('b', 'CL', '100.00', '10'),
    );
  });

  it('certificate_scope: other stages or minerals than the product’s', () => {
    expectRefusal(sale(certified().certificate('o', { stages: ['mining'] })), 'certificate_scope');
    expectRefusal(sale(certified().certificate('o', { minerals: ['cobalt'] })), 'certificate_scope');
    const narrow = (changes: object) =>
      sale(aMarket().zone().scheme(changes).rule().offer('o', 'AU', '90.00', '10').certificate('o'));
    expectRefusal(narrow({ stages: ['mining'] }), 'certificate_scope');
    expectRefusal(narrow({ minerals: ['cobalt'] }), 'certificate_scope');
    expectTrade(narrow({ minerals: ['cobalt', 'ndpr'] }));
  });

  it('certificate_level: below the level in the scheme’s own order, or below the assurance', () => {
    expectRefusal(sale(certified().certificate('o', { level: '50' })), 'certificate_level');
    expectRefusal(sale(certified().certificate('o', { level: undefined })), 'certificate_level');
    expectTrade(sale(certified().certificate('o', { level: '75' })));
    // "100" sorts before "75" as text, but not in the scheme.
    expectTrade(sale(certified().certificate('o', { level: '100' })));
    const assured = (assurance: 'self' | 'second-party' | 'third-party') =>
      sale(
        aMarket()
          .zone()
          .scheme({ assurance })
          .rule({ minimumAssurance: 'second-party' })
          .offer('o', 'AU', '90.00', '10')
          .certificate('o'),
      );
    expectRefusal(assured('self'), 'certificate_level');
    expectTrade(assured('second-party'));
    expectTrade(assured('third-party'));
  });

  it('certificate_expired: the quarter does not begin inside the validity', () => {
    expectRefusal(sale(certified().certificate('o', { validTo: '2026-12-31' })), 'certificate_expired');
    expectRefusal(sale(certified().certificate('o', { validFrom: '2027-01-02' })), 'certificate_expired');
    expectTrade(sale(certified().certificate('o', { validFrom: '2027-01-01', validTo: '2027-01-01' })));
  });

  it('certificate_suspended: it would do, but is suspended', () => {
    expectRefusal(sale(certified().certificate('o', { status: 'suspended' })), 'certificate_suspended');
    // A suspended certificate that would not do anyway fails for its level.
    expectRefusal(
      sale(certified().certificate('o', { status: 'suspended', level: '50' })),
      'certificate_level',
    );
  });

  it('when any one topic fails, and not when one of its alternatives holds', () => {
    const topics = [
      { topic: 'mining', anyOf: [{ scheme: 'irma', level: '75' }, { scheme: 'tsm' }] },
      { topic: 'due diligence', anyOf: [{ scheme: 'rmap' }] },
    ];
    const schemes = () =>
      aMarket()
        .zone()
        .scheme()
        .scheme({ id: 'tsm', levels: [] })
        .scheme({ id: 'rmap', levels: [] })
        .rule({ topics })
        .offer('o', 'AU', '90.00', '10');
    expectRefusal(sale(schemes().certificate('o')), 'certificate_missing');
    expectTrade(
      sale(
        schemes()
          .certificate('o', { scheme: 'tsm', level: undefined })
          .certificate('o', { scheme: 'rmap', level: undefined }),
      ),
    );
  });

  it('when any of the bid’s own requirements fails, which the seller is not told', () => {
    const requires = [
      { scheme: 'irma', level: '50' },
      { scheme: 'irma', level: '100' },
    ];
    const market = (level: string) =>
      sale(aMarket().zone().scheme().offer('o', 'AU', '90.00', '10').certificate('o', { level }), {
        requires,
      });
    expectRefusal(market('75'), 'certificate_level');
    expectTrade(market('100'));
    const cleared = market('75').clear();
    expect(cleared.explanationOf('off', 'o')[0]!.nearMisses).toMatchObject([
      { code: 'certificate_level', wouldNeed: {} },
    ]);
    expect(cleared.explanationOf('bid', 'b')[0]!.nearMisses).toMatchObject([
      {
        code: 'certificate_level',
        wouldNeed: { certificates: [{ anyOf: [{ scheme: 'irma', level: '100' }] }] },
      },
    ]);
  });

  it('origin_barred, origin_excluded', () => {
    expectRefusal(
      sale(
        aMarket()
          .zone({ barredOrigins: ['CL'] })
          .offer('o', 'CL', '90.00', '10'),
      ),
      'origin_barred',
    );
    expectRefusal(
      sale(aMarket().offer('o', 'CL', '90.00', '10'), { excludedOrigins: ['CL'] }),
      'origin_excluded',
    );
    expectTrade(sale(aMarket().offer('o', 'AU', '90.00', '10'), { excludedOrigins: ['CL'] }));
  });

  it('purity_too_low: below the minimum, or not stated', () => {
    const pure = (purity?: string) =>
      sale(aMarket().offer('o', 'AU', '90.00', '10', purity === undefined ? {} : { purity }), {
        minimumPurity: '99.5',
      });
    expectRefusal(pure('99.49'), 'purity_too_low');
    expectRefusal(pure(), 'purity_too_low');
    expectTrade(pure('99.50'));
    expectTrade(pure('99.9'));
  });

  it('window_mismatch: no quarter in common, or it has begun at gate closure', () => {
    const market = aMarket()
      .offer('o', 'AU', '90.00', { '2027-Q1': '10' })
      .bid('b', 'DE', '100.00', { '2027-Q2': '10' });
    expectRefusal(market, 'window_mismatch');
    expectRefusal(
      aMarket().offer('o', 'AU', '90.00', { '2026-Q4': '10' }).bid('b', 'DE', '100.00', { '2026-Q4': '10' }),
      'window_mismatch',
    );
  });

  it('related_party: one organisation, or one group', () => {
    const group = 'group-x';
    expectRefusal(sale(aMarket().offer('o', 'AU', '90.00', '10', { group }), { group }), 'related_party');
    expectTrade(sale(aMarket().offer('o', 'AU', '90.00', '10', { group })));
  });

  it('price_terms_mismatch: another kind or reference, or no price for the destination', () => {
    const indexed = (reference: string) => ({ priceTerms: { kind: 'indexed', reference } }) as const;
    const market = (offer: object, bid: object) =>
      sale(aMarket().reference('a', '95').reference('b', '95').offer('o', 'AU', '90.00', '10', offer), bid);
    expectRefusal(market(indexed('a'), {}), 'price_terms_mismatch');
    expectRefusal(market(indexed('a'), indexed('b')), 'price_terms_mismatch');
    expectTrade(market(indexed('a'), indexed('a')));
    expectTrade(market({ priceTerms: { kind: 'fixed' } }, {}));
    expectRefusal(market({ destinations: ['US', 'JP'] }, {}), 'price_terms_mismatch');
    expectTrade(market({ destinations: ['US', 'DE'] }, {}));
  });

  it('price_terms_mismatch: a cap above the bid’s, or below a floor that binds the price', () => {
    const capped = (cap?: string) => ({
      priceTerms: { kind: 'indexed' as const, reference: 'a', ...(cap !== undefined && { cap: price(cap) }) },
    });
    const market = (offer: object, bid: object, floor?: Parameters<MarketBuilder['floor']>) => {
      const begun = aMarket().reference('a', '95').zone();
      if (floor !== undefined) begun.floor(...floor);
      return sale(begun.offer('o', 'AU', '90.00', '10', offer), bid);
    };
    expectTrade(market(capped('100.00'), capped('100.00')));
    expectTrade(market(capped('100.00'), capped()));
    expectRefusal(market(capped('100.01'), capped('100.00')), 'price_terms_mismatch');
    expectRefusal(market(capped(), capped('500.00')), 'price_terms_mismatch');
    expectTrade(market(capped('92.00'), capped(), ['92.00']));
    expectRefusal(market(capped('91.99'), capped(), ['92.00']), 'price_terms_mismatch');
    const imported = aMarket().reference('a', '95').zone().floor('92.00');
    expectTrade(sale(imported.offer('o', 'CL', '90.00', '10', capped('91.00')), capped()));
  });

  it('reference_unavailable: indexed alike, but there is no reference price of the day', () => {
    const terms = { priceTerms: { kind: 'indexed', reference: 'a' } } as const;
    const market = (begun: MarketBuilder) => sale(begun.offer('o', 'AU', '90.00', '10', terms), terms);
    expectRefusal(market(aMarket().reference('a', undefined)), 'reference_unavailable');
    expectRefusal(market(aMarket()), 'reference_unavailable');
    expectTrade(market(aMarket().reference('a', '95')));
    expectTrade(sale(aMarket().reference('a', undefined).offer('o', 'AU', '90.00', '10')));
  });

  it('price_terms_mismatch: says in words that the destination is at fault, to each side of its own terms', () => {
    const cleared = sale(aMarket().offer('o', 'AU', '90.00', '10', { destinations: ['US', 'JP'] })).clear();
    const words = (of: { binding: unknown; nearMisses: readonly { wouldNeed: unknown }[] }) =>
      JSON.stringify([of.binding, of.nearMisses.map(({ wouldNeed }) => wouldNeed)]);
    const [offer, bid] = [cleared.explanationOf('off', 'o')[0]!, cleared.explanationOf('bid', 'b')[0]!];
    expect(offer).toMatchObject({
      binding: [
        {
          code: 'price_terms_mismatch',
          detail: 'The offer does not deliver to where there is demand: it delivers to US, JP only.',
        },
      ],
      nearMisses: [
        {
          code: 'price_terms_mismatch',
          wouldNeed: { delivery: 'Delivery to more destinations than US, JP.' },
        },
      ],
    });
    expect(bid).toMatchObject({
      binding: [{ code: 'price_terms_mismatch', detail: 'There is supply, but it does not deliver to DE.' }],
      nearMisses: [
        { code: 'price_terms_mismatch', wouldNeed: { delivery: 'An offer that delivers to DE.' } },
      ],
    });
    expect(words(offer)).not.toMatch(/\bDE\b/);
    expect(words(bid)).not.toMatch(/\b(US|JP)\b/);
    const terms = { priceTerms: { kind: 'indexed', reference: 'a' } } as const;
    const otherTerms = sale(aMarket().offer('o', 'AU', '90.00', '10', terms)).clear();
    for (const side of [otherTerms.explanationOf('off', 'o'), otherTerms.explanationOf('bid', 'b')]) {
      expect(side[0]!.binding[0]!.detail).not.toContain('deliver');
      expect(side[0]!.nearMisses).toEqual([
        { code: 'price_terms_mismatch', quantity: expect.anything() as object, wouldNeed: {} },
      ]);
    }
  });

  it('site_unverified: in a zone of verified sites only', () => {
    const offer = (market: MarketBuilder) => market.offer('o', 'AU', '90.00', '10', { verified: false });
    expectRefusal(sale(offer(aMarket().zone({ verifiedSitesOnly: true }))), 'site_unverified');
    expectTrade(sale(offer(aMarket().zone())));
  });

  it('consumption_not_declared: an outside origin into a zone that caps single origins', () => {
    const zone = () => aMarket().zone({ maxOriginShare: '0.65' });
    expectRefusal(sale(zone().offer('o', 'CL', '90.00', '10')), 'consumption_not_declared');
    expectTrade(sale(zone().offer('o', 'AU', '90.00', '10')));
    expectTrade(sale(zone().offer('o', 'CL', '90.00', '10')).consumption('2027-Q1', '1000'));
  });

  it('concentration_limit: a cap below one lot, or used up by earlier contracts', () => {
    const bid = { maxOriginShare: '0.09' };
    expectRefusal(sale(aMarket().offer('o', 'CL', '90.00', '10'), bid), 'concentration_limit');
    expectRefusal(
      sale(aMarket().offer('o', 'CL', '90.00', '10'), {
        maxOriginShare: '0.5',
        requested: [{ quarter: '2027-Q1', quantity: kg('20') }],
        contractedByOrigin: [{ origin: 'CL', quarter: '2027-Q1', quantity: kg('10') }],
      }),
      'concentration_limit',
    );
  });

  it('out: an order whose validity has ended at gate closure', () => {
    const until = (validUntil: string) => sale(aMarket().offer('o', 'AU', '90.00', '10', { validUntil }));
    expect(until('2026-11-22T12:00:00.000Z').clear().trades()).toEqual({});
    expectTrade(until('2026-11-22T12:00:00.001Z'));
  });

  it('on rounded prices: an ask in other units rounds up to the tick, a limit down', () => {
    const perPound = (amount: string) => ({ ...price(amount), per: 'lb' }) as const;
    const market = aMarket()
      .offer('o', 'AU', '1.00', '10', { price: perPound('40.82') })
      .bid('b', 'DE', '1.00', '10', { price: perPound('45.36') });
    // 40.82 USD/lb is 89.9927… USD/kg, 45.36 is 100.0016….
    expect(market.clear().award('o', 'b')!.schedule[0]).toMatchObject({
      waterfall: { ask: 9000n },
      interval: { low: 9000n, high: 10000n },
    });
  });
});

describe('under a renewal covenant', () => {
  const quarters = { '2027-Q1': '10', '2027-Q2': '10', '2027-Q3': '10' };
  const market = (renewalCovenant: boolean, windows: { offer?: object; validTo?: string } = {}) =>
    aMarket()
      .zone()
      .scheme()
      .rule({ renewalCovenant })
      .offer('o', 'AU', '90.00', (windows.offer ?? quarters) as Record<string, string>)
      .certificate('o', { validTo: windows.validTo ?? '2027-01-31' })
      .bid('b', 'DE', '100.00', quarters)
      .clear();

  it('a certificate valid at the first quarter carries the later ones; without it, only its own', () => {
    expect(
      market(false)
        .award('o', 'b')!
        .schedule.map(({ quarter }) => quarter),
    ).toEqual(['2027-Q1']);
    expect(
      market(true)
        .award('o', 'b')!
        .schedule.map(({ quarter }) => quarter),
    ).toEqual(Object.keys(quarters));
    expect(market(true).award('o', 'b')!.certificates).toMatchObject([
      { scheme: 'irma', validTo: '2027-01-31' },
    ]);
  });

  it('no contract begins after the certificate has ended', () => {
    const late = market(true, { offer: { '2027-Q2': '10', '2027-Q3': '10' } });
    expect(late.trades()).toEqual({});
    expect(late.binding('off', 'o')).toEqual(['certificate_expired']);
  });

  it('nor where competition kept the pair apart in its first quarter', () => {
    const cleared = aMarket()
      .zone()
      .scheme()
      .rule({ renewalCovenant: true })
      .offer('o', 'AU', '90.00', quarters)
      .certificate('o', { validTo: '2027-01-31' })
      .offer('cheap', 'AU', '80.00', { '2027-Q1': '10' })
      .certificate('cheap')
      .bid('b', 'DE', '100.00', quarters)
      .clear();
    expect(cleared.trades()).toEqual({ 'cheap→b': 10 });
    expect(cleared.explanationOf('off', 'o').map(({ binding }) => binding.map(({ code }) => code))).toEqual([
      ['out_of_competition'],
      ['certificate_expired'],
      ['certificate_expired'],
    ]);
  });
});
