import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { FixingRequest } from '../../../shared/pricing/fixing.ts';
import { fixingOf, windowOfDay } from '../../../shared/pricing/fixing.ts';
import type { Fixing } from '../../../shared/pricing/reference-price.ts';
import {
  afterwards,
  aSeries,
  pointsAt,
  recordedAt,
  septemberWindow,
} from '../../support/reference-prices.ts';

const even = ['80', '81', '82', '83', '84'].map((price) => [price, '100'] as const);

const request = (changes: Partial<FixingRequest> = {}): FixingRequest => ({
  primary: { series: aSeries(), points: pointsAt(even) },
  fallbacks: [],
  window: septemberWindow,
  groupOf: (firm) => firm,
  earlier: [],
  at: afterwards,
  ...changes,
});

const reasonsOf = (changes: Partial<FixingRequest>): string[] => {
  const outcome = fixingOf(request(changes));
  return outcome.ok ? [] : outcome.problem.reasons.map((reason) => `${reason.series}: ${reason.code}`);
};
const figureOf = (changes: Partial<FixingRequest> = {}) => {
  const outcome = fixingOf(request(changes));
  if (!outcome.ok) throw new Error(outcome.problem.detail);
  return outcome.value;
};
const amountOf = (changes: Partial<FixingRequest> = {}): string =>
  formatDecimal(figureOf(changes).price.amount);
const ofPoints = (...args: Parameters<typeof pointsAt>): Partial<FixingRequest> => ({
  primary: { series: aSeries(), points: pointsAt(...args) },
});

describe('a reference price', () => {
  it('weighs each point by its quantity', () => {
    expect(amountOf()).toBe('82.00');
    expect(
      amountOf(
        ofPoints([
          ['80', '900'],
          ['81', '25'],
          ['82', '25'],
          ['83', '25'],
          ['84', '25'],
        ]),
      ),
    ).toBe('80.25');
  });

  it('is rounded half to even at the ninth digit', () => {
    expect(amountOf(ofPoints([...even.slice(0, 4), ['85', '200']]))).toBe('82.666666667');
  });

  it('follows the tonnes where a few small lots sell far higher (dysprosium in Europe, 2025)', () => {
    const dysprosium = ofPoints([
      ['224', '50000'],
      ['223', '30000'],
      ['225', '16000'],
      ['233', '3000'],
      ['232', '900'],
      ['800', '60'],
      ['1100', '40'],
    ]);
    expect(Number(amountOf(dysprosium))).toBeCloseTo(224.2, 0);
    expect(figureOf(dysprosium)).toMatchObject({ points: 5, firms: 5 });
    expect(figureOf(dysprosium).leftOut.map(({ code }) => code)).toEqual(['outlier', 'outlier']);
  });

  it('is held with points of four firms, however many they are', () => {
    expect(reasonsOf(ofPoints(even.slice(0, 4)))).toEqual(['ndpr-europe: too_few_firms']);
    expect(reasonsOf(ofPoints([...even, ...even], (index) => ({ firm: `firm-${index % 4}` })))).toEqual([
      'ndpr-europe: too_few_firms',
    ]);
  });

  it('counts related firms as one', () => {
    const groupOf = (firm: string): string => (firm === 'firm-3' || firm === 'firm-4' ? 'group' : firm);
    expect(reasonsOf({ groupOf })).toEqual(['ndpr-europe: too_few_firms']);
  });

  it('does not count an outlier among the firms', () => {
    const tenfold = ofPoints([...even.slice(0, 4), ['840', '100']]);
    expect(reasonsOf(tenfold)).toEqual(['ndpr-europe: too_few_firms']);
  });

  it('takes a point that lies just as far as outliers may', () => {
    const series = aSeries({ outlierShare: '0.5' });
    const figures = [
      ['100', '500'],
      ['100', '1'],
      ['100', '1'],
      ['100', '1'],
      ['150', '1'],
    ] as const;
    expect(figureOf({ primary: { series, points: pointsAt(figures) } }).points).toBe(5);
    const beyond = pointsAt([...figures.slice(0, 4), ['150.000000001', '1']]);
    expect(reasonsOf({ primary: { series, points: beyond } })).toEqual(['ndpr-europe: too_few_firms']);
  });

  it('is held where one firm with its related firms holds too much of it', () => {
    const series = aSeries({ maximumFirmShare: '0.6' });
    const points = pointsAt([...even.slice(0, 4), ['84', '601']]);
    expect(reasonsOf({ primary: { series, points } })).toEqual(['ndpr-europe: one_firm_dominates']);
    const just = pointsAt([...even.slice(0, 4), ['84', '600']]);
    expect(reasonsOf({ primary: { series, points: just } })).toEqual([]);
  });

  it('is held when its newest point is too old for the end of the window', () => {
    const stale = { primary: { series: aSeries({ staleAfterDays: 14 }), points: pointsAt(even) } };
    expect(reasonsOf(stale)).toEqual(['ndpr-europe: stale']);
    const fresh = { primary: { series: aSeries({ staleAfterDays: 15 }), points: pointsAt(even) } };
    expect(reasonsOf(fresh)).toEqual([]);
  });

  it('takes only points of its window, on record by then, and not corrected', () => {
    expect(reasonsOf({ window: { from: '2026-09-16', to: '2026-09-30' } })).toEqual([
      'ndpr-europe: no_points',
    ]);
    expect(reasonsOf({ at: '2026-10-01T00:00:00.000Z' })).toEqual(['ndpr-europe: no_points']);
    const corrected = ofPoints([...even, ['90', '100']], (index) =>
      index === 4 ? { replacedBy: `pnt_${'5'.padStart(26, '0')}`, replacedAt: recordedAt } : {},
    );
    expect(amountOf(corrected)).toBe('83.20');
    expect(figureOf(corrected).leftOut).toEqual([
      { point: `pnt_${'4'.padStart(26, '0')}`, code: 'replaced' },
    ]);
  });

  it('stays what it was at an instant, whatever is recorded or corrected later', () => {
    const before = figureOf();
    const later = ofPoints([...even, ['100', '900']], (index) =>
      index === 5
        ? { recordedAt: '2026-10-06T00:00:00.000Z' }
        : index === 0
          ? { replacedBy: `pnt_${'5'.padStart(26, '0')}`, replacedAt: '2026-10-06T00:00:00.000Z' }
          : {},
    );
    expect(figureOf(later)).toEqual(before);
  });
});

