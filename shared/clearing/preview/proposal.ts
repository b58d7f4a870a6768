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
import type { Snapshot } from '../snapshot.ts';
import type { PreviewTerms, SupposedFloor, SupposedRule } from './terms.ts';

/**
 * The snapshot as it would be with what the terms suppose. `standing` is all that regulates now or will, in any zone:
 * what could not be set beside it cannot be previewed.
 *
 * Errors: unknown_reference, currency_mismatch, unit_not_convertible, off_tick, invalid_request, zone_overlap;
 * not_yet_supported for programmes.
 */
export function proposedSnapshot(
  snapshot: Snapshot,
  terms: PreviewTerms,
  standing: readonly Regulation[],
): Result<Snapshot> {
  if ((terms.programmes ?? []).length > 0)
    return fail(
      fieldProblem('not_yet_supported', '/programmes', 'Support programmes cannot be previewed yet.'),
    );
  const misplaced = misplacedReference(snapshot, terms);
  if (misplaced !== undefined) return fail(misplaced);
  const floors = collect(terms.floors ?? [], (floor, index) => supposedFloor(snapshot, floor, index));
  if (!floors.ok) return floors;
  const rules = collect(terms.standards ?? [], (rule, index) => supposedRule(snapshot, rule, index));
  if (!rules.ok) return rules;
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
  const errors = (['floors', 'standards'] as const)
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
const supposedId = (kind: 'floor' | 'standards', index: number): string =>
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
