import { idPrefixes } from '../../kernel/ids.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { collect, fail, ok } from '../../kernel/result.ts';
import { dateOf, instantOf, millisecondsOf } from '../../kernel/time.ts';
import type { Floor } from '../../pricing/floor.ts';
import { priceOf, ticksOf } from '../../pricing/product-terms.ts';
import type { Regulation } from '../../pricing/zone-overlap.ts';
import { zoneOverlap } from '../../pricing/zone-overlap.ts';
import { requirementsProblem } from '../../standards/scope.ts';
import type { StandardsRule } from '../../standards/standards-rule.ts';
import { proposedProgramme } from '../../support/programme-lifecycle.ts';
import type { Snapshot, SnapshotProgramme } from '../snapshot.ts';
import { snapshotProgramme } from '../support/snapshot-programme.ts';
import type { PreviewTerms, SupposedFloor, SupposedProgramme, SupposedRule } from './terms.ts';

/**
 * The snapshot as it would be with what the terms suppose. `standing` is all that regulates now or will, in any zone:
 * what could not be set beside it cannot be previewed.
 *
 * Errors: unknown_reference, currency_mismatch, unit_not_convertible, off_tick, invalid_request, zone_overlap;
 * reference_unavailable for a programme that has no reference price of the day.
 */
export function proposedSnapshot(
  snapshot: Snapshot,
  terms: PreviewTerms,
  standing: readonly Regulation[],
): Result<Snapshot> {
  const misplaced = misplacedReference(snapshot, terms);
  if (misplaced !== undefined) return fail(misplaced);
  const floors = collect(terms.floors ?? [], (floor, index) => supposedFloor(snapshot, floor, index));
  if (!floors.ok) return floors;
  const rules = collect(terms.standards ?? [], (rule, index) => supposedRule(snapshot, rule, index));
  if (!rules.ok) return rules;
  const programmes = collect(terms.programmes ?? [], (programme, index) =>
    supposedProgramme(snapshot, programme, index),
  );
  if (!programmes.ok) return programmes;
  const overlap = overlapOf(snapshot, terms, standing);
  if (overlap !== undefined) return fail(overlap);

  const replaced = (supposed: readonly { zone: string }[], ended: readonly string[] = []): Set<string> =>
    new Set([...supposed.map(({ zone }) => zone), ...ended]);
  const floorsGone = replaced(floors.value, terms.endFloors);
  const rulesGone = replaced(rules.value, terms.endStandards);
  const capped = cappedZones(snapshot, terms);
  return ok({
    ...snapshot,
    floors: [...snapshot.floors.filter(({ zone }) => !floorsGone.has(zone)), ...floors.value],
    standards: [...snapshot.standards.filter(({ zone }) => !rulesGone.has(zone)), ...rules.value],
    zones: snapshot.zones.map((zone) =>
      terms.maxOriginShare !== undefined && capped.has(zone.id)
        ? { ...zone, maxOriginShare: terms.maxOriginShare }
        : zone,
    ),
    ...(programmes.value.length === 0
      ? {}
      : { programmes: inOrder([...(snapshot.programmes ?? []), ...programmes.value]) }),
  });
}

/** A zone that does not exist, another product than the one that is previewed, dates that cannot be. */
function misplacedReference(
  { zones, product, gateClosure }: Snapshot,
  terms: PreviewTerms,
): Problem | undefined {
  const known = new Set(zones.map(({ id }) => id));
  const unknown = (zone: string, pointer: string) =>
    known.has(zone) ? [] : [{ pointer, code: 'unknown_reference', detail: `There is no zone ${zone}.` }];
  const errors = (['floors', 'standards', 'programmes'] as const)
    .flatMap((field) =>
      (terms[field] ?? []).flatMap((entry, index) => unknown(entry.zone, `/${field}/${index}/zone`)),
    )
    .concat(
      (['endFloors', 'endStandards', 'capZones'] as const).flatMap((field) =>
        (terms[field] ?? []).flatMap((zone, index) => unknown(zone, `/${field}/${index}`)),
      ),
    );
  if (errors.length > 0)
    return problem('unknown_reference', 'The preview names a zone that does not exist.', errors);
  for (const [index, { product: of = product.id }] of (terms.programmes ?? []).entries())
    if (of !== product.id)
      return fieldProblem(
        'invalid_request',
        `/programmes/${index}/product`,
        `The preview is of ${product.id}.`,
      );
  const today = dateOf(gateClosure);
  for (const field of ['floors', 'standards'] as const)
    for (const [index, { product: of = product.id, effectiveFrom, effectiveTo }] of (
      terms[field] ?? []
    ).entries()) {
      const at = `/${field}/${index}`;
      if (of !== product.id)
        return fieldProblem('invalid_request', `${at}/product`, `The preview is of ${product.id}.`);
      if (effectiveTo === undefined) continue;
      if (effectiveTo < today)
        return fieldProblem('invalid_request', `${at}/effectiveTo`, 'It would already be over.');
      if (effectiveFrom !== undefined && effectiveTo < effectiveFrom)
        return fieldProblem('invalid_request', `${at}/effectiveTo`, 'It would end before it begins.');
    }
  return undefined;
}

