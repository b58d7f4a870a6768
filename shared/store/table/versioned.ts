import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Recorded } from '../../kernel/version.ts';
import { without } from '../../kernel/without.ts';
import type { Attribute, Clause } from './condition.ts';
import { doesNotExist, versionIs } from './condition.ts';
import type { Key } from './keys/key.ts';
import { readBody } from './item-body.ts';
import type { Action } from './action.ts';
import { assign } from './assign.ts';
import type { Item } from './item.ts';
import type { Table } from './table.ts';

/**
 * Records that keep every version: a head item with the present one, and one item for each version. Both are
 * written in one transaction, the head under the version that was read, so that versions are numbered without
 * gaps and are recorded in order of time.
 */
export interface Series<T extends Recorded> {
  /** What the record is called in the names of actions. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly head: (record: T) => Key;
  readonly versionKey: (record: T) => Key;
  /** Attributes of the head item beside the body: what indexes and conditions need. */
  readonly beside?: (record: T) => Readonly<Record<string, Attribute | undefined>>;
}

/** Name of the head's action of a record, for those who answer to a refusal. */
export const headAction = <T extends Recorded>(series: Series<T>): string => `${series.name}Head`;

/**
 * Writes a record's next version: its first if `version` is 1. The head is updated rather than replaced, since
 * others keep attributes of their own there.
 */
export function recordVersion<T extends Recorded>(
  series: Series<T>,
  record: T,
  conditions: readonly Clause[] = [],
): Action[] {
  const body = z.encode(series.schema, record) as Attribute;
  const beside = series.beside?.(record) ?? {};
  const attributes = { body, version: record.version, recordedAt: record.recordedAt, ...beside };
  const head: Action =
    record.version === 1
      ? {
          name: headAction(series),
          put: { ...series.head(record), ...attributes },
          conditions: [doesNotExist, ...conditions],
        }
      : {
          name: headAction(series),
          update: series.head(record),
          set: assign(attributes),
          conditions: [versionIs(record.version - 1), ...conditions],
        };
  const kept: Action = {
    name: `${series.name}Version`,
    put: { ...series.versionKey(record), body, recordedAt: record.recordedAt },
    conditions: [doesNotExist],
  };
  return [head, kept];
}

/** What was put, without what the marketplace adds. */
export const termsOf = <T extends Recorded & { readonly id: string }>(record: T) =>
  without<T, 'id' | keyof Recorded>(record, 'id', 'version', 'recordedAt', 'recordedBy');

export const readRecord = <T extends Recorded>(series: Series<T>, item: Item): T =>
  readBody(series.schema, item);

export async function readHead<T extends Recorded>(
  table: Table,
  series: Series<T>,
  key: Key,
): Promise<T | undefined> {
  const item = await table.get(key);
  return item && readRecord(series, item);
}

/** Beyond every version's sort key, and behind nothing else of a partition that has versions. */
const behindVersions = 'V#~';
const versionPrefix = 'V#';
const isVersion = (item: Item): boolean => String(item['sk']).startsWith(versionPrefix);

/** The versions of a record, oldest first. */
export async function pageOfVersions<T extends Recorded>(
  table: Table,
  series: Series<T>,
  partition: string,
  page: PageRequest,
): Promise<Page<T>> {
  const items = await table.query(partition, { after: page.after ?? versionPrefix, limit: page.limit + 1 });
  return pageOf(items.filter(isVersion), page, (item) => readRecord(series, item));
}

/** The version recorded last at or before an instant; `undefined` if the record did not exist then. */
export async function versionAsOf<T extends Recorded>(
  table: Table,
  series: Series<T>,
  partition: string,
  at: Instant,
): Promise<T | undefined> {
  let after = behindVersions;
  for (;;) {
    const items = await table.query(partition, { after, limit: 10, reverse: true });
    for (const item of items) {
      if (!isVersion(item)) return undefined;
      if (String(item['recordedAt']) <= at) return readRecord(series, item);
    }
    const last = items.at(-1);
    if (last === undefined) return undefined;
    after = String(last['sk']);
  }
}

/** The first `limit` of items read one further than that, each with its sort key as position. */
function pageOf<T>(items: readonly Item[], page: PageRequest, decode: (item: Item) => T): Page<T> {
  const shown = items.slice(0, page.limit);
  const next = items.length > shown.length ? String(shown.at(-1)?.['sk']) : null;
  return { items: shown.map(decode), next };
}
