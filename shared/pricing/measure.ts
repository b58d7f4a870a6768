import * as z from 'zod';
import type { Decimal } from '../kernel/decimal.ts';
import { tenTo } from '../kernel/decimal.ts';
import { canonicalJson, sha256 } from '../kernel/digest.ts';
import type { Price } from '../kernel/money.ts';
import { digitsOf } from '../kernel/money.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { addDays } from '../kernel/time.ts';
import { ofBillionths } from './billionths.ts';
import type { Fixing, PricePoint, ReferenceSeries, Window } from './reference-price.ts';
import { pricePointTermsSchema } from './reference-price.ts';
import type { Weighed } from './weighing.ts';
import { quantityOfAll, weigh, weightedMean, weightedMedian } from './weighing.ts';

/** A series with the points on record that its window may hold. */
export interface Evidence {
  readonly series: ReferenceSeries;
  readonly points: readonly PricePoint[];
}

/** Why no figure is made of a series' points. */
export const shortfallCodes = [
  'no_points',
  'too_few_firms',
  'one_firm_dominates',
  'stale',
  'other_unit',
  'window_open',
] as const;

export interface Shortfall {
  readonly series: string;
  readonly code: (typeof shortfallCodes)[number];
  readonly detail: string;
}

/** The group of related firms that a firm belongs to: these count as one. */
export type GroupOf = (firm: string) => string;

export interface Measured extends Pick<Fixing, 'points' | 'firms' | 'pointsDigest' | 'leftOut'> {
  readonly price: Price;
}

/** SHA-256 of the points in order of id, each as it was recorded: its id, date, firm, price and quantity. */
const pointsDigestOf = (points: readonly PricePoint[]): string =>
  sha256(
    canonicalJson(
      [...points]
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, date, firm, price, quantity }) => [
          id,
          z.encode(pricePointTermsSchema, { date, firm, price, quantity }),
        ]),
    ),
  );

/**
 * The volume-weighted mean price of a window, of points recorded by an instant and not corrected by then, under the
 * series' own guards: outliers against the volume-weighted median are left out first, and what is left must come from
 * enough independent firms, none too large, and be recent enough.
 */
export function measure(
  { series, points }: Evidence,
  window: Window,
  groupOf: GroupOf,
  at: Instant,
): Result<Measured, Shortfall> {
  const short = (code: Shortfall['code'], detail: string) => fail({ series: series.id, code, detail });
  const inWindow = points.filter(
    ({ date, recordedAt }) => window.from <= date && date <= window.to && recordedAt <= at,
  );
  const isReplaced = ({ replacedAt }: PricePoint): boolean => replacedAt !== undefined && replacedAt <= at;
  const standing = inWindow.filter((point) => !isReplaced(point)).map(weigh);
  if (standing.length === 0) return short('no_points', 'No point of this window is on record.');
  const median = weightedMedian(standing);
  const isOutlier = ({ price }: Weighed): boolean => liesBeyond(price, median, series.outlierShare);
  const used = standing.filter((point) => !isOutlier(point));

  const byGroup = Map.groupBy(used, ({ point }) => groupOf(point.firm));
  if (byGroup.size < series.minimumFirms)
    return short(
      'too_few_firms',
      `Points of ${byGroup.size} independent ${byGroup.size === 1 ? 'firm' : 'firms'} where ${series.minimumFirms} are needed.`,
    );
  const largest = [...byGroup.values()]
    .map(quantityOfAll)
    .reduce((most, each) => (each > most ? each : most));
  if (series.maximumFirmShare !== undefined && exceeds(largest, quantityOfAll(used), series.maximumFirmShare))
    return short('one_firm_dominates', 'One firm with its related firms holds too much of the quantity.');
  const newest = used
    .map(({ point }) => point.date)
    .reduce((latest, date) => (date > latest ? date : latest));
  if (addDays(newest, series.staleAfterDays) < window.to)
    return short(
      'stale',
      `The newest point is of ${newest}, more than ${series.staleAfterDays} days before.`,
    );

  return ok({
    price: {
      amount: ofBillionths(weightedMean(used), digitsOf(series.currency)),
      currency: series.currency,
      per: series.per,
    },
    points: used.length,
    firms: byGroup.size,
    pointsDigest: pointsDigestOf(used.map(({ point }) => point)),
    leftOut: [
      ...inWindow.filter(isReplaced).map((point) => ({ point: point.id, code: 'replaced' as const })),
      ...standing.filter(isOutlier).map(({ point }) => ({ point: point.id, code: 'outlier' as const })),
    ].sort((a, b) => (a.point < b.point ? -1 : 1)),
  });
}

const exceeds = (part: bigint, whole: bigint, share: Decimal): boolean =>
  part * tenTo(share.scale) > whole * share.units;

const liesBeyond = (price: bigint, median: bigint, share: Decimal): boolean =>
  exceeds(price > median ? price - median : median - price, median, share);
