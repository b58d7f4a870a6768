import { describe, expect, it } from 'vitest';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import type { Alert } from '../../../shared/risk/alert.ts';
import { alertSchema, shownSteps } from '../../../shared/risk/alert.ts';
import { alertFor } from '../../../shared/risk/alert-view.ts';
import type { Finding } from '../../../shared/risk/findings.ts';
import { noticeOf } from '../../../shared/risk/notice.ts';
import type { AlertChange } from '../../../shared/risk/reconcile.ts';
import { acknowledged, reconciled, resolved } from '../../../shared/risk/reconcile.ts';
import type { Level } from '../../../shared/risk/severity.ts';

const finding = (level: Level, changes: Partial<Finding> = {}): Finding => ({
  cause: { kind: 'disruption', product: 'gallium', zone: 'us', subject: 'dis_1' },
  title: 'Export ban: gallium in the United States',
  severity: decimal(['0', '0.15', '0.35', '0.6'][level]!),
  level,
  figures: { shareOfSource: decimal('0.98') },
  concerns: ['works'],
  ...changes,
});
const at = (day: string, hour = 12) => ({ subject: 'follower', at: `2026-${day}T${hour}:00:00.000Z` });
const ada = (day: string) => ({ ...at(day), subject: 'ada' });

/** The alerts of a product through a series of looks at it. */
class Alerts {
  #alerts: Alert[] = [];
  look(day: string, ...findings: Finding[]): AlertChange[] {
    return this.#apply(reconciled(this.#alerts, findings, at(day)));
  }
  act(change: (alert: Alert) => AlertChange): AlertChange[] {
    return this.#apply([change(this.#alerts[0]!)]);
  }
  get all(): readonly Alert[] {
    return this.#alerts;
  }
  #apply(changes: AlertChange[]): AlertChange[] {
    for (const { alert } of changes) {
      expect(alertSchema.safeEncode(alert).success).toBe(true);
      this.#alerts = [...this.#alerts.filter(({ id }) => id !== alert.id), alert];
    }
    return changes;
  }
}
const steps = (changes: readonly AlertChange[]) => changes.map(({ step }) => step?.what);

describe('an alert', () => {
  it('is raised once for a cause, stays while it stands, is resolved when it is gone, raised again as itself', () => {
    const alerts = new Alerts();
    expect(steps(alerts.look('11-01', finding(2)))).toEqual(['raised']);
    expect(alerts.look('11-01', finding(2))).toEqual([]);
    expect(steps(alerts.look('11-02'))).toEqual(['resolved']);
    expect(alerts.look('11-02')).toEqual([]);
    expect(steps(alerts.look('11-03', finding(1)))).toEqual(['raised']);
    expect(alerts.all).toHaveLength(1);
    expect(alerts.all[0]).toMatchObject({
      ...{ version: 3, level: 1, raisedAt: at('11-03').at },
      history: [{ what: 'raised' }, { what: 'resolved' }, { what: 'raised' }],
    });
  });

  it('that has got worse is to be acknowledged anew; one that has eased is not', () => {
    const alerts = new Alerts();
    alerts.look('11-01', finding(2));
    alerts.act((alert) => must(acknowledged(alert, ada('11-01'), 'On it.')));
    expect(alerts.all[0]).toMatchObject({
      status: 'acknowledged',
      history: [{}, { by: 'ada', note: 'On it.' }],
    });
    expect(acknowledged(alerts.all[0]!, ada('11-01'), undefined)).toMatchObject({ ok: false });
    expect(steps(alerts.look('11-02', finding(1)))).toEqual(['level']);
    expect(alerts.all[0]).toMatchObject({ status: 'acknowledged', level: 1 });
    expect(steps(alerts.look('11-03', finding(3)))).toEqual(['level']);
    expect(alerts.all[0]).toMatchObject({ status: 'raised', level: 3 });
  });

  it('that a person has resolved stays so while its cause stands and is no worse', () => {
    const alerts = new Alerts();
    alerts.look('11-01', finding(2));
    alerts.act((alert) => must(resolved(alert, ada('11-01'), 'Known.')));
    expect(alerts.look('11-02', finding(2))).toEqual([]);
    expect(alerts.look('11-03', finding(1))).toEqual([]);
    expect(steps(alerts.look('11-04', finding(3)))).toEqual(['raised']);
    expect(alerts.all[0]).not.toHaveProperty('closedAtLevel');

    alerts.act((alert) => must(resolved(alert, ada('11-05'), 'Known, too.')));
    expect(resolved(alerts.all[0]!, ada('11-05'), 'Twice.')).toMatchObject({ ok: false });
    // Its cause goes, without a word to anybody; when it comes back it is a new one.
    expect(steps(alerts.look('11-06'))).toEqual([undefined]);
    expect(steps(alerts.look('11-07', finding(1)))).toEqual(['raised']);
  });

  it('has its figures brought up to date once a day, its parties at once', () => {
    const alerts = new Alerts();
    const moved = finding(2, { figures: { shareOfSource: decimal('0.97') } });
    alerts.look('11-01', finding(2));
    expect(alerts.look('11-01', moved)).toEqual([]);
    expect(steps(alerts.look('11-02', moved))).toEqual([undefined]);
    expect(alerts.look('11-03', moved)).toEqual([]);
    expect(steps(alerts.look('11-03', { ...moved, concerns: ['mine', 'works'] }))).toEqual([undefined]);
  });

  it('keeps apart what differs in zone, kind or subject, and carries its last steps only', () => {
    const alerts = new Alerts();
    const { cause } = finding(1);
    alerts.look(
      '11-01',
      finding(1),
      finding(1, { cause: { ...cause, zone: null } }),
      finding(1, { cause: { ...cause, kind: 'disruption-ahead' } }),
      finding(1, { cause: { ...cause, subject: 'dis_2' } }),
    );
    expect(alerts.all).toHaveLength(4);
    const one = new Alerts();
    for (let turn = 0; turn < shownSteps; turn += 1) {
      one.look('11-01', finding(1));
      one.look('11-01');
    }
    expect(one.all[0]?.history).toHaveLength(shownSteps);
    expect(one.all[0]?.version).toBe(2 * shownSteps);
  });

  it('makes one message of one step, in order of time', () => {
    const alerts = new Alerts();
    const [first] = alerts.look('11-01', finding(1));
    const [second] = alerts.look('11-02', finding(2));
    const [a, b] = [first!, second!].map(({ alert, step }) => noticeOf(alert, step!));
    expect(a!.id < b!.id).toBe(true);
    expect(noticeOf(first!.alert, first!.step!)).toEqual(a);
    expect(b).toMatchObject({ type: 'alert.level', at: at('11-02').at });
  });
});

