import type { Decimal, Rounding } from '../../../shared/kernel/decimal.ts';
import {
  compareDecimal,
  decimal,
  divide,
  formatDecimal,
  tenTo,
  trimDecimal,
} from '../../../shared/kernel/decimal.ts';
import type { SourceId } from './sources.ts';

/**
 * Every number of the sample market says where it comes from. What has a value is `Known`; what was withheld,
 * is only bounded, or is not published has none, so that no sum can take it for zero.
 */
export type Known = Published | Assumed | Defined | Derived;
export type Figure = Known | AtLeast | Withheld | Unpublished;

interface Valued {
  readonly value: Decimal;
  readonly unit: string;
}
export interface Published extends Valued {
  readonly kind: 'published';
  readonly source: SourceId;
  /** The year or day that the figure is for, as the source says it; "2025e" is the source's own estimate. */
  readonly of: string;
  readonly note?: string;
}
/** Chosen for the sample, with the reason. */
export interface Assumed extends Valued {
  readonly kind: 'assumed';
  readonly why: string;
}
/** True by definition: kilograms in a tonne, quarters in a year. */
export interface Defined extends Valued {
  readonly kind: 'defined';
  readonly says: string;
}
/** Computed exactly from other figures, then rounded once. */
export interface Derived extends Valued {
  readonly kind: 'derived';
  readonly rule: string;
  readonly rounding: Rounding;
  readonly from: readonly Known[];
}
/** The source gives a lower bound only (">"). */
export interface AtLeast {
  readonly kind: 'at least';
  readonly bound: Decimal;
  readonly unit: string;
  readonly source: SourceId;
  readonly of: string;
}
/** The source keeps it back to protect a company's figures ("W"). */
export interface Withheld {
  readonly kind: 'withheld';
  readonly source: SourceId;
  readonly of: string;
}
/** No source at hand gives it. */
export interface Unpublished {
  readonly kind: 'unpublished';
  readonly why: string;
}

export const published = (
  value: string,
  unit: string,
  source: SourceId,
  of: string,
  note?: string,
): Published => ({
  kind: 'published',
  value: decimal(value),
  unit,
  source,
  of,
  ...(note === undefined ? {} : { note }),
});
export const assumed = (value: string, unit: string, why: string): Assumed => ({
  kind: 'assumed',
  value: decimal(value),
  unit,
  why,
});
export const defined = (value: string, unit: string, says: string): Defined => ({
  kind: 'defined',
  value: decimal(value),
  unit,
  says,
});
export const atLeast = (bound: string, unit: string, source: SourceId, of: string): AtLeast => ({
  kind: 'at least',
  bound: decimal(bound),
  unit,
  source,
  of,
});
export const withheld = (source: SourceId, of: string): Withheld => ({ kind: 'withheld', source, of });
export const unpublished = (why: string): Unpublished => ({ kind: 'unpublished', why });

export const isKnown = (figure: Figure): figure is Known => 'value' in figure;

/** A product of figures, over others. */
export interface Chain {
  readonly times: readonly Known[];
  readonly over?: readonly Known[];
}

export const chain = (...chains: readonly (Chain | Known)[]): Chain => ({
  times: chains.flatMap((link) => ('kind' in link ? [link] : link.times)),
  over: chains.flatMap((link) => ('kind' in link ? [] : (link.over ?? []))),
});

/** The value of a chain as a whole number of `step`s: exact until the one rounding at the end. */
export function derive(
  rule: string,
  result: { readonly unit: string; readonly step: Known; readonly rounding: Rounding },
  { times, over = [] }: Chain,
): Derived {
  const below = [...over, result.step];
  const units = (figures: readonly Known[]) => figures.reduce((all, { value }) => all * value.units, 1n);
  const scale = (figures: readonly Known[]) => figures.reduce((sum, { value }) => sum + value.scale, 0);
  const steps = divide(
    units(times) * tenTo(scale(below)),
    units(below) * tenTo(scale(times)),
    result.rounding,
  );
  return {
    kind: 'derived',
    value: { units: steps * result.step.value.units, scale: result.step.value.scale },
    unit: result.unit,
    rule,
    rounding: result.rounding,
    from: [...times, ...over],
  };
}

/** Whether `part` is at least `share` of `whole`. */
export const isShareOf = (part: Known, whole: Known, share: Known): boolean =>
  compareDecimal(part.value, {
    units: whole.value.units * share.value.units,
    scale: whole.value.scale + share.value.scale,
  }) >= 0;

/** The figure's amount for the wire, without idle zeros. */
export const amountOf = (figure: Known, digits = 0): string =>
  formatDecimal(trimDecimal(figure.value, digits));

/** The sources that a figure rests on, directly or through what it was derived from. */
export const sourcesOf = (figure: Figure): SourceId[] =>
  figure.kind === 'derived'
    ? [...new Set(figure.from.flatMap(sourcesOf))]
    : 'source' in figure
      ? [figure.source]
      : [];
