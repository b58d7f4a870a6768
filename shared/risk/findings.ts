import { lessAtMost, minus, most, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimal, trimDecimal } from '../kernel/decimal.ts';
import { quarterNumber, quarterOf } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays, dateOf } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import type { AlertFigures, AlertKind, Cause } from './alert.ts';
import type { AssessedContract, AssessmentInputs } from './assessment-inputs.ts';
import type { Assessment } from './assessment.ts';
import { windowFrom } from './assessment.ts';
import { ratio, shareDigits, shareOf, totalOf } from './concentration.ts';
import type { Disruption } from './disruption.ts';
import { affectedPart } from './disruption.ts';
import { effectAt, isAbout, isOnLane } from './effect.ts';
import type { Level } from './severity.ts';
import { levelOf, levelThresholds, severityOf, shortfallOf } from './severity.ts';

/** Something that stands and that people should be warned of. */
export interface Finding {
  readonly cause: Cause;
  readonly title: string;
  readonly severity: Decimal;
  readonly level: Level;
  readonly figures: AlertFigures;
  readonly concerns: readonly string[];
}

export interface FindingInputs {
  readonly inputs: AssessmentInputs;
  /** Of these inputs. */
  readonly assessment: Assessment;
  readonly product: Product;
  /** All that are entered. */
  readonly disruptions: readonly Disruption[];
  /** Floors that another one follows on the day after their last. */
  readonly succeeded: ReadonlySet<string>;
}

/** So far ahead people are told of what a date brings. */
const daysAhead = 90;
/** Quarters, this one included, whose ending contracts are told of. */
const quartersAhead = 2;
/** An origin that has come to nine tenths of its cap is watched. */
const watchedPart = decimal('0.9');
const one = decimal('1');

/**
 * What of an assessment calls for an alert. Of one zone: everything. Of the whole market: disruptions and prices, since
 * everything else is some zone's. Levels follow from severities by the same thresholds whatever the kind; what only a
 * date brings has its level from the days that are left.
 */
export function findingsOf(of: FindingInputs): Finding[] {
  const market = [...ofDisruptions(of), ...ofPrice(of)];
  if (of.inputs.zone === null) return market;
  return [
    ...market.filter(({ cause }) => cause.kind !== 'price'),
    ...ofCover(of),
    ...ofConcentration(of),
    ...ofSupply(of),
    ...ofExpiry(of),
  ];
}

const causeOf = ({ inputs, product }: FindingInputs, kind: AlertKind, subject: string): Cause => ({
  ...{ kind, product: product.id, zone: inputs.zone?.id ?? null, subject },
});

const where = ({ inputs, product }: FindingInputs): string =>
  inputs.zone === null ? product.name : `${product.name} in ${inputs.zone.name}`;

function* ofDisruptions(of: FindingInputs): Generator<Finding> {
  const { inputs, assessment, product, disruptions } = of;
  const today = dateOf(inputs.at);
  const { available, target, days, targetDays } = assessment.zoneCover;
  for (const disruption of disruptions) {
    if (!isAbout(disruption, product) || !reaches(disruption, inputs)) continue;
    const { state, next } = effectAt(disruption, today);
    const isAhead = next !== undefined && next.state === 'in-force' && next.on <= addDays(today, daysAhead);
    if (state !== 'in-force' && !isAhead) continue;
    const { share, parties } = sourceOf(disruption, inputs);
    // A zone that gets nothing from there need not be told; the market as a whole is.
    if (share.units === 0n && inputs.zone !== null) continue;
    const part = affectedPart(disruption);
    const severity = severityOf(disruption.kind, times(share, part), { days: available, target });
    const exposed = assessment.disruptions.find((each) => each.disruption === disruption.id)?.exposed;
    yield {
      cause: causeOf(of, state === 'in-force' ? 'disruption' : 'disruption-ahead', disruption.id),
      title:
        state === 'in-force'
          ? `${disruption.title}: ${where(of)}`
          : `${disruption.title}, in effect from ${next?.on ?? ''}: ${where(of)}`,
      ...{ severity, level: levelOf(severity), concerns: parties },
      figures: {
        ...{ shareOfSource: share, affectedShare: part },
        ...(exposed === undefined ? {} : { exposed }),
        ...(days === null || targetDays === null ? {} : { coverDays: days, targetDays }),
        ...(state === 'in-force' || next === undefined ? {} : { on: next.on }),
      },
    };
  }
}

