import type { Problem } from '../kernel/problem.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { dateOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import type { Product } from '../reference/product.ts';
import { targetQuantity } from './cover.ts';
import type { RulesTerms, Stockpile, StockpileProduct, StockpileTerms } from './stockpile.ts';

/*
 * A stockpile is proposed by its operator and approved by an administrator; its rules alike. Approval publishes them. The
 * first are in force from then on, others from a later day: nobody is released to, or bought for, under rules that were
 * not public before.
 */

export const proposedStockpile = (
  id: string,
  { name, purpose, zone, products, releaseRules }: StockpileTerms,
  operator: string,
  author: Author,
): Stockpile => ({
  ...{ id, operator, name, purpose, zone, status: 'proposed', rules: [] },
  proposal: { products, releaseRules, proposedBy: author.subject, proposedAt: author.at },
  ...nextVersion(undefined, author),
});

/** Errors: invalid_state, invalid_request (a day that is not to come, or before other rules that are). */
export function proposedRules(stockpile: Stockpile, terms: RulesTerms, author: Author): Result<Stockpile> {
  if (stockpile.status !== 'active')
    return fail(problem('invalid_state', `The stockpile is ${stockpile.status}.`));
  if (stockpile.proposal !== undefined)
    return fail(problem('invalid_state', 'Other rules await approval already.'));
  const early = tooEarly(stockpile, terms.effectiveFrom, author);
  if (early !== undefined) return fail(fieldProblem('invalid_request', '/effectiveFrom', early));
  const proposal = { ...terms, proposedBy: author.subject, proposedAt: author.at };
  return ok({ ...stockpile, proposal, ...nextVersion(stockpile, author) });
}

function tooEarly({ rules }: Stockpile, from: string, { at }: Author): string | undefined {
  if (from <= dateOf(at)) return 'Rules are published before the day from which they are in force.';
  const last = rules.at(-1);
  return last !== undefined && from <= last.effectiveFrom
    ? `Other rules have been published that are in force from ${last.effectiveFrom}.`
    : undefined;
}

/** Its operator asks to close it: from then on nothing new begins in it. Errors: invalid_state. */
export function closingStockpile(stockpile: Stockpile, reason: string, author: Author): Result<Stockpile> {
  if (stockpile.status !== 'active')
    return fail(problem('invalid_state', `The stockpile is ${stockpile.status}.`));
  if (stockpile.proposal !== undefined)
    return fail(problem('invalid_state', 'Other rules await approval: they are decided on first.'));
  const closing = { reason, proposedBy: author.subject, proposedAt: author.at };
  return ok({ ...stockpile, status: 'closing', closing, ...nextVersion(stockpile, author) });
}

/** It is closed for good, or goes on as before. Errors: invalid_state, second_approval_required. */
export function closingDecided(stockpile: Stockpile, closed: boolean, author: Author): Result<Stockpile> {
  const { status, closing } = stockpile;
  if (status !== 'closing' || closing === undefined)
    return fail(problem('invalid_state', `The stockpile is ${status}.`));
  if (closing.proposedBy === author.subject)
    return fail(problem('second_approval_required', 'Whoever proposed this cannot decide on it.'));
  const next = nextVersion(stockpile, author);
  return ok(
    closed
      ? { ...stockpile, status: 'closed', ...next }
      : { ...stockpile, status: 'active', closing: undefined, ...next },
  );
}

/** Errors: invalid_state, second_approval_required. */
export function approvedStockpile(stockpile: Stockpile, author: Author): Result<Stockpile> {
  const proposal = decidable(stockpile, author);
  if (!proposal.ok) return proposal;
  const { effectiveFrom = dateOf(author.at), products, releaseRules, rationale } = proposal.value;
  const early = stockpile.status === 'active' ? tooEarly(stockpile, effectiveFrom, author) : undefined;
  if (early !== undefined) return fail(problem('invalid_state', `${early} Propose them anew.`));
  const published = {
    ...{ products, releaseRules, effectiveFrom, publishedAt: author.at, publishedBy: author.subject },
    ...(rationale === undefined ? {} : { rationale }),
  };
  return ok({
    ...stockpile,
    status: 'active',
    rules: [...stockpile.rules, published],
    proposal: undefined,
    ...nextVersion(stockpile, author),
  });
}

/** Errors: invalid_state, second_approval_required. */
export function rejectedStockpile(stockpile: Stockpile, author: Author): Result<Stockpile> {
  const proposal = decidable(stockpile, author);
  if (!proposal.ok) return proposal;
  const next = nextVersion(stockpile, author);
  // A stockpile that never was keeps what was proposed of it: there is nothing else to read of it.
  return ok(
    stockpile.status === 'proposed'
      ? { ...stockpile, status: 'rejected', ...next }
      : { ...stockpile, proposal: undefined, ...next },
  );
}

function decidable(
  { proposal, status }: Stockpile,
  author: Author,
): Result<NonNullable<Stockpile['proposal']>> {
  if (proposal === undefined || status === 'rejected')
    return fail(problem('invalid_state', 'Nothing about it awaits approval.'));
  return proposal.proposedBy === author.subject
    ? fail(problem('second_approval_required', 'Whoever proposed this cannot decide on it.'))
    : ok(proposal);
}

/** What the rules name must exist, and its use must be a mass of it. Errors: unknown_reference, unit_not_convertible, off_lot. */
export function unknownProducts(
  products: readonly StockpileProduct[],
  known: ReadonlyMap<string, Product>,
): Problem | undefined {
  for (const [index, rules] of products.entries()) {
    const product = known.get(rules.product);
    if (product === undefined)
      return fieldProblem('unknown_reference', `/products/${index}/product`, 'There is no such product.');
    const target = targetQuantity(rules, product);
    if (!target.ok) {
      const { code, detail, errors } = target.problem;
      return fieldProblem(
        code,
        `/products/${index}${errors?.[0]?.pointer ?? ''}`,
        errors?.[0]?.detail ?? detail,
      );
    }
  }
  return undefined;
}
