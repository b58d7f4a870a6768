import { canonicalJson, sha256 } from '../../../shared/kernel/digest.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import { assessmentSchema } from '../../../shared/risk/assessment.ts';
import { releaseLevel } from '../../../shared/risk/release-level.ts';
import type { FoundLevel } from '../../../shared/stockpiles/release.ts';
import type { Stockpile } from '../../../shared/stockpiles/stockpile.ts';
import { rulesOn } from '../../../shared/stockpiles/stockpile.ts';
import type { Evidence } from '../evidence.ts';

/** What is wrong about a level that a decision names: the assessment on record and the rules then published say. */
export function levelProblem(
  evidence: Evidence,
  { id, stockpile: of }: { readonly id: string; readonly stockpile: string },
  count: number,
  found: Pick<FoundLevel, 'at' | 'conditions' | 'assessmentDigest'> & { readonly level: number },
): string | undefined {
  const stockpile = evidence.references.get(`stockpile ${of}`)?.head as Stockpile | undefined;
  const kept = evidence.assessments.get(`${id} ${count}`);
  if (kept === undefined || sha256(canonicalJson(kept)) !== found.assessmentDigest)
    return `the assessment ${count} is not the one on record`;
  const rules = stockpile && rulesOn(stockpile, dateOf(found.at));
  if (rules === undefined) return 'no rules were published for it';
  const assessment = assessmentSchema.parse(kept);
  const again = releaseLevel(assessment, of, rules.releaseRules);
  return again.level !== found.level || canonicalJson(again.conditions) !== canonicalJson(found.conditions)
    ? `found at level ${found.level}, by its assessment ${again.level}`
    : undefined;
}

/** Amounts to compare: equal where they are written alike. */
export const plain = ({
  amount,
  currency,
}: {
  amount: { units: bigint; scale: number };
  currency: string;
}) => [...[amount.units.toString(), amount.scale, currency]];
