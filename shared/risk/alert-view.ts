import * as z from 'zod';
import type { Caller } from '../reference/caller.ts';
import { hasRole, seesAll } from '../reference/caller.ts';
import type { Alert, AlertKind } from './alert.ts';
import { alertSchema } from './alert.ts';

const { shape } = alertSchema;

/** What everybody who may see an alert is told of it: nothing that a position could be reckoned from. */
export const alertViewSchema = z
  .strictObject({
    ...{ id: shape.id, cause: shape.cause, title: shape.title, level: shape.level, status: shape.status },
    ...{ raisedAt: shape.raisedAt, version: shape.version, recordedAt: shape.recordedAt },
    /** It is about the caller's own contracts, certificates or stockpiles. */
    concernsYou: z.boolean(),
    /** The rest: for administrators and auditors, and for an operator of its own stockpile. */
    ...{ severity: shape.severity.optional(), figures: shape.figures.optional() },
    ...{ concerns: shape.concerns.optional(), history: shape.history.optional() },
    closedAtLevel: shape.closedAtLevel,
  })
  .meta({ id: 'AlertView' });
export type AlertView = z.output<typeof alertViewSchema>;

/** About measures of states, published floors and published prices: there is nobody to protect. */
const publicKinds: readonly AlertKind[] = ['disruption', 'disruption-ahead', 'price', 'floor-expiry'];
/** About a zone as a whole: for those who hold its stockpiles, too. */
const zoneKinds: readonly AlertKind[] = ['cover', 'concentration', 'n-minus-one'];

/** What of an alert goes to the operator's own event bus: whoever may know more asks the API for it. */
export const alertOutline = ({ id, cause, title, level, status, raisedAt, version }: Alert) => ({
  ...{ id, cause, title, level, status, raisedAt, version },
});

/**
 * An alert as a caller may see it, or nothing.
 *
 * @param zones in which the caller operates a stockpile.
 */
export function alertFor(
  alert: Alert,
  caller: Pick<Caller, 'organisation' | 'roles'>,
  zones: ReadonlySet<string>,
): AlertView | undefined {
  const { id, cause, title, level, status, raisedAt, version, recordedAt } = alert;
  const concernsYou = alert.concerns.includes(caller.organisation);
  const view = {
    ...{ id, cause, title, level, status, raisedAt, version, recordedAt, concernsYou },
  };
  const { severity, figures, concerns, history, closedAtLevel } = alert;
  const whole = {
    ...{ ...view, severity, figures, concerns, history },
    ...(closedAtLevel === undefined ? {} : { closedAtLevel }),
  };
  if (seesAll({ subject: '', ...caller })) return whole;
  const isOperator = hasRole({ subject: '', ...caller }, 'stockpile-operator');
  // Of its own stockpile it knows the figures anyway.
  if (isOperator && concernsYou && cause.kind === 'cover') return whole;
  const isZoneWide = zoneKinds.includes(cause.kind) && alert.concerns.length === 0;
  const mayKnow =
    concernsYou ||
    publicKinds.includes(cause.kind) ||
    (isOperator && isZoneWide && cause.zone !== null && zones.has(cause.zone));
  return mayKnow ? view : undefined;
}
