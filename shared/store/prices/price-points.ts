import * as z from 'zod';
import { idPrefixes } from '../../kernel/ids.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { FieldError } from '../../kernel/problem.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import { pricePer, quantityIn } from '../../pricing/billionths.ts';
import type { PricePoint, PricePointTerms, ReferenceSeries, Window } from '../../pricing/reference-price.ts';
import { maximumPoints, pricePointSchema } from '../../pricing/reference-price.ts';
import { suspectedUnit } from '../../pricing/suspected-unit.ts';
import type { Product } from '../../reference/product.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import { doesNotExist } from '../table/condition.ts';
import { authorUnder, configurationMoves, readGuard } from '../reference/configuration.ts';
import type { Plan } from '../table/effect.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { readBody } from '../table/item-body.ts';
import { readAll, readProduct } from '../reference/reference.ts';
import { proposeChange } from '../reference/changes.ts';
import type { Put } from '../table/put.ts';
import { noSuchSeries, readSeries } from './reference-prices.ts';
import type { Table } from '../table/table.ts';

export interface PointWarning {
  readonly index: number;
  readonly code: 'suspected_unit';
  readonly detail: string;
}

/** The points as recorded, in the order in which they were sent, and what is to be looked at again. */
export interface RecordedPoints {
  readonly points: readonly PricePoint[];
  readonly warnings: readonly PointWarning[];
}

type Proposed = Extract<Put<never>, { outcome: 'proposed' }>;

/** A point's id begins with its date, so that ids are in order of date and a point is found by its id. */
const pointId = (date: CalendarDate, act: Act): string =>
  `${idPrefixes.point}_${compact(date)}${act.newId('point').slice(idPrefixes.point.length + 1)}`;
const compact = (date: CalendarDate): string => date.replaceAll('-', '');

/** A point as stored, with what has become of it. */
export const readPoint = (item: Item): PricePoint => ({
  ...readBody(pricePointSchema, item),
  ...(typeof item['replacedBy'] === 'string'
    ? { replacedBy: item['replacedBy'], replacedAt: String(item['replacedAt']) }
    : {}),
});

/**
 * Records points, all or none. They are stated in the series' own unit; what they were stated in is kept beside it.
 * Nothing is recorded at or before an instant that a figure has been frozen at. A correction of what a price was fixed by
 * awaits another administrator, and the whole batch with it. Errors: not_found, and invalid_request
 * with a pointer to each point at fault: currency_mismatch, unit_not_convertible, unknown_reference, invalid_state.
 */
export const recordPoints =
  (
    table: Table,
    act: Act,
    id: string,
    sent: readonly PricePointTerms[],
    pointerTo: (index: number) => string,
  ): Plan<({ readonly outcome: 'recorded' } & RecordedPoints) | Proposed> =>
  async () => {
    const guard = await readGuard(table);
    const author = authorUnder(guard, act);
    const checked = await checkedPoints(table, act, author, id, sent, pointerTo);
    if (!checked.ok) return checked;
    const { points, warnings, replaced } = checked.value;
    if (await haveBeenUsed(table, id, replaced)) {
      const { actions, value } = proposeChange(guard, author, {
        ...{ kind: 'price-points', id: act.newId('change'), target: id, basedOn: 0 },
        proposed: { points: [...sent] },
      });
      return ok({ actions, value });
    }
    return ok({
      actions: [configurationMoves(guard, author), ...points.flatMap(actionsFor)],
      value: { outcome: 'recorded', points, warnings },
    });
  };

