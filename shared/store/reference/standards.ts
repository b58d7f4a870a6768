import { fieldProblem, problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { succession } from '../../kernel/succession.ts';
import { dateOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import { standingRegulations, zoneOverlap } from '../../pricing/zone-overlap.ts';
import { requirementsProblem } from '../../standards/scope.ts';
import type { StandardsRule, StandardsRuleTerms } from '../../standards/standards-rule.ts';
import type { Act } from '../table/act.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from '../table/effect.ts';
import { readAll, readProduct, referenceSeries } from './reference.ts';
import type { Action } from '../table/action.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

/**
 * Sets a standards rule. One that begins inside an open-ended rule of its product and zone ends that one the day
 * before. Errors: unknown_reference, invalid_request (a level that no scheme has; already over),
 * standards_overlap, zone_overlap.
 */
export const setStandardsRule =
  (table: Table, act: Act, terms: StandardsRuleTerms): Plan<StandardsRule> =>
  async () => {
    const guard = await readGuard(table);
    const [product, zones, schemes, floors, rules] = await Promise.all([
      readProduct(table, terms.product),
      readAll(table, 'zone'),
      readAll(table, 'scheme'),
      readAll(table, 'floor'),
      readAll(table, 'standards'),
    ]);
    if (product === undefined)
      return fail(fieldProblem('unknown_reference', '/product', `There is no product ${terms.product}.`));
    const zone = zones.find(({ id }) => id === terms.zone);
    if (zone === undefined)
      return fail(fieldProblem('unknown_reference', '/zone', `There is no zone ${terms.zone}.`));
    const wrong = requirementsProblem(terms.topics, schemes);
    if (wrong !== undefined) return fail(wrong);
    const beside = rules.filter((rule) => rule.product === terms.product && rule.zone === terms.zone);
    const author = authorUnder(guard, act, ...beside);
    const today = dateOf(author.at);
    if (terms.effectiveTo !== undefined && terms.effectiveTo < today)
      return fail(fieldProblem('invalid_request', '/effectiveTo', 'The rule would already be over.'));

    const follows = succession(beside, terms);
    if (follows.kind === 'overlaps')
      return fail(
        problem(
          'standards_overlap',
          `The rule ${follows.other.id} holds on some of these days. A new rule may begin inside an ` +
            'open-ended one, which then ends the day before.',
        ),
      );
    const overlap = zoneOverlap(zone, [terms], standingRegulations(floors, rules, today), zones, today);
    if (overlap !== undefined) return fail(overlap);

    const record: StandardsRule = { ...terms, id: act.newId('standards'), ...nextVersion(undefined, author) };
    const ended: Action[] =
      follows.kind === 'free'
        ? []
        : recordVersion(referenceSeries.standards, {
            ...follows.predecessor,
            effectiveTo: follows.lastDay,
            supersededBy: record.id,
            ...nextVersion(follows.predecessor, author),
          });
    return ok({
      actions: [
        configurationMoves(guard, author),
        ...recordVersion(referenceSeries.standards, record),
        ...ended,
      ],
      value: record,
    });
  };