const reaches = ({ destinations }: Disruption, { zone }: AssessmentInputs): boolean =>
  zone === null ||
  destinations === undefined ||
  destinations.some((destination) => zone.members.includes(destination));

/**
 * The part of the supply that a disruption is about: by contracts, or by declared flows, whichever is more (a market
 * that has cleared little tells little of where supply comes from); and whose contracts.
 */
function sourceOf(disruption: Disruption, { contracts, declared, from }: AssessmentInputs) {
  const window = windowFrom(from);
  const flows = contracts.map((contract) => ({ contract, quantity: quantityIn(contract, window) }));
  const hit = flows.filter(({ contract, quantity }) => quantity.units > 0n && isOnLane(disruption, contract));
  const sum = (of: typeof flows): Decimal =>
    totalOf(of.map(({ contract: { origin }, quantity }) => ({ origin, quantity })));
  const contracted = shareOf(sum(hit), sum(flows)) ?? zero;
  const known = declared?.flows ?? [];
  const told =
    shareOf(totalOf(known.filter(({ origin }) => disruption.origins.includes(origin))), totalOf(known)) ??
    zero;
  return {
    share: most(contracted, told),
    parties: distinct(hit.flatMap(({ contract }) => contract.parties)),
  };
}

const quantityIn = ({ quarters }: AssessedContract, window: readonly string[]): Decimal =>
  quarters
    .filter(({ quarter }) => window.includes(quarter))
    .reduce<Decimal>(
      (sum, { quantity }) =>
        totalOf([
          { origin: '', quantity: sum },
          { origin: '', quantity },
        ]),
      zero,
    );

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort();

function* ofPrice(of: FindingInputs): Generator<Finding> {
  const { change90Days } = of.assessment.prices;
  if (change90Days === null || change90Days.units <= 0n) return;
  const severity = compareDecimal(change90Days, one) > 0 ? one : change90Days;
  if (levelOf(severity) === 0) return;
  yield {
    cause: causeOf(of, 'price', of.product.id),
    title: `The price has risen over 90 days: ${where(of)}`,
    ...{ severity, level: levelOf(severity), concerns: [] },
    figures: { value: change90Days, limit: levelThresholds[0] },
  };
}

function* ofCover(of: FindingInputs): Generator<Finding> {
  const { assessment, inputs } = of;
  const short = (
    available: Decimal,
    target: Decimal,
    subject: string,
    what: string,
    concerns: string[],
    days: { readonly days: Decimal | null; readonly targetDays: Decimal | null },
  ): Finding[] => {
    const severity = shortfallOf(available, target);
    const level = levelOf(severity);
    if (level === 0) return [];
    return [
      {
        cause: causeOf(of, 'cover', subject),
        title: `${what} below target: ${where(of)}`,
        ...{ severity, level, concerns },
        figures:
          days.days === null || days.targetDays === null
            ? {}
            : { coverDays: days.days, targetDays: days.targetDays },
      },
    ];
  };
  for (const status of assessment.cover) {
    const { operator } = inputs.stockpiles.find(({ stockpile }) => stockpile === status.stockpile) ?? {};
    const concerns = operator === undefined ? [] : [operator];
    yield* short(status.available, status.target, status.stockpile, 'A stockpile is', concerns, status);
  }
  const { zoneCover } = assessment;
  if (zoneCover.stockpiles > 0)
    yield* short(
      zoneCover.available,
      zoneCover.target,
      inputs.zone?.id ?? of.product.id,
      "The zone's stockpiles together are",
      [],
      zoneCover,
    );
}

