import * as z from 'zod';
import { contributionOf } from '../../../shared/clearing/outcome/figures.ts';
import { outcomeOf, outcomeSchema, publishedFrom } from '../../../shared/clearing/outcome/outcome.ts';
import type { Outcome } from '../../../shared/clearing/outcome/outcome.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import type { Organisation } from '../../../shared/reference/organisation.ts';
import { groupOf } from '../../../shared/reference/organisation.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import { termsOf } from './settlements.ts';

/** What is published: computed again from the contracts and settlements as of then. */
export function* checkOutcomes(evidence: Evidence): Generator<Finding> {
  for (const { product, outcome } of evidence.outcomes) {
    const { quarter, asOf } = outcome;
    const where = `MARKET#${product} OUTCOME#${quarter}`;
    if (dateOf(asOf) < publishedFrom(quarter)) yield finding('outcome', where, 'published too early');
    if (textOf(outcome) !== textOf(again(evidence, product, outcome)))
      yield finding('outcome', where, 'is not what its contracts and settlements had come to');
  }
}

const textOf = (outcome: Outcome): string => canonicalJson(z.encode(outcomeSchema, outcome));

function again(evidence: Evidence, product: string, { quarter, asOf }: Outcome): Outcome {
  const contributions = [...evidence.contracts.values()]
    .filter((contract) => contract.product === product)
    .flatMap((contract) => {
      const settlements = evidence.settlements.get(contract.id) ?? [];
      const source = { contract, settlements, terms: termsOf(evidence, contract) };
      return contributionOf(source, quarter, asOf) ?? [];
    });
  const groups = new Map(
    evidence.ofKind('organisation').flatMap(({ id, versions }) => {
      const then = versions.findLast(({ recordedAt }) => recordedAt <= asOf) as Organisation | undefined;
      return then === undefined ? [] : [[id, groupOf(id, then)] as const];
    }),
  );
  return outcomeOf(quarter, asOf, contributions, groups);
}
