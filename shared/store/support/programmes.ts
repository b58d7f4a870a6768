import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import { minorUnitsIn } from '../../support/settlement.ts';
import type { ProgrammeBudget } from '../../support/budget.ts';
import { budgetOf } from '../../support/budget.ts';
import { fundingEntry } from '../../support/funding-entry.ts';
import type { BudgetChangeTerms, Programme, ProgrammeTerms } from '../../support/programme.ts';
import {
  approvedProgramme,
  closedProgramme,
  decidedBudget,
  proposedBudget,
  proposedProgramme,
  rejectedProgramme,
} from '../../support/programme-lifecycle.ts';
import type { Act } from '../table/act.ts';
import { authorUnder, configurationMoves, readGuard } from '../reference/configuration.ts';
import type { Plan } from '../table/effect.ts';
import type { Action } from '../table/action.ts';
import { freeOfRuns, marketState } from '../clearing/control.ts';
import { dueFrom } from '../table/keys/indexes.ts';
import { postEntry } from '../contracts/ledger.ts';
import { availableIn, budgetStands, movesBudget, openBudget, readBudget } from './programme-budget.ts';
import { readAll, readProduct, readReference, referenceSeries } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';

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
    if (terms.indexation !== undefined && !(await isKnownIndex(table, terms.indexation.index)))
      return fail(
        fieldProblem('unknown_reference', '/indexation/index', 'No value of this index is on record.'),
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

const isKnownIndex = async (table: Table, index: string): Promise<boolean> =>
  (await readAll(table, 'index-value')).some((value) => value.index === index);

/** Opens its budget with it. Errors: not_found, invalid_state, second_approval_required. */
export const approveProgramme = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(table, act, id, approvedProgramme, (programme, { at }) => {
    const { currency } = programme.budget;
    const entry = fundingEntry(programme, 1, { by: minorUnitsIn(programme.budget, currency), currency, at });
    return ok([openBudget(programme), ...(entry === undefined ? [] : postEntry(entry))]);
  });

/** Errors: not_found, invalid_state, second_approval_required. */
export const rejectProgramme = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(table, act, id, rejectedProgramme);

/** Errors: not_found, invalid_state. */
export const closeProgramme = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(table, act, id, closedProgramme);

/** Errors: not_found, invalid_state, currency_mismatch. */
export const proposeBudget = (
  table: Table,
  act: Act,
  id: string,
  terms: BudgetChangeTerms,
): Plan<Programme> =>
  onProgramme(table, act, id, (programme, author) => proposedBudget(programme, terms, author));

/** Errors: not_found, invalid_state, second_approval_required. */
export const rejectBudget = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(table, act, id, (programme, author) => decidedBudget(programme, author, false));

/**
 * The programme has another budget from now on, and the treasury has put in or taken out the difference. It cannot take
 * what is paid, nor what contracts reserve: their parties have concluded them on that. What it takes beyond what is left
 * sites' agreements wait for. Errors: not_found, invalid_state, second_approval_required, budget_exhausted,
 * clearing_in_progress.
 */
export const approveBudget = (table: Table, act: Act, id: string): Plan<Programme> =>
  onProgramme(
    table,
    act,
    id,
    (programme, author) => decidedBudget(programme, author, true),
    async (programme, { at }) => {
      const { currency } = programme.budget;
      const [item, { ended, gateClosure }] = await Promise.all([
        readBudget(table, id),
        marketState(table, programme.product),
      ]);
      if (item === undefined) throw new Error(`${id} has no budget`);
      const by = minorUnitsIn(programme.budget, currency) - item.budget;
      if (availableIn(item) + by < 0n)
        return fail(
          problem(
            'budget_exhausted',
            'That is less than was paid and than concluded contracts are promised.',
          ),
        );
      if (gateClosure !== undefined)
        return fail(
          problem('clearing_in_progress', 'A clearing holds the budget. Try again when it has ended.'),
        );
      const sequence = item.fundings + 1;
      const entry = fundingEntry(programme, sequence, { by, currency, at });
      return ok(
        entry === undefined
          ? []
          : [
              ...postEntry(entry),
              movesBudget(id, { budget: by, left: by }, { fundings: sequence, ...dueFrom(dateOf(at), id) }, [
                freeOfRuns(ended),
                ...budgetStands(item),
              ]),
            ],
      );
    },
  );

const onProgramme =
  (
    table: Table,
    act: Act,
    id: string,
    step: (programme: Programme, author: Author) => Result<Programme>,
    beside: (programme: Programme, author: Author) => Result<Action[]> | Promise<Result<Action[]>> = () =>
      ok([]),
  ): Plan<Programme> =>
  async () => {
    const guard = await readGuard(table);
    const programme = await readReference(table, 'programme', id);
    if (programme === undefined) return fail(noSuchProgramme);
    const author = authorUnder(guard, act, programme);
    const next = step(programme, author);
    if (!next.ok) return next;
    const more = await beside(next.value, author);
    if (!more.ok) return more;
    return ok({
      actions: [
        configurationMoves(guard, author),
        ...recordVersion(referenceSeries.programme, next.value),
        ...more.value,
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
