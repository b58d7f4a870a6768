import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Author } from '../kernel/version.ts';
import type { ProgrammeBudget } from '../support/budget.ts';
import { budgetOf } from '../support/budget.ts';
import type { Programme, ProgrammeTerms } from '../support/programme.ts';
import {
  approvedProgramme,
  closedProgramme,
  proposedProgramme,
  rejectedProgramme,
} from '../support/programme-lifecycle.ts';
import type { Act } from './act.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from './effect.ts';
import { openBudget, readBudget } from './programme-budget.ts';
import { readProduct, readReference, referenceSeries } from './reference.ts';
import type { Table } from './table.ts';
import { recordVersion } from './versioned.ts';

const noSuchProgramme = problem('not_found', 'There is no such programme.');

/**
 * Proposes a programme. Errors: unknown_reference, currency_mismatch, unit_not_convertible, off_tick, invalid_request.
 */
export const proposeProgramme =
  (table: Table, act: Act, terms: ProgrammeTerms): Plan<Programme> =>
  async () => {
    const guard = await readGuard(table);
    const [product, zone, series] = await Promise.all([
      readProduct(table, terms.product),
      readReference(table, 'zone', terms.zone),
      readReference(table, 'reference-price', terms.reference),
    ]);
    if (product === undefined)
      return fail(fieldProblem('unknown_reference', '/product', `There is no product ${terms.product}.`));
    if (zone === undefined)
      return fail(fieldProblem('unknown_reference', '/zone', `There is no zone ${terms.zone}.`));
    if (series?.product !== product.id)
      return fail(
        fieldProblem('unknown_reference', '/reference', 'There is no such reference price of the product.'),
      );
    const author = authorUnder(guard, act);
    const programme = proposedProgramme(act.newId('programme'), terms, product, author);
    return programme.ok
      ? ok({
          actions: [
            configurationMoves(guard, author),
            ...recordVersion(referenceSeries.programme, programme.value),
          ],
          value: programme.value,
        })
      : programme;
  };

/** Opens its budget with it. Errors: not_found, invalid_state, second_approval_required. */
export const approveProgramme = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(table, act, id, approvedProgramme, (programme) => [openBudget(programme)]);

/** Errors: not_found, invalid_state, second_approval_required. */
export const rejectProgramme = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(table, act, id, rejectedProgramme);

/** Errors: not_found, invalid_state. */
export const closeProgramme = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(table, act, id, closedProgramme);

const onProgramme =
  (
    table: Table,
    act: Act,
    id: string,
    step: (programme: Programme, author: Author) => Result<Programme>,
    beside: (programme: Programme) => ReturnType<typeof openBudget>[] = () => [],
  ): Plan<Programme> =>
  async () => {
    const guard = await readGuard(table);
    const programme = await readReference(table, 'programme', id);
    if (programme === undefined) return fail(noSuchProgramme);
    const author = authorUnder(guard, act, programme);
    const next = step(programme, author);
    if (!next.ok) return next;
    return ok({
      actions: [
        configurationMoves(guard, author),
        ...recordVersion(referenceSeries.programme, next.value),
        ...beside(next.value),
      ],
      value: next.value,
    });
  };

/** What a programme has paid, reserved and left: nothing but its budget before it is approved. Errors: not_found. */
export async function programmeBudget(table: Table, id: string): Promise<Result<ProgrammeBudget>> {
  const programme = await readReference(table, 'programme', id);
  if (programme === undefined) return fail(noSuchProgramme);
  const minor = await readBudget(table, id);
  const { currency } = programme.budget;
  return minor === undefined
    ? fail(problem('invalid_state', `The programme is ${programme.status}: it has no budget to spend.`))
    : ok(budgetOf(id, minor, currency));
}
