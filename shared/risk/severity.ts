import { lessAtMost, times } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimal, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { DisruptionKind } from './disruption.ts';

/**
 * How much of a source's flow a measure of its kind is reckoned to stop. Ban, quota, licence and tax are the published
 * weights; what nobody decided stops what it hits altogether, and an accident is repaired sooner than a dispute.
 */
const typeWeights: Readonly<Record<DisruptionKind, Decimal>> = {
  'export-ban': decimal('1.0'),
  quota: decimal('0.8'),
  licence: decimal('0.5'),
  tax: decimal('0.3'),
  'force-majeure': decimal('1.0'),
  accident: decimal('0.8'),
};

/** From which severity on an alert is of level 1, 2 and 3. */
export const levelThresholds = [decimal('0.15'), decimal('0.35'), decimal('0.6')] as const;

export type Level = 0 | 1 | 2 | 3;

export const levelOf = (severity: Decimal): Level => {
  const reached = levelThresholds.filter((threshold) => compareDecimal(severity, threshold) >= 0).length;
  return reached as Level;
};

/** Digits of a severity. */
const severityDigits = 6;
const one = decimal('1');

/**
 * Severity of a disruption: weight of its kind × the part of supply that it is about × (1 − cover ÷ target), the last
 * factor at least nothing; to six digits, rounded up, so that rounding never lowers a level.
 * @param shareOfSource of the supply, from 0 to 1
 * @param cover days of cover and their target; without a target nothing covers
 */
export function severityOf(
  kind: DisruptionKind,
  shareOfSource: Decimal,
  cover: { readonly days: Decimal; readonly target: Decimal } | undefined,
): Decimal {
  const weighed = times(typeWeights[kind], shareOfSource);
  if (cover === undefined || cover.target.units === 0n) return rounded(weighed, one);
  const { days, target } = cover;
  return rounded(times(weighed, lessAtMost(target, days)), target);
}

/** How far something falls short of what it should be: 1 − value ÷ target, at least nothing; six digits, rounded up. */
export const shortfallOf = (value: Decimal, target: Decimal): Decimal =>
  target.units === 0n ? decimal('0') : rounded(lessAtMost(target, value), target);

const rounded = (part: Decimal, whole: Decimal): Decimal =>
  trimDecimal({
    units: divide(part.units * tenTo(whole.scale + severityDigits), whole.units * tenTo(part.scale), 'up'),
    scale: severityDigits,
  });
