import { minus, plus, times } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimal, formatDecimal } from '../kernel/decimal.ts';
import type { ReleaseRules } from '../stockpiles/release-rules.ts';
import type { ReleaseCondition, ReleaseLevel } from '../stockpiles/release.ts';
import type { Assessment } from './assessment.ts';
import { exceeds, fallsBelow, shareOf } from './concentration.ts';

/**
 * How tight the supply of a product is for one stockpile, by its own published rules: a level is entered by any two of its
 * conditions, or by one that suffices alone; the highest that is entered counts. What is not known meets no condition.
 */
export function releaseLevel(
  assessment: Assessment,
  stockpile: string,
  rules: ReleaseRules,
): { readonly level: ReleaseLevel; readonly conditions: ReleaseCondition[] } {
  const conditions = [
    ...watch(assessment, stockpile, rules.watch),
    ...tight(assessment, stockpile, rules.tight),
    ...emergency(assessment, stockpile, rules.emergency),
  ];
  const entered = ([3, 2, 1] as const).find((level) => {
    const met = conditions.filter((condition) => condition.level === level && condition.met);
    return met.length >= 2 || met.some(({ suffices }) => suffices);
  });
  return { level: entered ?? 0, conditions };
}

type Figure = Decimal | null | undefined;

function condition(
  level: 1 | 2 | 3,
  code: ReleaseCondition['code'],
  met: boolean,
  figure: Figure,
  threshold: Decimal,
  suffices = false,
): ReleaseCondition {
  const text = figure === null || figure === undefined ? null : signed(figure);
  return { level, code, met, figure: text, threshold: formatDecimal(threshold), suffices };
}

const signed = ({ units, scale }: Decimal): string =>
  units < 0n ? `-${formatDecimal({ units: -units, scale })}` : formatDecimal({ units, scale });

const coverOf = ({ cover }: Assessment, stockpile: string) =>
  cover.find((each) => each.stockpile === stockpile);

function watch(
  assessment: Assessment,
  stockpile: string,
  { topSourceShare, licenceSourceShare }: ReleaseRules['watch'],
): ReleaseCondition[] {
  const cover = coverOf(assessment, stockpile);
  const top = topSource(assessment, topSourceShare);
  const licence = largestSource(assessment, ['licence']);
  return [
    condition(
      1,
      'cover_below_target',
      cover?.belowTarget === true,
      cover?.days,
      cover?.targetDays ?? decimal('0'),
    ),
    condition(1, 'top_source_share', top.met, top.figure, topSourceShare),
    condition(1, 'licence_rule', isAbove(licence, licenceSourceShare), licence, licenceSourceShare),
  ];
}

function tight(
  assessment: Assessment,
  stockpile: string,
  { coverShareOfTarget, priceRise90Days, lateShare }: ReleaseRules['tight'],
): ReleaseCondition[] {
  const cover = coverOf(assessment, stockpile);
  const { prices, late } = assessment;
  const risen =
    prices.last !== null &&
    prices.before !== null &&
    compareDecimal(
      prices.last.price.amount,
      times(prices.before.price.amount, plus(decimal('1'), priceRise90Days)),
    ) >= 0;
  return [
    condition(
      ...([2, 'cover_below_share_of_target'] as const),
      cover !== undefined && fallsBelow(cover.available, cover.target, coverShareOfTarget),
      cover && shareOf(cover.available, cover.target),
      coverShareOfTarget,
    ),
    condition(2, 'price_rise', risen, prices.change90Days, priceRise90Days),
    condition(2, 'deliveries_late', exceeds(late.late, late.due, lateShare), late.share, lateShare),
  ];
}

function emergency(
  assessment: Assessment,
  stockpile: string,
  { banSourceShare, coverDays, forceMajeureShare }: ReleaseRules['emergency'],
): ReleaseCondition[] {
  const cover = coverOf(assessment, stockpile);
  const stopped = largestSource(assessment, ['export-ban', 'quota']);
  const days: Decimal = { units: BigInt(coverDays), scale: 0 };
  const excused = forceMajeure(assessment);
  return [
    condition(3, 'ban_or_quota', isAbove(stopped, banSourceShare), stopped, banSourceShare, true),
    condition(
      ...([3, 'cover_below_days'] as const),
      // Days are rounded down, so that whole ones compare as the exact figure does.
      cover?.days !== undefined && cover.days !== null && compareDecimal(cover.days, days) < 0,
      ...([cover?.days, days, true] as const),
    ),
    condition(
      ...([3, 'force_majeure'] as const),
      exceeds(excused, assessment.total, forceMajeureShare),
      shareOf(excused, assessment.total),
      forceMajeureShare,
    ),
  ];
}

const isAbove = (share: Decimal | null, threshold: Decimal): boolean =>
  share !== null && compareDecimal(share, threshold) > 0;

/**
 * The largest origin outside the zone, by what is contracted and by what is declared: of planned consumption where that is
 * known, else of the supply.
 */
function topSource(
  { shares, total, declared, consumption }: Assessment,
  threshold: Decimal,
): { readonly met: boolean; readonly figure: Decimal | null } {
  const tops = [{ shares, total }, ...(declared === null ? [] : [declared])].flatMap((supply) => {
    const top = supply.shares.find(({ inside }) => !inside);
    if (top === undefined) return [];
    const whole = consumption ?? supply.total;
    return [{ met: exceeds(top.quantity, whole, threshold), figure: shareOf(top.quantity, whole) }];
  });
  return {
    met: tops.some(({ met }) => met),
    figure: tops.reduce<Decimal | null>((most, { figure }) => larger(most, figure), null),
  };
}

/** The largest share of a source that measures of these kinds are about, contracted or declared. */
const largestSource = ({ disruptions }: Assessment, kinds: readonly string[]): Decimal | null =>
  disruptions
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap(({ shareOfSource, shareOfDeclared }) => [shareOfSource, shareOfDeclared])
    .reduce<Decimal | null>(larger, null);

const larger = (a: Decimal | null, b: Decimal | null): Decimal | null => {
  if (a === null || b === null) return a ?? b;
  return minus(a, b).units >= 0n ? a : b;
};

/** Of what is contracted: excused by parties who declared it, or told of as a disruption; the larger, for they may be one. */
function forceMajeure({ forceMajeure: declared, disruptions }: Assessment): Decimal {
  const told = disruptions
    .filter(({ kind }) => kind === 'force-majeure')
    .map(({ exposed }) => exposed.amount)
    .reduce(plus, decimal('0'));
  return minus(declared.quantity, told).units >= 0n ? declared.quantity : told;
}
