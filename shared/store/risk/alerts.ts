import type { Page, PageRequest } from '../../kernel/page.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Caller } from '../../reference/caller.ts';
import type { Alert } from '../../risk/alert.ts';
import { alertSchema } from '../../risk/alert.ts';
import type { AlertView } from '../../risk/alert-view.ts';
import { alertFor } from '../../risk/alert-view.ts';
import { noticeOf } from '../../risk/notice.ts';
import type { AlertChange } from '../../risk/reconcile.ts';
import { acknowledged, resolved } from '../../risk/reconcile.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { listedAs } from '../table/keys/indexes.ts';
import { allSource, pageFrom } from '../table/listing.ts';
import { putNotice } from './notices.ts';
import { activeStockpiles } from '../stockpiles/stockpiles.ts';
import type { Table } from '../table/table.ts';
import type { Series } from '../table/versioned.ts';
import { pageOfVersions, readRecord, recordVersion } from '../table/versioned.ts';

export const alertSeries: Series<Alert> = {
  name: 'alert',
  schema: alertSchema,
  head: ({ cause, id }) => keys.alert(cause.product, id),
  versionKey: ({ id, version }) => keys.alertVersion(id, version),
  beside: ({ id }) => listedAs('alert', id),
};

/** All alerts of a product, whatever their status. */
export async function readAlerts(table: Table, product: string): Promise<Alert[]> {
  const items = await table.query(keys.alert(product, '').pk);
  return items.map((item) => readRecord(alertSeries, item));
}

/** An alert as it stands: its last version. */
async function readAlert(table: Table, id: string): Promise<Alert | undefined> {
  const [item] = await table.query(keys.alertVersion(id, 1).pk, { reverse: true, limit: 1 });
  return item && readRecord(alertSeries, item);
}

/** Every version of an alert, oldest first. */
export const alertVersions = (table: Table, id: string, page: PageRequest): Promise<Page<Alert>> =>
  pageOfVersions(table, alertSeries, keys.alertVersion(id, 1).pk, page);

/** An alert's next version, and what subscribers are to be told of it: together or not at all. */
export const recordAlert = ({ alert, step }: AlertChange): Action[] => [
  ...recordVersion(alertSeries, alert),
  ...(step === undefined ? [] : [putNotice(noticeOf(alert, step))]),
];

const noSuchAlert = fail(problem('not_found', 'There is no such alert.'));

/** Errors: not_found, invalid_state. */
export const acknowledgeAlert = (table: Table, act: Act, id: string, note: string | undefined): Plan<Alert> =>
  onAlert(table, id, (alert) => acknowledged(alert, authorOf(act), note));

/** Errors: not_found, invalid_state. */
export const resolveAlert = (table: Table, act: Act, id: string, note: string): Plan<Alert> =>
  onAlert(table, id, (alert) => resolved(alert, authorOf(act), note));

const authorOf = ({ subject, at }: Act) => ({ subject, at });

const onAlert =
  (table: Table, id: string, step: (alert: Alert) => Result<AlertChange>): Plan<Alert> =>
  async () => {
    const alert = await readAlert(table, id);
    if (alert === undefined) return noSuchAlert;
    const change = step(alert);
    return change.ok ? ok({ actions: recordAlert(change.value), value: change.value.alert }) : change;
  };

/** Zones in which an organisation operates an active stockpile on a day. */
export async function zonesOperated(table: Table, organisation: string, on: string): Promise<Set<string>> {
  const stockpiles = await activeStockpiles(table, { on });
  return new Set(stockpiles.filter(({ operator }) => operator === organisation).map(({ zone }) => zone));
}

/** An alert as a caller may see it. Errors: not_found. */
export async function viewAlert(
  table: Table,
  caller: Caller,
  id: string,
  on: string,
): Promise<Result<AlertView>> {
  const alert = await readAlert(table, id);
  const zones = await zonesOperated(table, caller.organisation, on);
  const view = alert && alertFor(alert, caller, zones);
  return view === undefined ? noSuchAlert : ok(view);
}

/** Alerts that a caller may see and that pass a filter, in order of id. */
export async function listAlerts(
  table: Table,
  caller: Caller,
  on: string,
  page: PageRequest,
  filter: (alert: Alert) => boolean,
): Promise<Page<AlertView>> {
  const zones = await zonesOperated(table, caller.organisation, on);
  return pageFrom(table, allSource(table, 'alert'), page, (items) =>
    Promise.resolve(
      items
        .map((item) => readRecord(alertSeries, item))
        .filter(filter)
        .flatMap((alert) => alertFor(alert, caller, zones) ?? []),
    ),
  );
}
