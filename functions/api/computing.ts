import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { previewOf } from '../../shared/clearing/preview/preview.ts';
import type { PreviewTerms } from '../../shared/clearing/preview/terms.ts';
import type { LostDemand, Stop } from '../../shared/clearing/stress/stress.ts';
import { stressOf } from '../../shared/clearing/stress/stress.ts';
import type { Regulation } from '../../shared/pricing/zone-overlap.ts';

/** What a computation may cost. */
export interface ComputingBounds {
  readonly pairs: number;
  /** Of a processor, from when it begins. */
  readonly milliseconds: number;
}

const inTime = ({ pairs, milliseconds }: ComputingBounds) => {
  const begun = performance.now();
  return { pairs, isOverTime: () => performance.now() - begun > milliseconds };
};

/** What of previews and stress tests takes a processor for seconds, on data alone. */
export const computations = {
  preview: (
    snapshot: Snapshot,
    terms: PreviewTerms,
    standing: readonly Regulation[],
    bounds: ComputingBounds,
  ) => previewOf(snapshot, terms, standing, inTime(bounds)),
  stress: (snapshot: Snapshot, stop: Stop, lost: readonly LostDemand[], bounds: ComputingBounds) =>
    stressOf(snapshot, stop, lost, inTime(bounds)),
} as const;

type Computations = typeof computations;

/** The same, wherever there is a processor for it. Errors beside their own: rate_limited, unavailable. */
export type Computing = {
  readonly [Name in keyof Computations]: (
    ...data: Parameters<Computations[Name]>
  ) => Promise<ReturnType<Computations[Name]>>;
};

/** In the caller's own thread, which does nothing else until it is done. */
export const computingHere: Computing = {
  preview: (...data) => Promise.resolve(computations.preview(...data)),
  stress: (...data) => Promise.resolve(computations.stress(...data)),
};