describe('the ladder of fallbacks', () => {
  const thin = { series: aSeries({ lastGoodDays: 40 }), points: pointsAt(even.slice(0, 3)) };
  const inPounds = {
    series: aSeries({ id: 'ndpr-us', per: 'lb', version: 3 }),
    points: pointsAt(even, () => ({ price: { amount: '45.359237', currency: 'USD', per: 'lb' } })),
  };
  const august: Fixing = {
    ...figureOf({
      primary: { series: aSeries(), points: pointsAt(even, () => ({ date: '2026-08-20' })) },
      window: { from: '2026-08-01', to: '2026-08-31' },
    }),
    version: 2,
  };

  it('goes to the first series whose own guards pass, in the unit of the one it stands in for', () => {
    const alsoThin = { series: aSeries({ id: 'thin-too' }), points: pointsAt(even.slice(0, 2)) };
    const figure = figureOf({ primary: thin, fallbacks: [alsoThin, inPounds] });
    expect(figure).toMatchObject({
      series: 'ndpr-europe',
      price: { currency: 'USD', per: 'kg' },
      basis: { kind: 'fallback', series: 'ndpr-us', seriesVersion: 3 },
    });
    expect(formatDecimal(figure.price.amount)).toBe('100.00');
  });

  it('does not convert between currencies, nor product mass to contained mass without a factor', () => {
    const euro = { series: aSeries({ id: 'euro', currency: 'EUR' }), points: pointsAt(even) };
    const contained = { series: aSeries({ id: 'mtu', per: 'mtu' }), points: pointsAt(even) };
    expect(reasonsOf({ primary: thin, fallbacks: [euro, contained] })).toEqual([
      'ndpr-europe: too_few_firms',
      'euro: other_unit',
      'mtu: other_unit',
    ]);
  });

  it('ends at the last good figure, while it is young enough', () => {
    const figure = figureOf({ primary: thin, earlier: [{ ...august, version: 1 }, august] });
    expect(figure.basis).toEqual({ kind: 'last-good', window: august.window, version: 2 });
    expect(figure.price).toEqual(august.price);
    expect(figure.window).toEqual(septemberWindow);
    expect(figure).not.toHaveProperty('version');
    const shorter = { ...thin, series: aSeries({ lastGoodDays: 29 }) };
    expect(reasonsOf({ primary: shorter, earlier: [august] })).toEqual(['ndpr-europe: too_few_firms']);
    const justEnough = { ...thin, series: aSeries({ lastGoodDays: 30 }) };
    expect(reasonsOf({ primary: justEnough, earlier: [august] })).toEqual([]);
  });

  it('never carries on what was carried over', () => {
    const carried: Fixing = { ...august, basis: { kind: 'last-good', window: august.window, version: 1 } };
    expect(reasonsOf({ primary: thin, earlier: [carried] })).toEqual(['ndpr-europe: too_few_firms']);
  });

  it('does not fall back on a figure of the same window that better evidence has undone', () => {
    const same: Fixing = { ...figureOf(), version: 1 };
    expect(reasonsOf({ primary: thin, earlier: [same] })).toEqual(['ndpr-europe: too_few_firms']);
  });

  it('says of every rung why it gave nothing', () => {
    const outcome = fixingOf(request({ primary: { series: aSeries(), points: [] } }));
    expect(outcome).toMatchObject({
      ok: false,
      problem: { code: 'reference_unavailable', reasons: [{ code: 'no_points' }] },
    });
  });
});

describe('the window of a day', () => {
  it('ends on that day', () => {
    expect(windowOfDay({ windowDays: 30 }, '2026-11-23')).toEqual({ from: '2026-10-25', to: '2026-11-23' });
    expect(windowOfDay({ windowDays: 1 }, '2026-11-23')).toEqual({ from: '2026-11-23', to: '2026-11-23' });
  });
});
