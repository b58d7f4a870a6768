import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf, latestOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import { massOfSteps, stepsOf } from '../../stockpiles/steps.ts';
import type { NeedTerms, StockNeed } from '../../stockpiles/release.ts';
import { needSchema } from '../../stockpiles/release.ts';
import { productRules } from '../../stockpiles/stockpile.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import { doesNotExist, versionIs } from '../table/condition.ts';
import type { Plan } from '../table/effect.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { readBody } from '../table/item-body.ts';
import { readProduct } from '../reference/reference.ts';
import { noSuchStockpile, readStockpile } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

/*
 * What organisations need, said and verified before anything is short: in an emergency of eight days there is no time to ask
 * who uses how much, and a need that is only declared when something is given away is always large.
 */

const needOf = (item: Item): StockNeed => readBody(needSchema, item);

const putNeed = (need: StockNeed): Action => ({
  name: 'stockNeed',
  put: {
    ...keys.stockNeed(need.stockpile, need.product, need.organisation),
    ...{ type: 'stock need', version: need.version },
    body: z.encode(needSchema, need),
  },
  conditions: [need.version === 1 ? doesNotExist : versionIs(need.version - 1)],
});

export const readNeed = async (table: Table, stockpile: string, product: string, organisation: string) => {
  const item = await table.get(keys.stockNeed(stockpile, product, organisation));
  return item && needOf(item);
};

/** The need that a decision rests on is still the one that was read. */
export const needUnchanged = ({ stockpile, product, organisation, version }: StockNeed): Action => ({
  name: 'stockNeed',
  check: keys.stockNeed(stockpile, product, organisation),
  conditions: [versionIs(version)],
});

/** Says, or says anew, what the caller's organisation uses: until it is verified again it gets nothing. Errors: not_found, unknown_reference, unit_not_convertible, off_lot. */
export const declareNeed =
  (
    table: Table,
    act: Act,
    at: { readonly stockpile: string; readonly product: string },
    terms: NeedTerms,
  ): Plan<StockNeed> =>
  async () => {
    const stockpile = await readStockpile(table, at.stockpile);
    if (stockpile?.status !== 'active') return fail(noSuchStockpile);
    const product = await readProduct(table, at.product);
    if (product === undefined || productRules(stockpile, product.id, dateOf(act.at)) === undefined)
      return fail(problem('not_found', 'The stockpile holds no such product.'));
    const use = stepsOf(terms.annualUse, product, '/annualUse');
    if (!use.ok) return use;
    const present = await readNeed(table, at.stockpile, at.product, act.organisation);
    const need: StockNeed = {
      ...terms,
      ...at,
      annualUse: massOfSteps(use.value, product),
      ...{ organisation: act.organisation, status: 'declared', declaredBy: act.subject },
      ...nextVersion(present, { subject: act.subject, at: latestOf(act.at, present?.recordedAt) }),
    };
    return ok({ actions: [putNeed(need)], value: need });
  };

/** Takes it back: releases decided from now on give it nothing. Errors: not_found, invalid_state. */
export const withdrawNeed =
  (table: Table, act: Act, at: { readonly stockpile: string; readonly product: string }): Plan<StockNeed> =>
  async () => {
    const present = await readNeed(table, at.stockpile, at.product, act.organisation);
    if (present === undefined) return fail(problem('not_found', 'You have declared no such need.'));
    if (present.status === 'withdrawn') return fail(problem('invalid_state', 'It is withdrawn already.'));
    const need: StockNeed = {
      ...present,
      status: 'withdrawn',
      ...nextVersion(present, { subject: act.subject, at: latestOf(act.at, present.recordedAt) }),
    };
    return ok({ actions: [putNeed(need)], value: need });
  };

/** What an administrator has found that it uses. Errors: not_found, invalid_state, quantity_exceeded, unit_not_convertible, off_lot. */
export const verifyNeed =
  (
    table: Table,
    act: Act,
    at: { readonly stockpile: string; readonly product: string; readonly organisation: string },
    found: { readonly annualUse: Quantity; readonly essential: boolean },
  ): Plan<StockNeed> =>
  async () => {
    const present = await readNeed(table, at.stockpile, at.product, at.organisation);
    const product = present && (await readProduct(table, at.product));
    if (present === undefined || product === undefined)
      return fail(problem('not_found', 'It has declared no such need.'));
    if (present.status === 'withdrawn') return fail(problem('invalid_state', 'The need is withdrawn.'));
    const use = stepsOf(found.annualUse, product, '/annualUse');
    if (!use.ok) return use;
    const declared = stepsOf(present.annualUse, product, '/annualUse');
    if (!declared.ok) return declared;
    if (use.value > declared.value)
      return fail(fieldProblem('quantity_exceeded', '/annualUse', 'More than was declared.'));
    const decidedAt = latestOf(act.at, present.recordedAt);
    const need: StockNeed = {
      ...present,
      status: 'verified',
      verified: {
        annualUse: massOfSteps(use.value, product),
        ...{ essential: found.essential && present.essential, by: act.subject, at: decidedAt },
      },
      ...nextVersion(present, { subject: act.subject, at: decidedAt }),
    };
    return ok({ actions: [putNeed(need)], value: need });
  };

/** The needs of a stockpile's product, in order of organisation. */
export async function needsOfProduct(table: Table, stockpile: string, product: string): Promise<StockNeed[]> {
  const { pk, sk } = keys.stockNeed(stockpile, product, '');
  return (await table.query(pk, { prefix: sk })).map(needOf);
}

export async function pageOfNeeds(
  table: Table,
  stockpile: string,
  { after, limit }: PageRequest,
  keep: (need: StockNeed) => boolean,
): Promise<Page<StockNeed>> {
  const { pk } = keys.stockNeed(stockpile, '', '');
  const placeOf = ({ product, organisation }: StockNeed) => `${product}#${organisation}`;
  const all = (await table.query(pk, { prefix: 'NEED#' })).map(needOf).filter(keep);
  const rest = all.filter((need) => after === undefined || placeOf(need) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > items.length && last !== undefined ? placeOf(last) : null };
}
