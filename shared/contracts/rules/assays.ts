import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import { fail } from '../../kernel/result.ts';
import { decidedBy, exchanged } from '../assays.ts';
import { commitmentTo, openedJson } from '../chain.ts';
import type { AssayValues } from '../delivery.ts';
import type { AssayTerms } from '../standard-terms.ts';
import type { Ground, Ruled } from './ground.ts';
import { deliveryOf, did, mustBe, mustBeIn, objection, unless } from './ground.ts';

/**
 * One side's assay, sealed from the other until that one's is in; the second settles what lies within the splitting
 * limits. Errors: forbidden, not_found, invalid_state, assay_incomplete.
 *
 * @param salt secret, so that nobody can try out values against the sealed assay's hash.
 */
export function reportAssay({ state, actor }: Ground, id: string, values: AssayValues, salt: string): Ruled {
  const found = deliveryOf(state, id);
  if (!found.ok) return found;
  const { assays } = found.value;
  const { role: side } = actor;
  const terms = state.terms.assay;
  if (side === 'administrator') return fail(mustBe(actor, 'seller', 'buyer')!);
  const wrong = objection(
    mustBeIn(found.value, 'received'),
    terms === undefined
      ? problem('invalid_state', 'The contract settles by weight alone: it has no assay.')
      : incomplete(
          values,
          terms.elements.map(({ element }) => element),
        ),
    assays.reported.includes(side)
      ? problem('invalid_state', 'Your side has reported its assay already.')
      : undefined,
  );
  if (wrong !== undefined || terms === undefined) return fail(wrong!);
  const opened = { salt, value: values };
  const reported = did(actor, {
    type: 'assay_reported',
    ...{ delivery: id, side, opened },
    sealed: commitmentTo(openedJson(opened)),
  });
  const other = side === 'seller' ? assays.buyer : assays.seller;
  if (other === undefined) return unless(undefined, () => [reported]);
  const settled = side === 'seller' ? exchanged(terms, values, other) : exchanged(terms, other, values);
  return unless(undefined, () => [
    reported,
    { type: 'assay_settled', at: actor.at, delivery: id, ...settled },
  ]);
}

/**
 * The umpire's assay of what the sides did not settle, as an administrator has received it. Errors: forbidden, not_found,
 * invalid_state, assay_incomplete.
 */
export function decideAsUmpire({ state, actor }: Ground, id: string, values: AssayValues): Ruled {
  const found = deliveryOf(state, id);
  if (!found.ok) return found;
  const { seller, buyer, disputed } = found.value.assays;
  const terms: AssayTerms | undefined = state.terms.assay;
  const wrong = objection(
    mustBe(actor, 'administrator'),
    mustBeIn(found.value, 'received'),
    disputed.length === 0
      ? problem('invalid_state', 'There is nothing in dispute for an umpire to decide.')
      : incomplete(values, disputed),
  );
  if (wrong !== undefined) return fail(wrong);
  if (terms === undefined || seller === undefined || buyer === undefined)
    throw new Error('a dispute without two assays');
  return unless(undefined, () => [
    did(actor, {
      type: 'umpire_decided',
      ...{ delivery: id, values },
      settled: decidedBy(values, terms, seller, buyer),
    }),
  ]);
}

/** Every element asked for, and no other. */
function incomplete(values: AssayValues, wanted: readonly string[]): Problem | undefined {
  const missing = wanted.filter((element) => !values.some((each) => each.element === element));
  const foreign = values.findIndex(({ element }) => !wanted.includes(element));
  if (missing.length > 0) return problem('assay_incomplete', `Not assayed: ${missing.join(', ')}.`);
  return foreign < 0
    ? undefined
    : fieldProblem('assay_incomplete', `/values/${foreign}/element`, 'Not asked for.');
}