describe('who sees what of an alert', () => {
  const of = (changes: Partial<Finding>) => reconciled([], [finding(2, changes)], at('11-01'))[0]!.alert;
  const cause = (kind: Alert['cause']['kind'], subject = 'x') => ({
    cause: { kind, product: 'gallium', zone: 'us', subject },
  });
  const see = (
    alert: Alert,
    organisation: string,
    role: 'producer' | 'stockpile-operator',
    zones: string[] = [],
  ) => alertFor(alert, { organisation, roles: [role] }, new Set(zones));

  it('administrators and auditors all; others never a figure that tells of positions', () => {
    const alert = of({});
    for (const role of ['administrator', 'auditor'] as const)
      expect(alertFor(alert, { organisation: 'x', roles: [role] }, new Set())).toMatchObject({
        ...{ severity: alert.severity, figures: alert.figures, concerns: ['works'] },
      });
    const view = see(alert, 'mine', 'producer');
    expect(Object.keys(view!).toSorted()).toEqual([
      'cause',
      'concernsYou',
      'id',
      'level',
      'raisedAt',
      'recordedAt',
      'status',
      'title',
      'version',
    ]);
    expect(view?.concernsYou).toBe(false);
    expect(see(alert, 'works', 'producer')).toEqual({ ...view, concernsYou: true });
  });

  it.each(['disruption', 'disruption-ahead', 'price', 'floor-expiry'] as const)('%s is public', (kind) => {
    expect(see(of({ ...cause(kind), concerns: [] }), 'anybody', 'producer')).toBeDefined();
  });

  it.each(['late-deliveries', 'contract-expiry'] as const)('%s: nobody else', (kind) => {
    const alert = of({ ...cause(kind), concerns: [] });
    expect(see(alert, 'works', 'producer')).toBeUndefined();
    expect(see(alert, 'reserve', 'stockpile-operator', ['us'])).toBeUndefined();
  });

  it.each(['certificate-expiry'] as const)('%s: its parties', (kind) => {
    expect(see(of(cause(kind)), 'works', 'producer')).toBeDefined();
    expect(see(of(cause(kind)), 'anybody', 'stockpile-operator', ['us'])).toBeUndefined();
  });

  it.each(['concentration', 'n-minus-one', 'cover'] as const)('%s of a zone: its operators', (kind) => {
    const alert = of({ ...cause(kind), concerns: [] });
    expect(see(alert, 'reserve', 'stockpile-operator', ['us'])).toBeDefined();
    expect(see(alert, 'reserve', 'stockpile-operator', ['us'])).not.toHaveProperty('severity');
    expect(see(alert, 'reserve', 'stockpile-operator', ['eu'])).toBeUndefined();
    expect(see(alert, 'mine', 'producer', ['us'])).toBeUndefined();
  });

  it('cover of a stockpile: its operator, whole, and no other operator of the zone', () => {
    const alert = of({ ...cause('cover', 'stp_1'), concerns: ['reserve'] });
    expect(see(alert, 'reserve', 'stockpile-operator', ['us'])).toHaveProperty('severity');
    expect(see(alert, 'rival', 'stockpile-operator', ['us'])).toBeUndefined();
  });
});
