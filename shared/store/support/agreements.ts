import * as z from 'zod';
import { minorUnitsIn } from '../../support/settlement.ts';
import { compareDecimal } from '../../kernel/decimal.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import { hasBegun } from '../../kernel/quarter.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import { lotsOf, ownQuantity } from '../../pricing/product-terms.ts';
import type {
  Agreement,
  Designation,
  DesignationTerms,
  SiteAgreementTerms,
} from '../../support/agreement.ts';
import { agreementSchema, designationSchema } from '../../support/agreement.ts';
import { supportDue } from '../../support/round.ts';
import { decidableAgreement, siteAgreement } from '../../support/site-agreement.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import { marketState } from '../clearing/control.ts';
import type { Plan } from '../table/effect.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { dueFrom, listedAs, ownedBy } from '../table/keys/indexes.ts';
import { readBody } from '../table/item-body.ts';
import { readBudget, reserveExposure } from './programme-budget.ts';
import { takePlace } from './programme-claims.ts';
import { readProduct, readReference } from '../reference/reference.ts';
import { readSite } from '../sites/sites.ts';
import type { Table } from '../table/table.ts';

/** Puts an agreement, if it is not there yet (or stands as the conditions say); listed by its producer. */
export const concludeAgreement = (
  agreement: Agreement,
  conditions: readonly Clause[] = [doesNotExist],
): Action => ({
  name: `agreement ${agreement.id}`,
  put: {
    ...keys.agreement(agreement.id),
    ...ownedBy(agreement.producer, 'agreement', agreement.id),
    ...listedAs('agreement', agreement.id),
    type: 'agreement',
    ...{ programme: agreement.programme, product: agreement.product, producer: agreement.producer },
    reserved: minorUnitsIn(agreement.reserved, agreement.reserved.currency),
    // A contract's own settlement looks after its agreement; one that is proposed needs none.
    ...(agreement.basis.kind === 'site' && agreement.status === 'active'
      ? dueFrom(dateOf(agreement.concludedAt), agreement.id)
      : {}),
    body: z.encode(agreementSchema, agreement),
  },
  conditions,
});

export const agreementOf = (item: Item): Agreement => readBody(agreementSchema, item);

export async function readAgreement(table: Table, id: string): Promise<Agreement | undefined> {
  const item = await table.get(keys.agreement(id));
  return item && agreementOf(item);
}

const isActive: Clause = {
  name: 'isActive',
  expression: '#body.#status = :active',
  names: { '#body': 'body', '#status': 'status' },
  values: { ':active': 'active' },
};

/** The end of an agreement, once; nobody need look at it any more. */
export const endAgreement = ({ id, version }: Agreement, status: 'completed' | 'ended'): Action => ({
  name: `agreement ${id}`,
  update: keys.agreement(id),
  set: {
    expression: 'SET #body.#status = :status, #body.#version = :version REMOVE #gsi3pk, #gsi3sk',
    names: {
      ...{ '#body': 'body', '#status': 'status', '#version': 'version' },
      ...{ '#gsi3pk': 'gsi3pk', '#gsi3sk': 'gsi3sk' },
    },
    values: { ':status': status, ':version': version + 1 },
  },
  conditions: [isActive],
});

/**
 * Proposes to take a site into a programme. Nothing is reserved before another administrator approves it. Errors:
 * not_found, unknown_reference, budget_exhausted, and those of `siteAgreement`.
 */
export const proposeAgreement =
  (table: Table, act: Act, id: string, terms: SiteAgreementTerms): Plan<Agreement> =>
  async () => {
    const made = await agreementWith(table, id, terms, act.newId('agreement'), act.at);
    if (!made.ok) return made;
    const agreement: Agreement = { ...made.value.agreement, status: 'proposed', proposedBy: act.subject };
    return ok({ value: agreement, actions: [concludeAgreement(agreement)] });
  };

async function agreementWith(
  table: Table,
  programmeId: string,
  terms: SiteAgreementTerms,
  id: string,
  at: Instant,
): Promise<Result<{ readonly agreement: Agreement; readonly exposure: bigint }>> {
  const [programme, site] = await Promise.all([
    readReference(table, 'programme', programmeId),
    readSite(table, terms.site),
  ]);
  if (programme === undefined) return fail(problem('not_found', 'There is no such programme.'));
  if (site === undefined) return fail(fieldProblem('unknown_reference', '/site', 'There is no such site.'));
  const product = await readProduct(table, programme.product);
  if (product === undefined) throw new Error(`the product of programme ${programmeId} has gone`);
  const made = siteAgreement(id, terms, { programme, site, product }, at);
  if (!made.ok) return made;
  const budget = await readBudget(table, programmeId);
  if (budget === undefined || budget.left < made.value.exposure)
    return fail(problem('budget_exhausted', 'Its greatest exposure is above what is left of the budget.'));
  return made;
}

/** Nobody has decided on it meanwhile. */
const isProposed: Clause = {
  name: 'isProposed',
  expression: '#body.#status = :proposed',
  names: { '#body': 'body', '#status': 'status' },
  values: { ':proposed': 'proposed' },
};

