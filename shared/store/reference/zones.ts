import type { Problem } from '../../kernel/problem.ts';
import { problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf, isStanding } from '../../kernel/time.ts';
import type { Author, ExpectedVersion } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Floor } from '../../pricing/floor.ts';
import { standingRegulations, zoneOverlap } from '../../pricing/zone-overlap.ts';
import type { Zone, ZoneTerms } from '../../reference/zone.ts';
import { zoneTermsSchema } from '../../reference/zone.ts';
import type { Act } from '../table/act.ts';
import { proposeChange } from './changes.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from '../table/effect.ts';
import type { Put } from '../table/put.ts';
import { checkExpected, saysTheSame } from '../table/put.ts';
import { readAll, readReference, referenceSeries } from './reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion, termsOf } from '../table/versioned.ts';

/** The zone's approved floors that have not ended: in force, or to come. */
const standingFloorsOfZone = (floors: readonly Floor[], zone: string, author: Author): Floor[] =>
  floors.filter(
    (floor) => floor.zone === zone && floor.status === 'approved' && isStanding(floor, dateOf(author.at)),
  );

/**
 * Whether a zone may take these terms beside all that stands. Errors: unknown_reference, zone_overlap.
 */
export async function zoneProblem(
  table: Table,
  id: string,
  terms: ZoneTerms,
  author: Author,
): Promise<Problem | undefined> {
  const [zones, floors, rules, products] = await Promise.all([
    readAll(table, 'zone'),
    readAll(table, 'floor'),
    readAll(table, 'standards'),
    readAll(table, 'product'),
  ]);
  const unknown = (terms.equivalentOrigins ?? []).flatMap(({ product }, index) =>
    product === undefined || products.some((known) => known.id === product)
      ? []
      : [
          {
            pointer: `/equivalentOrigins/${index}/product`,
            code: 'unknown_reference',
            detail: `There is no product ${product}.`,
          },
        ],
  );
  if (unknown.length > 0)
    return problem('unknown_reference', 'The zone names a product that does not exist.', unknown);
  const today = dateOf(author.at);
  const standing = standingRegulations(floors, rules, today);
  const own = standing.filter((regulation) => regulation.zone === id);
  return zoneOverlap({ id, members: terms.members }, own, standing, zones, today);
}

/**
 * Describes a zone. Under a floor the change awaits a second administrator.
 * Errors: precondition_failed, unknown_reference, zone_overlap.
 */
export const putZone =
  (table: Table, act: Act, id: string, terms: ZoneTerms, expected?: ExpectedVersion): Plan<Put<Zone>> =>
  async () => {
    const guard = await readGuard(table);
    const [present, floors] = await Promise.all([readReference(table, 'zone', id), readAll(table, 'floor')]);
    const holds = checkExpected(present, expected);
    if (!holds.ok) return holds;
    if (present !== undefined && saysTheSame(zoneTermsSchema, termsOf(present), terms))
      return ok({ actions: [], value: { outcome: 'unchanged', record: present } });
    const author = authorUnder(guard, act, present);
    const wrong = await zoneProblem(table, id, terms, author);
    if (wrong !== undefined) return fail(wrong);
    if (present !== undefined && standingFloorsOfZone(floors, id, author).length > 0)
      return ok(
        proposeChange(guard, author, {
          kind: 'zone',
          id: act.newId('change'),
          target: id,
          basedOn: present.version,
          proposed: terms,
        }),
      );
    const record = { ...terms, id, ...nextVersion(present, author) };
    return ok({
      actions: [configurationMoves(guard, author), ...recordVersion(referenceSeries.zone, record)],
      value: { outcome: present === undefined ? 'created' : 'replaced', record },
    });
  };