/** The points as they would be recorded, with those that they replace. Errors: as of `recordPoints`. */
export async function checkedPoints(
  table: Table,
  act: Act,
  author: Author,
  id: string,
  sent: readonly PricePointTerms[],
  pointerTo: (index: number) => string,
): Promise<Result<RecordedPoints & { readonly replaced: readonly PricePoint[] }>> {
  const series = await readSeries(table, id);
  if (series === undefined) return noSuchSeries;
  const [product, last, replaced] = await Promise.all([
    readProduct(table, series.product),
    lastPoint(table, id),
    readMany(
      table,
      id,
      sent.flatMap(({ replaces }) => replaces ?? []),
    ),
  ]);
  if (product === undefined) throw new Error(`the product of series ${id} has gone`);
  const errors = sent.flatMap((terms, index) => [
    ...pointErrors(terms, { series, product, replaced, author }, pointerTo(index)),
    ...(sent
      .slice(0, index)
      .some((other) => other.replaces !== undefined && other.replaces === terms.replaces)
      ? [{ pointer: `${pointerTo(index)}/replaces`, code: 'invalid_state', detail: 'Replaced twice.' }]
      : []),
  ]);
  if (errors.length > 0)
    return fail(problem('invalid_request', 'Some points cannot be recorded, so none was.', errors));
  const replacements = sent.filter(({ replaces }) => replaces !== undefined).length;
  if (sent.length + replacements > maximumPoints)
    return fail(
      problem(
        'invalid_request',
        `At most ${maximumPoints} points at once; each that replaces one counts twice.`,
      ),
    );
  const points = sent.map((terms) => pointOf(terms, series, product, pointId(terms.date, act), author));
  return ok({ points, warnings: warningsOf(points, last, product), replaced: [...replaced.values()] });
}

/** Whether any of the points lies in a window of which a price has been fixed: of their series, or of one that falls back on it. */
async function haveBeenUsed(table: Table, id: string, points: readonly PricePoint[]): Promise<boolean> {
  const [first] = points.map(({ date }) => date).sort();
  if (first === undefined) return false;
  const others = (await readAll(table, 'reference-price')).filter(({ fallbacks }) => fallbacks?.includes(id));
  const fixings = await Promise.all(
    [id, ...others.map((series) => series.id)].map((series) =>
      table.query(keys.fixing(series, { from: '', to: '' }, 1).pk, { after: first }),
    ),
  );
  return fixings.flat().some((item) => {
    const [to = '', from = ''] = String(item['sk']).split('#');
    return points.some(({ date }) => from <= date && date <= to);
  });
}

interface Surroundings {
  readonly series: ReferenceSeries;
  readonly product: Product;
  readonly replaced: ReadonlyMap<string, PricePoint>;
  readonly author: Author;
}

function pointErrors(
  { date, price, quantity, replaces }: PricePointTerms,
  { series, product, replaced, author }: Surroundings,
  pointer: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, code: string, detail: string): void => {
    errors.push({ pointer: `${pointer}/${field}`, code, detail });
  };
  if (date > dateOf(author.at)) refuse('date', 'invalid_request', 'It has not happened yet.');
  if (price.currency !== series.currency)
    refuse('price/currency', 'currency_mismatch', `This series is in ${series.currency}.`);
  if (pricePer(price, series.per, product.containedFactor) === undefined)
    refuse('price/per', 'unit_not_convertible', `It cannot be stated per ${series.per}.`);
  if (quantityIn(quantity, series.per, product.containedFactor) === undefined)
    refuse('quantity/unit', 'unit_not_convertible', `It cannot be stated in ${series.per}.`);
  if (replaces === undefined) return errors;
  const old = replaced.get(replaces);
  if (old === undefined) refuse('replaces', 'unknown_reference', 'There is no such point in this series.');
  else if (old.replacedBy !== undefined)
    refuse('replaces', 'invalid_state', `It has been replaced by ${old.replacedBy}: replace that one.`);
  return errors;
}

function pointOf(
  terms: PricePointTerms,
  series: ReferenceSeries,
  product: Product,
  id: string,
  author: Author,
): PricePoint {
  const price = pricePer(terms.price, series.per, product.containedFactor) ?? terms.price;
  const quantity = quantityIn(terms.quantity, series.per, product.containedFactor) ?? terms.quantity;
  const isOwn = terms.price.per === series.per && terms.quantity.unit === series.per;
  return {
    ...terms,
    ...{ id, series: series.id, price, quantity },
    ...(isOwn ? {} : { stated: { price: terms.price, quantity: terms.quantity } }),
    ...{ recordedAt: author.at, recordedBy: author.subject },
  };
}