/** An id that no record has; its digits say which of the request's entries it is. */
const supposedId = (kind: 'floor' | 'standards' | 'programme', index: number): string =>
  `${idPrefixes[kind]}_${String(index + 1).padStart(26, '0')}`;

function supposedFloor(snapshot: Snapshot, terms: SupposedFloor, index: number): Result<Floor> {
  const { product, gateClosure } = snapshot;
  const ticks = ticksOf(terms.price, product, 'up', `/floors/${index}/price`);
  if (!ticks.ok) return ticks;
  const duties = snapshot.floors.find(({ zone }) => zone === terms.zone)?.duties;
  // A floor acts on gate closures after its approval only.
  const before = instantOf(millisecondsOf(gateClosure) - 1);
  return ok({
    id: supposedId('floor', index),
    product: product.id,
    zone: terms.zone,
    price: priceOf(ticks.value, product),
    borderAdjusted: terms.borderAdjusted,
    ...(duties !== undefined && { duties }),
    effectiveFrom: dateOf(before),
    rationale: 'Supposed in a preview.',
    status: 'approved',
    ...{ proposedBy: 'preview', proposedAt: before, approvedBy: 'preview', approvedAt: before },
    ...{ version: 1, recordedAt: before, recordedBy: 'preview' },
  });
}

function supposedRule(snapshot: Snapshot, terms: SupposedRule, index: number): Result<StandardsRule> {
  const wrong = requirementsProblem(terms.topics, snapshot.schemes);
  if (wrong !== undefined)
    return fail(
      problem(
        wrong.code,
        wrong.detail,
        wrong.errors?.map((error) => ({ ...error, pointer: `/standards/${index}${error.pointer}` })),
      ),
    );
  return ok({
    id: supposedId('standards', index),
    product: snapshot.product.id,
    zone: terms.zone,
    topics: terms.topics,
    ...(terms.minimumAssurance !== undefined && { minimumAssurance: terms.minimumAssurance }),
    ...(terms.renewalCovenant !== undefined && { renewalCovenant: terms.renewalCovenant }),
    effectiveFrom: dateOf(snapshot.gateClosure),
    ...{ version: 1, recordedAt: snapshot.gateClosure, recordedBy: 'preview' },
  });
}

/** A programme as it would be, open with its whole budget. */
function supposedProgramme(
  { product, gateClosure, references = [] }: Snapshot,
  terms: SupposedProgramme,
  index: number,
): Result<SnapshotProgramme> {
  const { name = 'Supposed', design = { kind: 'one-way' }, rationale = 'Supposed in a preview.' } = terms;
  const proposed = proposedProgramme(
    supposedId('programme', index),
    { ...terms, product: product.id, name, design, rationale },
    product,
    { subject: 'preview', at: gateClosure },
  );
  if (!proposed.ok)
    return fail(
      problem(
        proposed.problem.code,
        proposed.problem.detail,
        proposed.problem.errors?.map((error) => ({
          ...error,
          pointer: `/programmes/${index}${error.pointer}`,
        })),
      ),
    );
  const reference = references.find(({ id }) => id === terms.reference);
  if (reference?.status !== 'available')
    return fail(
      fieldProblem(
        'reference_unavailable',
        `/programmes/${index}/reference`,
        reference?.detail ?? 'There is no such series.',
      ),
    );
  return ok(snapshotProgramme(proposed.value, terms.budget));
}

const inOrder = (programmes: readonly SnapshotProgramme[]): SnapshotProgramme[] =>
  programmes.toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));

/** Refused as setting them would be: two zones with a say over one product in one country, on one day. */
function overlapOf(
  { zones, product, gateClosure }: Snapshot,
  terms: PreviewTerms,
  standing: readonly Regulation[],
): Problem | undefined {
  const today = dateOf(gateClosure);
  const own = [...(terms.floors ?? []), ...(terms.standards ?? [])].map(
    ({ zone, effectiveFrom = today, effectiveTo }): Regulation => ({
      ...{ zone, product: product.id, effectiveTo },
      effectiveFrom: effectiveFrom < today ? effectiveFrom : today,
    }),
  );
  const ends = (regulation: Regulation): boolean =>
    regulation.product === product.id &&
    ('price' in regulation ? terms.endFloors : terms.endStandards)?.includes(regulation.zone) === true;
  const others = [...standing.filter((regulation) => !ends(regulation)), ...own];
  for (const regulation of own) {
    const zone = zones.find(({ id }) => id === regulation.zone);
    const overlap = zone && zoneOverlap(zone, [regulation], others, zones, today);
    if (overlap !== undefined) return overlap;
  }
  return undefined;
}

function cappedZones({ zones, consumption, product }: Snapshot, { capZones }: PreviewTerms): Set<string> {
  if (capZones !== undefined) return new Set(capZones);
  const concerned = zones.filter(
    (zone) =>
      zone.maxOriginShare !== undefined ||
      consumption.some((plan) => plan.zone === zone.id && plan.product === product.id),
  );
  return new Set((concerned.length > 0 ? concerned : zones).map(({ id }) => id));
}
