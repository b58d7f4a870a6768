import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import type { StandingRule } from './standing-rule.ts';

const invalid = (detail: string) => fail(problem('invalid_state', detail));

/** An administrator puts it into force, or does not. Errors: invalid_state, second_approval_required. */
export function decidedRule(rule: StandingRule, approved: boolean, author: Author): Result<StandingRule> {
  if (rule.status !== 'proposed') return invalid(`The rule is ${rule.status}.`);
  if (rule.proposedBy === author.subject)
    return fail(problem('second_approval_required', 'Whoever proposed the rule cannot decide on it.'));
  return ok({
    ...rule,
    ...(approved ? { status: 'active', approvedBy: author.subject } : { status: 'rejected' }),
    ...nextVersion(rule, author),
  });
}

/** What its operator may do with it at any time: of its open orders it disposes as of any others. */
const steps = {
  pause: { from: ['active'], to: 'paused' },
  resume: { from: ['paused'], to: 'active' },
  end: { from: ['proposed', 'active', 'paused'], to: 'ended' },
} as const satisfies Record<string, { from: readonly StandingRule['status'][]; to: StandingRule['status'] }>;
export type RuleStep = keyof typeof steps;

/** Errors: invalid_state. */
export function steppedRule(rule: StandingRule, step: RuleStep, author: Author): Result<StandingRule> {
  const { from, to } = steps[step];
  return from.some((status) => status === rule.status)
    ? ok({ ...rule, status: to, ...nextVersion(rule, author) })
    : invalid(`The rule is ${rule.status}.`);
}
