import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import type { Instant } from '../../kernel/time.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import type { FixingFigure, Held } from '../../pricing/fixing.ts';
import { fixingOf, held, windowOfDay } from '../../pricing/fixing.ts';
import type { Evidence } from '../../pricing/measure.ts';
import type { Fixing, ReferenceSeries, Window } from '../../pricing/reference-price.ts';
import { fixingSchema } from '../../pricing/reference-price.ts';
import { groupOf } from '../../reference/organisation.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import { sealConfiguration } from '../reference/configuration.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { readBody } from '../table/item-body.ts';
import { pointsOfWindow } from './price-points.ts';
import { versionAt } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

export const readFixing = (item: Item): Fixing => readBody(fixingSchema, item);

/**
 * What the reference price of a window is by what was on record at an instant. Writes nothing; may still change for
 * that instant until it is frozen. `undefined` if there was no such series then. Errors: reference_unavailable.
 */
export async function readFigure(
  table: Table,
  id: string,
  window: Window,
  at: Instant,
): Promise<Result<FixingFigure, Held> | undefined> {
  const series = await versionAt(table, 'reference-price', id, at);
  if (series === undefined) return undefined;
  const [product, earlier, primary, ...fallbacks] = await Promise.all([
    versionAt(table, 'product', series.product, at),
    series.lastGoodDays === 0 ? [] : fixingsBefore(table, series, window, at),
    evidenceOf(table, series, window),
    ...(series.fallbacks ?? []).map(async (fallback) => {
      const version = await versionAt(table, 'reference-price', fallback, at);
      return version && evidenceOf(table, version, window);
    }),
  ]);
  const known = fallbacks.filter((fallback) => fallback !== undefined);
  const groups = await groupsAt(table, [primary, ...known], at);
  return fixingOf({
    ...{ primary, fallbacks: known, window, earlier, at },
    groupOf: (firm) => groups.get(firm) ?? firm,
    containedFactor: product?.containedFactor,
  });
}

const evidenceOf = async (table: Table, series: ReferenceSeries, window: Window): Promise<Evidence> => ({
  series,
  points: await pointsOfWindow(table, series.id, window),
});

async function groupsAt(
  table: Table,
  evidence: readonly Evidence[],
  at: Instant,
): Promise<ReadonlyMap<string, string>> {
  const firms = [...new Set(evidence.flatMap(({ points }) => points.map(({ firm }) => firm)))];
  const groups = await Promise.all(
    firms.map(async (firm) => groupOf(firm, await versionAt(table, 'organisation', firm, at))),
  );
  return new Map(firms.map((firm, index) => [firm, groups[index] ?? firm]));
}

/** What was frozen by an instant of windows that ended before this one does, as far back as one may still be good. */
async function fixingsBefore(
  table: Table,
  series: ReferenceSeries,
  window: Window,
  at: Instant,
): Promise<Fixing[]> {
  const items = await table.query(keys.fixing(series.id, window, 1).pk, {
    after: addDays(window.to, -series.lastGoodDays),
  });
  return items.map(readFixing).filter(({ window: { to }, fixedAt }) => to < window.to && fixedAt <= at);
}

/** The frozen versions of one window, oldest first. */
export async function fixingsOfWindow(table: Table, series: string, window: Window): Promise<Fixing[]> {
  const { pk, sk } = keys.fixing(series, window, 1);
  const items = await table.query(pk, { prefix: sk.slice(0, sk.lastIndexOf('#') + 1) });
  return items.map(readFixing);
}

/** All that was frozen of a series, by window and version. */
export async function listFixings(table: Table, series: string, page: PageRequest): Promise<Page<Fixing>> {
  const items = await table.query(keys.fixing(series, { from: '', to: '' }, 1).pk, {
    ...(page.after === undefined ? {} : { after: page.after }),
    limit: page.limit + 1,
  });
  const shown = items.slice(0, page.limit);
  const next = items.length > shown.length ? String(shown.at(-1)?.['sk']) : null;
  return { items: shown.map(readFixing), next };
}

/** What makes two figures the same: everything but when each was fixed. */
const saysOf = (fixing: FixingFigure): string => {
  const { price, seriesVersion, pointsDigest, basis } = z.encode(fixingSchema, { ...fixing, version: 1 });
  return canonicalJson([price, seriesVersion, pointsDigest, basis]);
};

/**
 * Freezes the reference price of a window that is over (or ends today) for a use, by what is on record at `at`: from
 * then on nothing is recorded at or before it. The same figure keeps its version; another one, from points that came
 * in or were corrected later, gets the next. What was frozen never changes. `undefined` without such a series.
 * Errors: reference_unavailable.
 */
export async function freezeFixing(
  table: Table,
  id: string,
  window: Window,
  at: Instant,
): Promise<Result<Fixing, Held> | undefined> {
  if (window.to > dateOf(at))
    return fail(
      held(id, window, [{ series: id, code: 'window_open', detail: 'The window has not ended yet.' }]),
    );
  await sealConfiguration(table, at);
  for (let attempt = 1; ; attempt += 1) {
    // Read before the figure: what is carried over rests on what was frozen before, and a figure frozen meanwhile might
    // be the better one to carry, though it says an earlier time.
    const count = await countOf(table, id);
    const figure = await readFigure(table, id, window, at);
    if (figure?.ok !== true) return figure;
    const frozen = await fixingsOfWindow(table, id, window);
    const same = frozen.findLast((fixing) => saysOf(fixing) === saysOf(figure.value));
    if (same !== undefined) return ok(same);
    const fixing: Fixing = { ...figure.value, version: (frozen.at(-1)?.version ?? 0) + 1 };
    // The count says that nobody has frozen anything of the series meanwhile, so this version neither.
    const outcome = await table.transact([
      {
        name: 'fixing',
        put: {
          ...keys.fixing(id, window, fixing.version),
          ...{ type: 'fixing', number: count + 1 },
          body: z.encode(fixingSchema, fixing),
        },
      },
      {
        name: 'fixingCount',
        put: { ...keys.fixingCount(id), type: 'fixing count', count: count + 1 },
        conditions: [count === 0 ? doesNotExist : countIs(count)],
      },
    ]);
    if (outcome.done) return ok(fixing);
    await table.backOff(Math.min(attempt, 6));
  }
}

async function countOf(table: Table, series: string): Promise<number> {
  const item = await table.get(keys.fixingCount(series));
  return item === undefined ? 0 : Number(item['count']);
}

const countIs = (count: number): Clause => ({
  name: 'countIs',
  expression: '#count = :count',
  names: { '#count': 'count' },
  values: { ':count': count },
});

/**
 * The reference of the day of an instant: the window that the series of then gives that day, read or frozen.
 * `undefined` if there was no such series. Errors: reference_unavailable.
 */
export async function referenceOfDay<F extends FixingFigure>(
  table: Table,
  id: string,
  at: Instant,
  by: (table: Table, id: string, window: Window, at: Instant) => Promise<Result<F, Held> | undefined>,
): Promise<Result<F, Held> | undefined> {
  const series = await versionAt(table, 'reference-price', id, at);
  return series && by(table, id, windowOfDay(series, dateOf(at)), at);
}
