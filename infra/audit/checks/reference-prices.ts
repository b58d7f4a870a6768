import * as z from 'zod';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { fixingOf } from '../../../shared/pricing/fixing.ts';
import { fixingReferenceSchema } from '../../../shared/pricing/indexed-price.ts';
import type { Fixing, ReferenceSeries } from '../../../shared/pricing/reference-price.ts';
import { fixingSchema } from '../../../shared/pricing/reference-price.ts';
import { groupOf } from '../../../shared/reference/organisation.ts';
import type { ReferenceKind } from '../../../shared/store/table/keys/reference.ts';
import type { ReferenceRecords } from '../../../shared/store/reference/reference.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** Reference prices: every frozen figure made again from its points, and those that contracts name among them. */
export function* checkReferencePrices(evidence: Evidence): Generator<Finding> {
  const all = [...evidence.fixings.values()];
  const frozen = new Set(all.map(saysOf));
  for (const [series, own] of Map.groupBy(all, (fixing) => fixing.series)) {
    const numbers = own
      .map((fixing) => Number(evidence.fixingNumbers.get(fixing)))
      .filter((number) => number > 0)
      .sort((a, b) => a - b);
    if (numbers.some((number, index) => number !== index + 1))
      yield finding('fixing', `FIXINGS#${series}`, `frozen as numbers ${numbers.join(', ')}`);
  }
  const byWindow = Map.groupBy(all, subjectOf);
  for (const [subject, fixings] of byWindow) {
    const versions = fixings.map(({ version }) => version).sort((a, b) => a - b);
    if (versions.some((version, index) => version !== index + 1))
      yield finding('fixing', subject, `versions ${versions.join(', ')}`);
  }
  for (const fixing of all) {
    const again = madeAgain(evidence, fixing);
    if (again !== textOf(fixing))
      yield finding('fixing', subjectOf(fixing), again ?? 'no series has made it');
  }
  for (const { id, priceTerms } of evidence.contracts.values())
    if (priceTerms !== undefined && !frozen.has(saysOf(priceTerms.fixing)))
      yield finding('contract_reference', `CONTRACT#${id}`, 'its reference price was never frozen');
}

const subjectOf = ({ series, window }: Fixing): string => `FIXINGS#${series} ${window.from} to ${window.to}`;

const saysOf = (fixing: z.output<typeof fixingReferenceSchema>): string => {
  const { series, seriesVersion, window, price, pointsDigest, basis } = fixing;
  return canonicalJson(
    z.encode(fixingReferenceSchema, { series, seriesVersion, window, price, pointsDigest, basis }),
  );
};

const textOf = (fixing: Fixing): string => canonicalJson(z.encode(fixingSchema, fixing));

/** The same figure by what was on record when it was fixed, as text; or why there was none. */
function madeAgain(evidence: Evidence, fixing: Fixing): string | undefined {
  const at = fixing.fixedAt;
  const series = asOf(evidence, 'reference-price', fixing.series, at);
  if (series === undefined) return undefined;
  const numberOf = (of: Fixing): bigint => evidence.fixingNumbers.get(of) ?? 0n;
  const evidenceOf = (each: ReferenceSeries) => ({
    series: each,
    points: evidence.points.get(each.id) ?? [],
  });
  const figure = fixingOf({
    primary: evidenceOf(series),
    fallbacks: (series.fallbacks ?? []).flatMap((id) => {
      const fallback = asOf(evidence, 'reference-price', id, at);
      return fallback === undefined ? [] : [evidenceOf(fallback)];
    }),
    window: fixing.window,
    groupOf: (firm) => groupOf(firm, asOf(evidence, 'organisation', firm, at)),
    containedFactor: asOf(evidence, 'product', series.product, at)?.containedFactor,
    earlier: [...evidence.fixings.values()].filter(
      (other) =>
        other.series === series.id &&
        other.fixedAt <= at &&
        (numberOf(other) < numberOf(fixing) ||
          (numberOf(other) === 0n && numberOf(fixing) === 0n && isBefore(other, fixing))),
    ),
    at,
  });
  return figure.ok ? textOf({ ...figure.value, version: fixing.version }) : figure.problem.detail;
}

/** Of those that were not counted, the time of freezing decides. */
const isBefore = (other: Fixing, own: Fixing): boolean => other.fixedAt < own.fixedAt;

/** A record as it stood at an instant. */
function asOf<K extends ReferenceKind>(
  evidence: Evidence,
  kind: K,
  id: string,
  at: Instant,
): ReferenceRecords[K] | undefined {
  const versions = evidence.references.get(`${kind} ${id}`)?.versions ?? [];
  return versions.findLast(({ recordedAt }) => recordedAt <= at) as ReferenceRecords[K] | undefined;
}
