import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { succession } from '../../kernel/succession.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import type { Floor, FloorEndTerms, FloorTerms } from '../../pricing/floor.ts';
import {
  approvedFloor,
  endedFloor,
  floorWithEndRejected,
  floorWithProposedEnd,
  proposedFloor,
  rejectedFloor,
  supersededFloor,
} from '../../pricing/floor-lifecycle.ts';
import { standingRegulations, zoneOverlap } from '../../pricing/zone-overlap.ts';
import type { Act } from '../table/act.ts';
import type { ConfigurationGuard } from './configuration.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Effect, Plan } from '../table/effect.ts';
import { readAll, readProduct, readReference, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

/**
 * Proposes a floor. Errors: unknown_reference, currency_mismatch, unit_not_convertible, off_tick,
 * invalid_request, zone_overlap.
 */
export const proposeFloor =
  (table: Table, act: Act, terms: FloorTerms): Plan<Floor> =>
  async () => {
    const guard = await readGuard(table);
    const [product, zone] = await Promise.all([
      readProduct(table, terms.product),
      readReference(table, 'zone', terms.zone),
    ]);
    if (product === undefined)
      return fail(fieldProblem('unknown_reference', '/product', `There is no product ${terms.product}.`));
    if (zone === undefined)
      return fail(fieldProblem('unknown_reference', '/zone', `There is no zone ${terms.zone}.`));
    const author = authorUnder(guard, act);
    const floor = proposedFloor(act.newId('floor'), terms, product, author);
    if (!floor.ok) return floor;
    const overlap = await zoneOverlapOf(table, floor.value, author);
    return overlap === undefined ? ok(written(guard, author, floor.value)) : fail(overlap);
  };

/**
 * Approves what about a floor awaits approval: the floor itself, or its end.
 * Errors: not_found, invalid_state, second_approval_required, floor_overlap, zone_overlap.
 */
export const approveFloor = (table: Table, act: Act, id: string): Plan<Floor> =>
  onFloor(table, act, id, async (floor, guard, author) => {
    if (floor.status !== 'proposed') {
      const ended = endedFloor(floor, author);
      return ended.ok ? ok(written(guard, author, ended.value)) : ended;
    }
    const [product, floors] = await Promise.all([readProduct(table, floor.product), readAll(table, 'floor')]);
    if (product === undefined) throw new Error(`the product of floor ${id} has gone`);
    const approved = approvedFloor(floor, product, author);
    if (!approved.ok) return approved;
    const beside = floors.filter(
      (other) => other.product === floor.product && other.zone === floor.zone && other.status === 'approved',
    );
    const follows = succession(beside, floor);
    if (follows.kind === 'overlaps')
      return fail(
        problem(
          'floor_overlap',
          `The floor ${follows.other.id} holds on some of these days. A new floor may begin inside an ` +
            'open-ended one, which then ends the day before.',
        ),
      );
    const overlap = await zoneOverlapOf(table, floor, author);
    if (overlap !== undefined) return fail(overlap);
    const ended =
      follows.kind === 'free' ? [] : [supersededFloor(follows.predecessor, id, follows.lastDay, author)];
    return ok(written(guard, author, approved.value, ...ended));
  });

/** Rejects what awaits approval. Errors: not_found, invalid_state, second_approval_required. */
export const rejectFloor = (table: Table, act: Act, id: string): Plan<Floor> =>
  onFloor(table, act, id, (floor, guard, author) => {
    const rejected =
      floor.status === 'proposed' ? rejectedFloor(floor, author) : floorWithEndRejected(floor, author);
    return rejected.ok ? ok(written(guard, author, rejected.value)) : rejected;
  });

/** Proposes the end of an approved floor. Errors: not_found, invalid_state, invalid_request. */
export const proposeFloorEnd = (table: Table, act: Act, id: string, terms: FloorEndTerms): Plan<Floor> =>
  onFloor(table, act, id, (floor, guard, author) => {
    const proposed = floorWithProposedEnd(floor, terms, author);
    return proposed.ok ? ok(written(guard, author, proposed.value)) : proposed;
  });

type Step = (
  floor: Floor,
  guard: ConfigurationGuard,
  author: Author,
) => Result<Effect<Floor>> | Promise<Result<Effect<Floor>>>;

const onFloor =
  (table: Table, act: Act, id: string, step: Step): Plan<Floor> =>
  async () => {
    const guard = await readGuard(table);
    const floor = await readReference(table, 'floor', id);
    if (floor === undefined) return fail(problem('not_found', 'There is no such floor.'));
    return step(floor, guard, authorUnder(guard, act, floor));
  };

/** Whether a destination of the floor's zone is regulated by another zone on one of its days. */
async function zoneOverlapOf(table: Table, floor: Floor, author: Author): Promise<Problem | undefined> {
  const [zones, floors, rules] = await Promise.all([
    readAll(table, 'zone'),
    readAll(table, 'floor'),
    readAll(table, 'standards'),
  ]);
  const zone = zones.find(({ id }) => id === floor.zone);
  if (zone === undefined) throw new Error(`the zone of floor ${floor.id} has gone`);
  const today = dateOf(author.at);
  return zoneOverlap(zone, [floor], standingRegulations(floors, rules, today), zones, today);
}

const written = (
  guard: ConfigurationGuard,
  author: Author,
  floor: Floor,
  ...others: readonly Floor[]
): Effect<Floor> => ({
  actions: [
    configurationMoves(guard, author),
    ...[floor, ...others].flatMap((version) => recordVersion(referenceSeries.floor, version)),
  ],
  value: floor,
});