export function actionsFor(point: PricePoint): Action[] {
  const put: Action = {
    name: 'pricePoint',
    put: {
      ...keys.pricePoint(point.series, point.id),
      type: 'price point',
      body: z.encode(pricePointSchema, point),
    },
    conditions: [doesNotExist],
  };
  if (point.replaces === undefined) return [put];
  const mark: Action = {
    name: 'replacedPoint',
    update: keys.pricePoint(point.series, point.replaces),
    set: {
      expression: 'SET #replacedBy = :replacedBy, #replacedAt = :replacedAt',
      names: { '#replacedBy': 'replacedBy', '#replacedAt': 'replacedAt' },
      values: { ':replacedBy': point.id, ':replacedAt': point.recordedAt },
    },
    conditions: [{ name: 'notReplaced', expression: 'attribute_not_exists(replacedBy)' }],
  };
  return [put, mark];
}

/** Each point is compared with the last one on record; where there is none yet, with the first of the batch. */
function warningsOf(
  points: readonly PricePoint[],
  last: PricePoint | undefined,
  product: Product,
): PointWarning[] {
  const before = last ?? points[0];
  if (before === undefined) return [];
  return points.flatMap(({ price }, index) => {
    const suspected = suspectedUnit(price, before.price, product.containedFactor);
    return suspected === undefined ? [] : [{ index, code: suspected.code, detail: suspected.detail }];
  });
}

/** The newest by date that has not been replaced. */
async function lastPoint(table: Table, series: string): Promise<PricePoint | undefined> {
  const { pk } = keys.pricePoint(series, '');
  const items = await table.query(pk, { reverse: true, limit: 20 });
  return items.map(readPoint).find(({ replacedBy }) => replacedBy === undefined);
}

async function readMany(
  table: Table,
  series: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PricePoint>> {
  const items = await table.getMany([...new Set(ids)].map((id) => keys.pricePoint(series, id)));
  return new Map(items.map((item) => [String(item['sk']), readPoint(item)]));
}

/** The points of a window, by date and id, corrected ones included. */
export async function pointsOfWindow(table: Table, series: string, window: Window): Promise<PricePoint[]> {
  const { pk } = keys.pricePoint(series, '');
  const byMonth = await Promise.all(
    monthsOf(window).map((month) => table.query(pk, { prefix: `${idPrefixes.point}_${month}` })),
  );
  return byMonth
    .flat()
    .map(readPoint)
    .filter(({ date }) => window.from <= date && date <= window.to);
}

/** `202609` and so on. */
function monthsOf({ from, to }: Window): string[] {
  const count = (date: CalendarDate): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
  return Array.from({ length: Math.max(0, count(to) - count(from) + 1) }, (_, step) => {
    const month = count(from) + step;
    return `${Math.floor(month / 12)}${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

/** Points page by page, by date and id; `from` and `to` bound their dates, both included. */
export async function listPoints(
  table: Table,
  series: string,
  page: PageRequest,
  { from, to }: { readonly from?: CalendarDate | undefined; readonly to?: CalendarDate | undefined },
): Promise<Result<Page<PricePoint>>> {
  if ((await readSeries(table, series)) === undefined) return noSuchSeries;
  const { pk } = keys.pricePoint(series, '');
  const first = from === undefined ? undefined : `${idPrefixes.point}_${compact(from)}`;
  const after = page.after ?? first;
  const items = await table.query(pk, {
    ...(after === undefined ? {} : { after }),
    limit: page.limit + 1,
  });
  const inside = items.map(readPoint).filter(({ date }) => to === undefined || date <= to);
  const shown = inside.slice(0, page.limit);
  return ok({ items: shown, next: inside.length > shown.length ? (shown.at(-1)?.id ?? null) : null });
}
