import { compareDecimal } from '../kernel/decimal.ts';
import type { Money, Price } from '../kernel/money.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import { ownPrice } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';
import type { BudgetChangeTerms, Programme, ProgrammeTerms } from './programme.ts';

/*
 * What administrators do to a programme. It acts only on gate closures after another administrator has approved it, and
 * its terms never change: who wants others closes it and proposes a new one.
 */

/**
 * A programme as proposed, its prices in the product's own unit. Errors: currency_mismatch, unit_not_convertible,
 * off_tick, invalid_request.
 */
export function proposedProgramme(
  id: string,
  terms: ProgrammeTerms,
  product: Product,
  author: Author,
): Result<Programme> {
  const { design } = terms;
  if (terms.to < terms.from)
    return fail(fieldProblem('invalid_request', '/to', 'The programme would end before it begins.'));
  const sums: [string, Money | undefined][] = [
    ['/budget', terms.budget],
    ['/awardCap', terms.awardCap],
    ['/design/annualClawbackCap', design.kind === 'one-way' ? undefined : design.annualClawbackCap],
    ['/design/lifetimeClawbackCap', design.kind === 'one-way' ? undefined : design.lifetimeClawbackCap],
  ];
  for (const [pointer, money] of sums)
    if (money !== undefined && money.currency !== product.currency)
      return fail(
        fieldProblem(
          'currency_mismatch',
          `${pointer}/currency`,
          `This product trades in ${product.currency}.`,
        ),
      );
  const own = (price: Price, pointer: string, rounding: 'up' | 'down'): Result<Price> => {
    const result = ownPrice(price, product, rounding);
    if (result.ok) return result;
    const [error] = result.problem.errors ?? [];
    return fail(
      error === undefined
        ? result.problem
        : fieldProblem(result.problem.code, error.pointer.replace('/price', pointer), error.detail),
    );
  };
  const strike = own(terms.strike, '/strike', 'down');
  if (!strike.ok) return strike;
  const maximumGap = own(terms.maximumGap, '/maximumGap', 'down');
  if (!maximumGap.ok) return maximumGap;
  const minimum = terms.minimumReference && own(terms.minimumReference, '/minimumReference', 'up');
  if (minimum?.ok === false) return minimum;
  const ceiling = design.kind === 'collar' ? own(design.ceiling, '/design/ceiling', 'up') : undefined;
  if (ceiling?.ok === false) return ceiling;
  if (minimum !== undefined && compareDecimal(minimum.value.amount, strike.value.amount) >= 0)
    return fail(
      fieldProblem('invalid_request', '/minimumReference', 'At or above the strike nothing is ever paid.'),
    );
  if (ceiling !== undefined && compareDecimal(ceiling.value.amount, strike.value.amount) < 0)
    return fail(fieldProblem('invalid_request', '/design/ceiling', 'The ceiling is below the strike.'));
  return ok({
    ...terms,
    strike: strike.value,
    maximumGap: maximumGap.value,
    ...(minimum === undefined ? {} : { minimumReference: minimum.value }),
    ...(design.kind === 'collar' && ceiling !== undefined
      ? { design: { ...design, ceiling: ceiling.value } }
      : {}),
    id,
    status: 'proposed',
    proposedBy: author.subject,
    proposedAt: author.at,
    ...nextVersion(undefined, author),
  });
}

/** Errors: invalid_state, second_approval_required. */
export const approvedProgramme = (programme: Programme, author: Author): Result<Programme> =>
  decided(programme, author, { status: 'approved', approvedBy: author.subject, approvedAt: author.at });

/** Errors: invalid_state, second_approval_required. */
export const rejectedProgramme = (programme: Programme, author: Author): Result<Programme> =>
  decided(programme, author, { status: 'rejected' });

function decided(programme: Programme, author: Author, change: Partial<Programme>): Result<Programme> {
  if (programme.status !== 'proposed')
    return fail(
      problem('invalid_state', `The programme is ${programme.status}: nothing about it awaits approval.`),
    );
  if (programme.proposedBy === author.subject)
    return fail(
      problem(
        'second_approval_required',
        'The administrator who proposed this cannot decide on it: another one must.',
      ),
    );
  return ok({ ...programme, ...change, ...nextVersion(programme, author) });
}

/** Takes nobody in any more; what it has promised it keeps. Errors: invalid_state. */
export const closedProgramme = (programme: Programme, author: Author): Result<Programme> =>
  programme.status === 'approved'
    ? ok({ ...programme, status: 'closed', ...nextVersion(programme, author) })
    : fail(
        problem(
          'invalid_state',
          `Only an approved programme can be closed; this one is ${programme.status}.`,
        ),
      );

/**
 * Asks for another budget. A closed programme may have one, too: what it has promised must be paid. Errors:
 * invalid_state, currency_mismatch.
 */
export function proposedBudget(
  programme: Programme,
  { budget, reason }: BudgetChangeTerms,
  author: Author,
): Result<Programme> {
  const { status, budgetChange } = programme;
  if (status !== 'approved' && status !== 'closed')
    return fail(problem('invalid_state', `The programme is ${status}: it has no budget.`));
  if (budgetChange !== undefined)
    return fail(problem('invalid_state', 'A change of the budget awaits another administrator already.'));
  if (budget.currency !== programme.budget.currency)
    return fail(
      fieldProblem(
        'currency_mismatch',
        '/budget/currency',
        `The programme's budget is in ${programme.budget.currency}.`,
      ),
    );
  const change = { budget, reason, proposedBy: author.subject, proposedAt: author.at };
  return ok({ ...programme, budgetChange: change, ...nextVersion(programme, author) });
}

/** Takes or refuses the budget that was asked for. Errors: invalid_state, second_approval_required. */
export function decidedBudget(programme: Programme, author: Author, isApproved: boolean): Result<Programme> {
  const { budgetChange, ...rest } = programme;
  if (budgetChange === undefined)
    return fail(problem('invalid_state', 'No change of the budget awaits a decision.'));
  if (budgetChange.proposedBy === author.subject)
    return fail(
      problem(
        'second_approval_required',
        'The administrator who proposed this cannot decide on it: another one must.',
      ),
    );
  return ok({
    ...rest,
    ...(isApproved ? { budget: budgetChange.budget } : {}),
    ...nextVersion(programme, author),
  });
}

/** A programme acts only on gate closures after its approval. */
export const isOpenAt = ({ status, approvedAt }: Programme, at: Instant): boolean =>
  status === 'approved' && approvedAt !== undefined && approvedAt < at;
