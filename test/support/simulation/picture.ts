import { scan } from '../../../infra/audit/scan.ts';
import { readAlerts } from '../../../shared/store/risk/alerts.ts';
import type { Table } from '../../../shared/store/table/table.ts';

/** Records in which nothing depends on when a process did what, but for what `timeless` leaves out. */
const traded = /^(ORDER|CONTRACT|SETTLEMENT|LEDGER|ACCOUNT|BOOK|SITE)#/;
const times = new Set([
  ...[
    'at',
    'postedAt',
    'updatedAt',
    'recordedAt',
    'concludedAt',
    'settledAt',
    'requestedAt',
    'gateClosure',
    'endedAt',
  ],
  // Hashes and secrets cover instants.
  ...['hash', 'salt', 'pricesAtRun', 'lock', 'byRun'],
]);

/**
 * What a table says of orders, contracts, deliveries and money, without instants and what follows from them: equal of
 * two histories that came to the same.
 */
export async function pictureOf(
  table: Table,
  told = traded,
  product = 'ndpr-oxide',
): Promise<Record<string, unknown>> {
  const picture: Record<string, unknown> = {};
  for await (const page of scan(table))
    for (const item of page) {
      const { pk, sk, ...rest } = item as { pk: string; sk: string };
      if (told.test(`${pk} ${sk}`)) picture[`${pk} ${sk}`] = timeless(rest);
    }
  // What came and went on the way depends on who looked when; what stands does not.
  for (const { id, cause, level, status } of await readAlerts(table, product))
    if (status !== 'resolved') picture[`ALERT ${id}`] = timeless({ cause, level });
  return picture;
}

function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !times.has(name))
      .map(([name, each]) => [name, timeless(each)]),
  );
}
