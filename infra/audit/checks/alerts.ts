import * as z from 'zod';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { addDays, dateOf } from '../../../shared/kernel/time.ts';
import type { Alert } from '../../../shared/risk/alert.ts';
import { alertId, alertSchema } from '../../../shared/risk/alert.ts';
import { noticeOf } from '../../../shared/risk/notice.ts';
import { levelOf } from '../../../shared/risk/severity.ts';
import { keptDays } from '../../../shared/store/risk/notices.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** Alerts: one a cause, every step of their lives on record, and a message made of each. */
export function* checkAlerts(evidence: Evidence, at: Instant): Generator<Finding> {
  for (const [key, alert] of evidence.alerts) {
    if (alert.id !== alertId(alert.cause) || !key.endsWith(` ${alert.id}`))
      yield finding('alert_cause', key, `${alert.id} does not follow from its cause`);
    const versions = (evidence.alertVersions.get(alert.id) ?? []).toSorted((a, b) => a.version - b.version);
    const last = versions.at(-1);
    if (versions.some(({ version }, index) => version !== index + 1) || last === undefined)
      yield finding('alert_history', key, `versions ${versions.map(({ version }) => version).join(', ')}`);
    else if (textOf(last) !== textOf(alert))
      yield finding('alert_history', key, 'what stands is not its last version');
    for (const version of versions) yield* checkVersion(evidence, key, version, versions, at);
  }
  for (const id of evidence.alertVersions.keys())
    if (![...evidence.alerts.values()].some((alert) => alert.id === id))
      yield finding('alert_history', id, 'versions of an alert that is not there');
}

function* checkVersion(
  { notices }: Evidence,
  key: string,
  alert: Alert,
  versions: readonly Alert[],
  at: Instant,
): Generator<Finding> {
  const step = alert.history.at(-1);
  const closes = step?.what === 'resolved' ? 'resolved' : undefined;
  const isOf =
    step !== undefined &&
    step.level === alert.level &&
    alert.level === levelOf(alert.severity) &&
    (closes === 'resolved') === (alert.status === 'resolved');
  if (!isOf) yield finding('alert_history', key, `version ${alert.version} is not as its last step left it`);
  const before = versions.find(({ version }) => version === alert.version - 1)?.history.at(-1);
  const isStep =
    step !== undefined && (before === undefined || canonicalJson(before) !== canonicalJson(step));
  // Messages are swept after their time.
  if (!isStep || dateOf(step.at) <= addDays(dateOf(at), 1 - keptDays)) return;
  const notice = noticeOf(alert, step);
  const sent = notices.get(notice.id);
  if (sent === undefined || sent.type !== notice.type || textOf(sent.alert) !== textOf(alert))
    yield finding('alert_notice', key, `no message of version ${alert.version} tells what it says`);
}

const textOf = (alert: Alert): string => canonicalJson(z.encode(alertSchema, alert));
