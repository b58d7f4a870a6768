import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Regulation } from '../../pricing/zone-overlap.ts';
import type { Outcome } from '../clear.ts';
import { clear } from '../clear.ts';
import type { Snapshot } from '../snapshot.ts';
import { contractsOnlyIn } from './changes.ts';
import { figuresOf } from './figures.ts';
import { changeOf, differenceOf, sideOf } from './present.ts';
import { proposedSnapshot } from './proposal.ts';
import type { Preview } from './result.ts';
import { steppedSnapshot } from './steps.ts';
import type { PreviewTerms } from './terms.ts';
import { pairsToClear } from './workload.ts';

/** What a preview may cost. */
export interface PreviewBounds {
  /** Of pairs that each of its clearings looks at. */
  readonly pairs: number;
  /** Asked before whatever may take long: true ends the preview there. */
  readonly isOverTime: () => boolean;
}

/**
 * Clears the same book twice, under what is in force and under what the terms suppose, and sets the results side by
 * side. Which contracts vanish or appear is found by a third clearing where the terms lie off the steps that figures
 * for everyone move in.
 *
 * Errors: those of {@link proposedSnapshot} and of `clear`; market_too_large beyond the bounds.
 */
export function previewOf(
  snapshot: Snapshot,
  terms: PreviewTerms,
  standing: readonly Regulation[],
  bounds: PreviewBounds,
): Result<Pick<Preview, 'current' | 'proposed' | 'difference'>> {
  const supposed = proposedSnapshot(snapshot, terms, standing);
  if (!supposed.ok) return supposed;
  const stepped = steppedSnapshot(snapshot, supposed.value);
  if (Math.max(pairsToClear(snapshot), pairsToClear(supposed.value)) > bounds.pairs) return tooLarge;

  const clearInTime = (book: Snapshot): Result<Outcome> => {
    const cleared = clear(book, () => !bounds.isOverTime());
    return !cleared.ok && bounds.isOverTime() ? tooLarge : cleared;
  };
  const current = clearInTime(snapshot);
  if (!current.ok) return current;
  const proposed = clearInTime(supposed.value);
  if (!proposed.ok) return proposed;
  const onSteps = stepped === supposed.value ? proposed : clearInTime(stepped);
  if (!onSteps.ok) return onSteps;

  const { product } = snapshot;
  const [before, after] = [figuresOf(snapshot, current.value), figuresOf(supposed.value, proposed.value)];
  return ok({
    current: sideOf(before, product),
    proposed: sideOf(after, product),
    difference: {
      ...differenceOf(before, after, product),
      ...changesOf(snapshot, current.value, onSteps.value),
      steps: stepsOf(snapshot, stepped),
    },
  });
}

const tooLarge = fail(
  problem(
    'market_too_large',
    'The open book is too large to be previewed within a call. Nothing is wrong with it: a clearing takes far more. Preview when fewer orders are open, or ask for a clearing.',
  ),
);

const changesOf = (snapshot: Snapshot, current: Outcome, onSteps: Outcome) => ({
  vanishing: changeOf(contractsOnlyIn(current.awards, onSteps.awards, snapshot), snapshot.product),
  appearing: changeOf(contractsOnlyIn(onSteps.awards, current.awards, snapshot), snapshot.product),
});

const stepsOf = (current: Snapshot, stepped: Snapshot): Preview['difference']['steps'] => ({
  floors: stepped.floors
    .filter((floor) => !current.floors.includes(floor))
    .map(({ zone, price }) => ({ zone, price })),
  caps: stepped.zones
    .filter((zone) => !current.zones.includes(zone))
    .map(({ id, maxOriginShare }) => ({ zone: id, maxOriginShare })),
});