function* ofConcentration(of: FindingInputs): Generator<Finding> {
  const { shares, maxOriginShare: cap } = of.assessment;
  for (const { origin, inside, shareOfUse } of shares) {
    if (inside || shareOfUse === null || compareDecimal(shareOfUse, times(watchedPart, cap)) < 0) continue;
    const above = lessAtMost(shareOfUse, cap);
    const beyond = above.units === 0n ? zero : (ratio(above, minus(one, cap), shareDigits, 'up') ?? one);
    const severity =
      above.units === 0n ? zero : most(levelThresholds[0], compareDecimal(beyond, one) > 0 ? one : beyond);
    yield {
      cause: causeOf(of, 'concentration', origin),
      title: `${origin} ${above.units === 0n ? 'comes near' : 'is above'} the share that one origin may have: ${where(of)}`,
      ...{ severity: trimDecimal(severity), level: levelOf(severity), concerns: [] },
      figures: { value: shareOfUse, limit: cap },
    };
  }
}

function* ofSupply(of: FindingInputs): Generator<Finding> {
  const { nMinusOne, late } = of.assessment;
  if (nMinusOne.demand !== null && nMinusOne.without !== null) {
    const severity = shortfallOf(nMinusOne.supply, nMinusOne.demand);
    if (levelOf(severity) > 0)
      yield {
        cause: causeOf(of, 'n-minus-one', of.product.id),
        title: `Contracts without the largest origin fall short of plans: ${where(of)}`,
        ...{ severity, level: levelOf(severity), concerns: [] },
        figures: nMinusOne.cover === null ? {} : { value: nMinusOne.cover, limit: one },
      };
  }
  if (late.share !== null && levelOf(late.share) > 0)
    yield {
      cause: causeOf(of, 'late-deliveries', of.product.id),
      title: `Deliveries are late: ${where(of)}`,
      ...{ severity: late.share, level: levelOf(late.share) },
      // How much is late altogether tells each party of the others.
      concerns: [],
      figures: { value: late.share, limit: levelThresholds[0] },
    };
}

const partiesOf = ({ inputs }: FindingInputs, ids: readonly string[]): string[] =>
  distinct(
    inputs.contracts.filter(({ contract }) => ids.includes(contract)).flatMap(({ parties }) => parties),
  );

/** Days left, and the level from then on; past its day it is at its highest. */
const levelByDays: readonly (readonly [days: number, level: Level])[] = [
  [7, 3],
  [30, 2],
  [daysAhead, 1],
];
const severityOfLevel = [zero, ...levelThresholds] as const;

const levelOfDay = (day: CalendarDate, today: CalendarDate): Level | undefined =>
  levelByDays.find(([days]) => day <= addDays(today, days))?.[1];

function* ofExpiry(of: FindingInputs): Generator<Finding> {
  const { inputs, assessment, succeeded } = of;
  const today = dateOf(inputs.at);
  const { certificates, contracts, floors } = assessment.expiring;
  for (const { certificate, validTo, contracts: relying } of certificates) {
    const level = levelOfDay(validTo, today);
    if (level === undefined) continue;
    yield {
      cause: causeOf(of, 'certificate-expiry', certificate),
      title: `A certificate that contracts rely on ends on ${validTo}: ${where(of)}`,
      ...{ severity: severityOfLevel[level], level, concerns: partiesOf(of, relying) },
      figures: { on: validTo },
    };
  }
  for (const { floor, effectiveTo } of floors) {
    const level = levelOfDay(effectiveTo, today);
    if (level === undefined || succeeded.has(floor)) continue;
    yield {
      cause: causeOf(of, 'floor-expiry', floor),
      title: `A floor ends on ${effectiveTo}, and none follows: ${where(of)}`,
      ...{ severity: severityOfLevel[level], level, concerns: [] },
      figures: { on: effectiveTo },
    };
  }
  const until = quarterNumber(quarterOf(today)) + quartersAhead;
  for (const [quarter, ending] of Map.groupBy(contracts, ({ lastQuarter }) => lastQuarter)) {
    if (quarterNumber(quarter) >= until) continue;
    const all = totalOf(
      inputs.contracts.map((contract) => ({ origin: '', quantity: quantityIn(contract, [quarter]) })),
    );
    const gone = totalOf(ending.map(({ quantity }) => ({ origin: '', quantity })));
    const severity = shareOf(gone, all) ?? zero;
    if (levelOf(severity) === 0) continue;
    yield {
      cause: causeOf(of, 'contract-expiry', quarter),
      title: `Contracts end with ${quarter}: ${where(of)}`,
      ...{ severity, level: levelOf(severity), concerns: [] },
      figures: { value: severity, limit: levelThresholds[0] },
    };
  }
}
