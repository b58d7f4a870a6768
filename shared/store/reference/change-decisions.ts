import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Change, ChangeKind } from '../../contracts/change.ts';
import { decidedChange } from '../../contracts/change.ts';
import { termsProblem } from '../../contracts/standard-terms.ts';
import type { Act } from '../table/act.ts';
import { changeActions } from './changes.ts';
import { authorUnder, configurationMoves, readGuard } from './configuration.ts';
import type { Plan } from '../table/effect.ts';
import { ofIndexValueId } from '../../pricing/index-value.ts';
import { actionsFor, checkedPoints } from '../prices/price-points.ts';
import { productActions, productProblem, readProductInUse, standingFloorsOfProduct } from './products.ts';
import { readAll, readProduct, readReference, referenceSeries } from './reference.ts';
import { readSeries, seriesProblem } from '../prices/reference-prices.ts';
import type { Action } from '../table/action.ts';
import type { Table } from '../table/table.ts';
import { recordVersion } from '../table/versioned.ts';
import { zoneProblem } from './zones.ts';

/** A change of this record; one of another is none. */
export async function readChange(
  table: Table,
  kind: ChangeKind,
  target: string,
  id: string,
): Promise<Change | undefined> {
  const change = await readReference(table, 'change', id);
  return change?.kind === kind && change.target === target ? change : undefined;
}

/** The change takes effect: what was proposed is judged again, as things stand now. */
export const approveChange =
  (table: Table, act: Act, kind: ChangeKind, target: string, id: string): Plan<Change> =>
  async () => {
    const guard = await readGuard(table);
    const change = await readChange(table, kind, target, id);
    if (change === undefined) return fail(noSuchChange);
    // Points have no version: each is there once, and marked once it has been corrected.
    const present = kind === 'price-points' ? undefined : await readReference(table, kind, target);
    const author = authorUnder(guard, act, change, present);
    const decided = decidedChange(change, 'approved', present?.version ?? 0, author);
    if (!decided.ok) return decided;
    const applied = await writesOf(table, act, decided.value, author);
    if (!applied.ok) return applied;
    return ok({
      actions: [configurationMoves(guard, author), ...changeActions(decided.value), ...applied.value],
      value: decided.value,
    });
  };

/** The change is off. Errors: not_found, invalid_state, second_approval_required. */
export const rejectChange =
  (table: Table, act: Act, kind: ChangeKind, target: string, id: string): Plan<Change> =>
  async () => {
    const guard = await readGuard(table);
    const change = await readChange(table, kind, target, id);
    if (change === undefined) return fail(noSuchChange);
    const author = authorUnder(guard, act, change);
    const decided = decidedChange(change, 'rejected', change.basedOn, author);
    if (!decided.ok) return decided;
    return ok({
      actions: [configurationMoves(guard, author), ...changeActions(decided.value)],
      value: decided.value,
    });
  };

const noSuchChange = problem('not_found', 'There is no such change.');

async function writesOf(table: Table, act: Act, change: Change, author: Author): Promise<Result<Action[]>> {
  if (change.kind === 'product') {
    const inUse = await readProductInUse(table, change.target);
    if (inUse === undefined) return fail(noSuchChange);
    const floors = standingFloorsOfProduct(await readAll(table, 'floor'), change.target, author);
    const wrong = productProblem(inUse, change.proposed, floors);
    if (wrong !== undefined) return fail(wrong);
    const next = { ...change.proposed, id: change.target, ...nextVersion(inUse.product, author) };
    return ok(productActions(inUse.product, next));
  }
  if (change.kind === 'reference-price') {
    const present = await readSeries(table, change.target);
    const wrong = await seriesProblem(table, change.target, present, change.proposed);
    if (wrong !== undefined) return fail(wrong);
    const next = { ...change.proposed, id: change.target, ...nextVersion(present, author) };
    return ok(recordVersion(referenceSeries['reference-price'], next));
  }
  if (change.kind === 'index-value') {
    const present = await readReference(table, 'index-value', change.target);
    const next = { ...ofIndexValueId(change.target), ...change.proposed, ...nextVersion(present, author) };
    return ok(recordVersion(referenceSeries['index-value'], next));
  }
  if (change.kind === 'price-points') {
    const pointer = (index: number): string => `/points/${index}`;
    const checked = await checkedPoints(table, act, author, change.target, change.proposed.points, pointer);
    return checked.ok ? ok(checked.value.points.flatMap(actionsFor)) : checked;
  }
  if (change.kind === 'terms') {
    const [product, present] = await Promise.all([
      readProduct(table, change.target),
      readReference(table, 'terms', change.target),
    ]);
    if (product === undefined) return fail(noSuchChange);
    const wrong = termsProblem(change.proposed, product);
    if (wrong !== undefined) return fail(wrong);
    const next = { ...change.proposed, product: change.target, ...nextVersion(present, author) };
    return ok(recordVersion(referenceSeries.terms, next));
  }
  const present = await readReference(table, 'zone', change.target);
  const wrong = await zoneProblem(table, change.target, change.proposed, author);
  if (wrong !== undefined) return fail(wrong);
  const next = { ...change.proposed, id: change.target, ...nextVersion(present, author) };
  return ok(recordVersion(referenceSeries.zone, next));
}
