import * as z from 'zod';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Product } from '../../reference/product.ts';
import { assess, assessmentSchema } from '../../risk/assessment.ts';
import { releaseLevel } from '../../risk/release-level.ts';
import type { FoundLevel } from '../../stockpiles/release.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import { rulesOn } from '../../stockpiles/stockpile.ts';
import { readAssessmentInputs } from '../risk/assessment-inputs.ts';
import type { Action } from '../table/action.ts';
import type { Attribute } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import { readReference } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

export interface LevelFound {
  readonly found: FoundLevel;
  /** As it is put on record. */
  readonly assessment: Attribute;
}

/** How tight the supply of a product is for a stockpile, now, by the rules published for this day. */
export async function findLevel(
  table: Table,
  stockpile: Stockpile,
  product: Product,
  at: Instant,
): Promise<LevelFound> {
  const [zone, rules] = [await readReference(table, 'zone', stockpile.zone), rulesOn(stockpile, dateOf(at))];
  if (zone === undefined || rules === undefined) throw new Error(`${stockpile.id} has no zone or no rules`);
  const assessment = assess(await readAssessmentInputs(table, product, zone, at));
  const encoded = z.encode(assessmentSchema, assessment);
  return {
    found: {
      ...{ at, ...releaseLevel(assessment, stockpile.id, rules.releaseRules) },
      assessmentDigest: sha256(canonicalJson(encoded)),
    },
    assessment: encoded as Attribute,
  };
}

/** Keeps the assessment behind a decision on a release or a loan, whole. */
export const keptAssessment = (record: string, count: number, { assessment }: LevelFound): Action => ({
  name: 'releaseAssessment',
  put: { ...keys.foundAssessment(record, count), type: 'assessment of a release', body: assessment },
  conditions: [doesNotExist],
});
