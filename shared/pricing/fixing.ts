import type { Decimal } from '../kernel/decimal.ts';
import type { Problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { CalendarDate, Instant } from '../kernel/time.ts';
import { addDays } from '../kernel/time.ts';
import { pricePer } from './billionths.ts';
import type { Evidence, GroupOf, Measured, Shortfall } from './measure.ts';
import { measure } from './measure.ts';
import type { Fixing, ReferenceSeries, Window } from './reference-price.ts';

/** A figure before it is frozen: only then does it get a version. */
export type FixingFigure = Omit<Fixing, 'version'>;

export interface FixingRequest {
  readonly primary: Evidence;
  /** In the order in which the series names them. */
  readonly fallbacks: readonly Evidence[];
  readonly window: Window;
  readonly groupOf: GroupOf;
  /** Contained mass ÷ product mass, for a fallback in another unit. */
  readonly containedFactor?: Decimal | undefined;
  /** What was frozen of the primary series before, for the last rung of the ladder. */
  readonly earlier: readonly Fixing[];
  /** Points recorded later do not count. */
  readonly at: Instant;
}

/** That there is no figure, and why each rung of the ladder gave none. */
export interface Held extends Problem {
  readonly code: 'reference_unavailable';
  readonly reasons: readonly Shortfall[];
}

export const held = (series: string, window: Window, reasons: readonly Shortfall[]): Held => ({
  code: 'reference_unavailable',
  detail:
    `There is no reference price of ${series} from ${window.from} to ${window.to}: ` +
    reasons.map((reason) => `${reason.series}: ${reason.detail}`).join(' '),
  reasons,
});

/**
 * The reference price of a window: of the series itself; where its guards do not pass, of the first fallback that
 * passes its own; else the last good figure if it is young enough; else none. Nothing is interpolated or carried
 * further. Errors: reference_unavailable.
 */
export function fixingOf(request: FixingRequest): Result<FixingFigure, Held> {
  const { primary, fallbacks, window, groupOf, at } = request;
  const { series } = primary;
  const figure = (measured: Measured, basis: Fixing['basis']): FixingFigure => ({
    ...{ series: series.id, seriesVersion: series.version, window },
    ...{ price: measured.price, points: measured.points, firms: measured.firms },
    ...{ pointsDigest: measured.pointsDigest, leftOut: measured.leftOut },
    ...{ basis, fixedAt: at },
  });
  const own = measure(primary, window, groupOf, at);
  if (own.ok) return ok(figure(own.value, { kind: 'primary' }));
  const reasons: Shortfall[] = [own.problem];
  for (const fallback of fallbacks) {
    const measured = measuredFor(series, fallback, request);
    if (measured.ok)
      return ok(
        figure(measured.value, {
          kind: 'fallback',
          series: fallback.series.id,
          seriesVersion: fallback.series.version,
        }),
      );
    reasons.push(measured.problem);
  }
  const last = lastGood(request.earlier, window, series.lastGoodDays);
  return last === undefined
    ? fail(held(series.id, window, reasons))
    : ok({
        ...figure(last, { kind: 'last-good', window: last.window, version: last.version }),
        seriesVersion: last.seriesVersion,
      });
}

/** A fallback's figure in the unit and currency of the series it stands in for. */
function measuredFor(
  series: ReferenceSeries,
  fallback: Evidence,
  { window, groupOf, at, containedFactor }: FixingRequest,
): Result<Measured, Shortfall> {
  const measured = measure(fallback, window, groupOf, at);
  if (!measured.ok) return measured;
  const price =
    fallback.series.currency === series.currency
      ? pricePer(measured.value.price, series.per, containedFactor)
      : undefined;
  return price === undefined
    ? fail({
        series: fallback.series.id,
        code: 'other_unit',
        detail: `It is stated in ${fallback.series.currency} per ${fallback.series.per}, which cannot be converted.`,
      })
    : ok({ ...measured.value, price });
}

/**
 * The last figure made of points whose window ended before this one does, at most so many days before. What itself was
 * carried over is not carried further; of several versions the newest counts.
 */
function lastGood(earlier: readonly Fixing[], window: Window, days: number): Fixing | undefined {
  const isLater = (a: Fixing, b: Fixing): boolean =>
    a.window.to === b.window.to ? a.version > b.version : a.window.to > b.window.to;
  return earlier
    .filter(({ basis }) => basis.kind !== 'last-good')
    .filter(({ window: { to } }) => to < window.to && addDays(to, days) >= window.to)
    .reduce<Fixing | undefined>(
      (best, each) => (best === undefined || isLater(each, best) ? each : best),
      undefined,
    );
}

/** The window of the reference of a day: so many days, up to and including it. */
export const windowOfDay = (series: Pick<ReferenceSeries, 'windowDays'>, day: CalendarDate): Window => ({
  from: addDays(day, 1 - series.windowDays),
  to: day,
});
