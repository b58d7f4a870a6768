import { canonicalJson } from '../kernel/digest.ts';
import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { dateOf, latestOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import { without } from '../kernel/without.ts';
import * as z from 'zod';
import type { Alert, AlertStep } from './alert.ts';
import { alertFiguresSchema, alertId, shownSteps } from './alert.ts';
import type { Finding } from './findings.ts';

/** An alert as it is from now on, and what happened to it; nothing but its figures, if nothing. */
export interface AlertChange {
  readonly alert: Alert;
  readonly step: AlertStep | undefined;
}

/**
 * What becomes of a product's alerts, given all that is found of it now. A cause that stands has one alert, which is not
 * raised again while it stands. One whose cause is gone is resolved. One that a person has resolved stays so until its
 * cause has gone and come back, or is worse than it was then. What has got worse is to be acknowledged anew. Figures
 * alone are brought up to date once a day.
 */
export function reconciled(
  alerts: readonly Alert[],
  findings: readonly Finding[],
  author: Author,
): AlertChange[] {
  const standing = new Map(alerts.map((alert) => [alert.id, alert]));
  const found = new Map(findings.map((finding) => [alertId(finding.cause), finding]));
  return [
    ...[...found].flatMap(([id, finding]) => stands(standing.get(id), id, finding, author)),
    ...alerts.filter(({ id }) => !found.has(id)).flatMap((alert) => isGone(alert, author)),
  ];
}

function stands(alert: Alert | undefined, id: string, finding: Finding, author: Author): AlertChange[] {
  const { level } = finding;
  if (alert === undefined) {
    const step: AlertStep = { at: author.at, what: 'raised', level };
    return [
      {
        alert: {
          ...{ id, ...said(finding), status: 'raised', raisedAt: author.at, history: [step] },
          ...nextVersion(undefined, author),
        },
        step,
      },
    ];
  }
  if (alert.status === 'resolved') {
    if (alert.closedAtLevel !== undefined && level <= alert.closedAtLevel) return [];
    const raised = { ...without(alert, 'closedAtLevel'), ...said(finding), raisedAt: author.at };
    return [stepped({ ...raised, status: 'raised' }, { what: 'raised', level }, author)];
  }
  const now: Alert = { ...alert, ...said(finding) };
  if (level !== alert.level)
    return [
      stepped(
        { ...now, status: level > alert.level ? 'raised' : alert.status },
        { what: 'level', level },
        author,
      ),
    ];
  const isOld = dateOf(alert.recordedAt) < dateOf(author.at);
  const isOther = canonicalJson(alert.concerns) !== canonicalJson(now.concerns) || alert.title !== now.title;
  const isMoved = canonicalJson(figures(alert)) !== canonicalJson(figures(now));
  return isOther || (isOld && isMoved)
    ? [{ alert: { ...now, ...nextVersion(alert, after(alert, author)) }, step: undefined }]
    : [];
}

function isGone(alert: Alert, author: Author): AlertChange[] {
  if (alert.status !== 'resolved')
    return [stepped({ ...alert, status: 'resolved' }, { what: 'resolved', level: alert.level }, author)];
  // From now on its cause would be a new one.
  return alert.closedAtLevel === undefined
    ? []
    : [
        {
          alert: { ...without(alert, 'closedAtLevel'), ...nextVersion(alert, after(alert, author)) },
          step: undefined,
        },
      ];
}

/** Somebody looks into it. Errors: invalid_state. */
export const acknowledged = (alert: Alert, author: Author, note: string | undefined): Result<AlertChange> =>
  alert.status === 'raised'
    ? ok(
        stepped(
          { ...alert, status: 'acknowledged' },
          { what: 'acknowledged', level: alert.level, by: author.subject, note },
          author,
        ),
      )
    : fail(problem('invalid_state', `The alert is ${alert.status}: there is nothing to acknowledge.`));

/** A person closes it, whether its cause has gone or not. Errors: invalid_state. */
export const resolved = (alert: Alert, author: Author, note: string): Result<AlertChange> =>
  alert.status === 'resolved'
    ? fail(problem('invalid_state', 'The alert is resolved already.'))
    : ok(
        stepped(
          { ...alert, status: 'resolved', closedAtLevel: alert.level },
          { what: 'resolved', level: alert.level, by: author.subject, note },
          author,
        ),
      );

const said = ({ cause, title, severity, level, figures, concerns }: Finding) => ({
  ...{ cause, title, severity, level, figures },
  concerns: [...concerns],
});

const figures = (alert: Alert): unknown => z.encode(alertFiguresSchema, alert.figures);

const after = (alert: Alert, author: Author): Author => ({
  ...author,
  at: latestOf(author.at, alert.recordedAt),
});

function stepped(
  alert: Alert,
  what: Pick<AlertStep, 'what' | 'level' | 'by' | 'note'>,
  author: Author,
): AlertChange {
  const later = after(alert, author);
  const step: AlertStep = { at: later.at, ...what };
  return {
    alert: { ...alert, history: [...alert.history, step].slice(-shownSteps), ...nextVersion(alert, later) },
    step,
  };
}
