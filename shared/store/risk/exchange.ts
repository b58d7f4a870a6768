import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf, latestOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Caller } from '../../reference/caller.ts';
import { hasRole } from '../../reference/caller.ts';
import type { Zone } from '../../reference/zone.ts';
import type { ExchangeAgreement, ExchangeTerms } from '../../risk/exchange.ts';
import { decidedExchange, endedExchange, isActiveOn } from '../../risk/exchange.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { readAll, readReference, referenceSeries } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

/** The zones that an organisation's administrators speak for. */
export const zonesOf = (zones: readonly Zone[], organisation: string): string[] =>
  zones.filter(({ authority }) => authority === organisation).map(({ id }) => id);

/** Auditors see every agreement; administrators those of their own zones. */
export const mayRead = (agreement: ExchangeAgreement, caller: Caller, own: readonly string[]): boolean =>
  hasRole(caller, 'auditor') || agreement.zones.some((zone) => own.includes(zone));

const noSuchAgreement = problem('not_found', 'There is no such agreement.');

/**
 * Proposes that two zones tell each other of their stocks, for one of which the caller speaks. Errors:
 * unknown_reference, forbidden, invalid_state, invalid_request.
 */
export const proposeExchange =
  (table: Table, act: Act, terms: ExchangeTerms): Plan<ExchangeAgreement> =>
  async () => {
    const [zones, products] = await Promise.all([readAll(table, 'zone'), readAll(table, 'product')]);
    for (const [index, id] of terms.zones.entries()) {
      const zone = zones.find((each) => each.id === id);
      if (zone === undefined)
        return fail(fieldProblem('unknown_reference', `/zones/${index}`, 'There is no such zone.'));
      if (zone.authority === undefined)
        return fail(
          fieldProblem(
            'invalid_state',
            `/zones/${index}`,
            'Nobody speaks for that zone: it names no authority.',
          ),
        );
    }
    const unknown = terms.products.findIndex((id) => products.every((product) => product.id !== id));
    if (unknown >= 0)
      return fail(fieldProblem('unknown_reference', `/products/${unknown}`, 'There is no such product.'));
    if (terms.effectiveTo !== undefined && terms.effectiveTo < terms.effectiveFrom)
      return fail(fieldProblem('invalid_request', '/effectiveTo', 'It would end before it begins.'));
    const own = zonesOf(zones, act.organisation);
    const zone = terms.zones.find((id) => own.includes(id));
    if (zone === undefined) return fail(problem('forbidden', 'You speak for neither of these zones.'));
    const agreement: ExchangeAgreement = {
      ...terms,
      id: act.newId('exchange'),
      status: 'proposed',
      proposedBy: { zone, subject: act.subject },
      ...nextVersion(undefined, act),
    };
    return ok({ actions: recordVersion(referenceSeries.exchange, agreement), value: agreement });
  };

/** Errors: not_found, invalid_state, second_approval_required. */
export const decideExchange = (
  table: Table,
  act: Act,
  id: string,
  to: 'active' | 'rejected',
): Plan<ExchangeAgreement> =>
  onAgreement(table, act, id, (agreement, own, author) => {
    const partner = agreement.zones.find((zone) => zone !== agreement.proposedBy.zone && own.includes(zone));
    return decidedExchange(agreement, to, partner ?? agreement.proposedBy.zone, author);
  });

/** Errors: not_found, invalid_state. */
export const endExchange = (table: Table, act: Act, id: string): Plan<ExchangeAgreement> =>
  onAgreement(table, act, id, (agreement, _, author) => endedExchange(agreement, author));

const onAgreement =
  (
    table: Table,
    act: Act,
    id: string,
    step: (agreement: ExchangeAgreement, own: readonly string[], author: Author) => Result<ExchangeAgreement>,
  ): Plan<ExchangeAgreement> =>
  async () => {
    const [agreement, zones] = await Promise.all([
      readReference(table, 'exchange', id),
      readAll(table, 'zone'),
    ]);
    const own = zonesOf(zones, act.organisation);
    if (!agreement?.zones.some((zone) => own.includes(zone))) return fail(noSuchAgreement);
    const author = { subject: act.subject, at: latestOf(act.at, agreement.recordedAt) };
    const next = step(agreement, own, author);
    return next.ok
      ? ok({ actions: recordVersion(referenceSeries.exchange, next.value), value: next.value })
      : next;
  };

/** The agreements by which somebody who speaks for some zones may read what another has published. */
export function agreementsFor(
  agreements: readonly ExchangeAgreement[],
  own: readonly string[],
  zone: string,
  at: string,
): ExchangeAgreement[] {
  return agreements.filter(
    (agreement) =>
      isActiveOn(agreement, dateOf(at)) &&
      agreement.zones.includes(zone) &&
      agreement.zones.some((partner) => partner !== zone && own.includes(partner)),
  );
}