/**
 * The site is in the programme from now on: what was proposed is judged again, and its greatest exposure reserved. One
 * agreement for a site and programme, and for a site's quarter. Errors: not_found, invalid_state,
 * second_approval_required, clearing_in_progress, budget_exhausted, and those of `siteAgreement`.
 */
export const approveAgreement =
  (table: Table, act: Act, id: string): Plan<Agreement> =>
  async () => {
    const proposed = await decidable(table, act, id);
    if (!proposed.ok) return proposed;
    const { programme, site, caps, product, proposedBy, version } = proposed.value;
    const made = await agreementWith(table, programme, { site, caps }, id, act.at);
    if (!made.ok) return made;
    const { exposure } = made.value;
    const agreement: Agreement = {
      ...made.value.agreement,
      ...{ proposedBy, decidedBy: act.subject, version: version + 1 },
    };
    const { ended, gateClosure } = await marketState(table, product);
    if (gateClosure !== undefined)
      return fail(
        problem('clearing_in_progress', 'A clearing holds the budget. Try again when it has ended.'),
      );
    return ok({
      value: agreement,
      actions: [
        reserveExposure(programme, exposure, { ended }),
        concludeAgreement(agreement, [isProposed]),
        ...takePlace(agreement),
      ],
      refused: ({ action }) =>
        action === 'site of the programme'
          ? problem('invalid_state', 'The site has an agreement with this programme already.')
          : action === 'site of another programme'
            ? problem(
                'invalid_state',
                'Another agreement supports the site in one of these quarters already.',
              )
            : 'again',
    });
  };

/** Errors: not_found, invalid_state, second_approval_required. */
export const rejectAgreement =
  (table: Table, act: Act, id: string): Plan<Agreement> =>
  async () => {
    const proposed = await decidable(table, act, id);
    if (!proposed.ok) return proposed;
    const { version } = proposed.value;
    const agreement: Agreement = {
      ...proposed.value,
      ...{ status: 'rejected', decidedBy: act.subject, version: version + 1 },
    };
    return ok({ value: agreement, actions: [concludeAgreement(agreement, [isProposed])] });
  };

async function decidable(table: Table, { subject }: Act, id: string): Promise<Result<Agreement>> {
  const agreement = await readAgreement(table, id);
  return agreement === undefined
    ? fail(problem('not_found', 'There is no such agreement.'))
    : decidableAgreement(agreement, subject);
}

/**
 * A producer says what of a quarter's output it had not sold at the end. Once for each quarter: a figure that money
 * follows from is corrected by the settlement that follows, not unsaid. Errors: not_found, invalid_state,
 * not_eligible, quantity_exceeded, unit_not_convertible, off_lot.
 */
export const designate =
  (table: Table, act: Act, id: string, terms: DesignationTerms): Plan<Designation> =>
  async () => {
    const agreement = await readAgreement(table, id);
    if (agreement?.producer !== act.organisation)
      return fail(problem('not_found', 'You have no such agreement.'));
    if (agreement.basis.kind !== 'site' || agreement.status !== 'active')
      return fail(
        problem('invalid_state', 'Only an active agreement about a site supports what is stockpiled.'),
      );
    const { quarter } = terms;
    const cap = agreement.caps.find((each) => each.quarter === quarter);
    if (cap === undefined)
      return fail(fieldProblem('not_eligible', '/quarter', 'The agreement does not cover that quarter.'));
    if (!hasBegun(quarter, dateOf(act.at)))
      return fail(fieldProblem('invalid_state', '/quarter', 'The quarter has not begun.'));
    if (supportDue(quarter) <= dateOf(act.at))
      return fail(
        fieldProblem('invalid_state', '/quarter', `It was to be designated before ${supportDue(quarter)}.`),
      );
    const product = await readProduct(table, agreement.product);
    if (product === undefined) throw new Error(`the product of agreement ${id} has gone`);
    const none = terms.stockpiled.amount.units === 0n;
    const lots = none ? ok(0n) : lotsOf(terms.stockpiled, product, '/stockpiled');
    if (!lots.ok) return lots;
    const stockpiled = ownQuantity(terms.stockpiled, lots.value, product);
    if (compareDecimal(stockpiled.amount, cap.quantity.amount) > 0)
      return fail(
        fieldProblem('quantity_exceeded', '/stockpiled', 'More than the agreement supports in that quarter.'),
      );
    const designation: Designation = {
      ...{ agreement: id, quarter, stockpiled, designatedAt: act.at, designatedBy: act.subject },
    };
    return ok({
      value: designation,
      actions: [
        {
          name: 'designation',
          put: {
            ...keys.designation(id, quarter),
            type: 'designation',
            body: z.encode(designationSchema, designation),
          },
          conditions: [doesNotExist],
        },
      ],
      refused: () => problem('invalid_state', 'That quarter has been designated already.'),
    });
  };

/** What has been designated, by quarter. */
export async function readDesignations(table: Table, agreement: string): Promise<Designation[]> {
  const { pk, sk } = keys.designation(agreement, '');
  const items = await table.query(pk, { prefix: sk });
  return items.map((item) => readBody(designationSchema, item));
}
