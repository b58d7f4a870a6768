import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { latestOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import { ownPrice } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { StandingRule, StandingRuleTerms } from '../../stockpiles/standing-rule.ts';
import type { RuleStep } from '../../stockpiles/standing-rule-life.ts';
import { decidedRule, steppedRule } from '../../stockpiles/standing-rule-life.ts';
import { stepsOf } from '../../stockpiles/steps.ts';
import type { Act } from '../table/act.ts';
import type { Plan } from '../table/effect.ts';
import { putStockRecord, readStockRecord, ruleRecords } from './stock-records.ts';
import { ownStockpile, productHeld } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

const noSuchRule = problem('not_found', 'There is no such rule.');

/** A rule of a stockpile. Errors: not_found. */
export async function ruleOf(table: Table, stockpile: string, id: string): Promise<Result<StandingRule>> {
  const rule = await readStockRecord(table, ruleRecords, id);
  return rule?.stockpile === stockpile ? ok(rule) : fail(noSuchRule);
}

/**
 * The operator proposes a rule for its stockpile. Errors: not_found, invalid_state, unknown_reference, currency_mismatch,
 * unit_not_convertible, off_lot.
 */
export const proposeRule =
  (table: Table, act: Act, stockpileId: string, terms: StandingRuleTerms): Plan<StandingRule> =>
  async () => {
    const stockpile = await ownStockpile(table, act.organisation, stockpileId);
    if (!stockpile.ok) return stockpile;
    const held = await productHeld(table, stockpile.value, terms.product, act.at);
    if (!held.ok) return held;
    const product = held.value;
    const wrong = termsProblem(terms, product);
    if (wrong !== undefined) return fail(wrong);
    const rule: StandingRule = {
      ...{ id: act.newId('rule'), stockpile: stockpileId, operator: act.organisation, terms },
      ...{ status: 'proposed', proposedBy: act.subject, placed: [] },
      ...nextVersion(undefined, act),
    };
    return ok({ actions: putStockRecord(ruleRecords, rule), value: rule });
  };

function termsProblem(terms: StandingRuleTerms, product: Product): Problem | undefined {
  if (terms.kind === 'buy-at-floor') {
    const most = terms.most === undefined ? undefined : stepsOf(terms.most, product, '/most');
    return most?.ok === false ? most.problem : undefined;
  }
  for (const field of ['limit', 'ask'] as const) {
    const price = ownPrice(terms[field], product, 'down');
    if (!price.ok)
      return fieldProblem(
        price.problem.code,
        (price.problem.errors?.[0]?.pointer ?? '/price').replace('/price', `/${field}`),
        price.problem.detail,
      );
  }
  return undefined;
}

export const authorOfRule = (act: Pick<Act, 'subject' | 'at'>, rule: StandingRule): Author => ({
  subject: act.subject,
  at: latestOf(act.at, rule.recordedAt),
});

const recorded = (next: Result<StandingRule>) =>
  next.ok ? ok({ actions: putStockRecord(ruleRecords, next.value), value: next.value }) : next;

interface At {
  readonly stockpile: string;
  readonly rule: string;
}

/** Errors: not_found, invalid_state, second_approval_required. */
export const decideOnRule =
  (table: Table, act: Act, { stockpile, rule: id }: At, decision: 'approve' | 'reject'): Plan<StandingRule> =>
  async () => {
    const rule = await ruleOf(table, stockpile, id);
    return rule.ok
      ? recorded(decidedRule(rule.value, decision === 'approve', authorOfRule(act, rule.value)))
      : rule;
  };

/** By its operator. Errors: not_found, invalid_state. */
export const stepRule =
  (table: Table, act: Act, { stockpile, rule: id }: At, step: RuleStep): Plan<StandingRule> =>
  async () => {
    const rule = await ruleOf(table, stockpile, id);
    if (!rule.ok) return rule;
    if (rule.value.operator !== act.organisation) return fail(noSuchRule);
    return recorded(steppedRule(rule.value, step, authorOfRule(act, rule.value)));
  };
