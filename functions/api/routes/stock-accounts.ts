import * as z from 'zod';
import { generatedIdSchema } from '../../../shared/kernel/ids.ts';
import { quantitySchema } from '../../../shared/kernel/quantity.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Role } from '../../../shared/reference/role.ts';
import type { Act } from '../../../shared/store/table/act.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import {
  allocateTo,
  decideOnAccount,
  replenish,
  takeFrom,
  transferTo,
} from '../../../shared/store/stockpiles/stock-account-acts.ts';
import { offerAccount } from '../../../shared/store/stockpiles/stock-account-offer.ts';
import type { HeldAccount } from '../../../shared/store/stockpiles/stock-accounts.ts';
import { visibleAccount } from '../../../shared/store/stockpiles/stock-accounts.ts';
import {
  accountRecords,
  listStockRecords,
  pageOfRecords,
  recordsOfStockpile,
} from '../../../shared/store/stockpiles/stock-records.ts';
import { returnTermsSchema } from '../../../shared/store/stockpiles/stock-returns.ts';
import { noSuchStockpile, readStockpile } from '../../../shared/store/stockpiles/stockpiles.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { fail } from '../../../shared/kernel/result.ts';
import type { StockAccountRecord } from '../../../shared/stockpiles/account.ts';
import { accountTermsSchema, accountViewSchema } from '../../../shared/stockpiles/account.ts';
import { accountView } from '../../../shared/stockpiles/account-state.ts';
import { isInsider } from '../../../shared/stockpiles/stockpile-view.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';
import { productsOf } from '../../../shared/store/reference/reference.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf } from './reference.ts';
import { insiders } from './stockpiles.ts';

const path = '/v1/stock-accounts';
const params = z.strictObject({ id: generatedIdSchema('account') });
const changed = { 200: { description: 'The account', schema: accountViewSchema } } as const;
const acted = ['not_found', 'invalid_state'] as const;
const masses = ['unit_not_convertible', 'off_lot'] as const;

const viewOf = ({ account, product }: HeldAccount) => accountView(account, product);
const replyOf = (plan: Plan<HeldAccount>) =>
  mapPlan(plan, (held) => {
    const view = viewOf(held);
    return reply(200, view, { version: view.version });
  });

async function viewsOf(table: Table, accounts: readonly StockAccountRecord[]) {
  const products = await productsOf(table, accounts);
  return accounts.map((account) => accountView(account, products.get(account.product)!));
}

interface Acting<B extends z.ZodType> {
  readonly operationId: string;
  readonly verb: string;
  readonly summary: string;
  readonly description: string;
  readonly roles: readonly Role[];
  readonly body?: B;
  readonly problems: readonly ProblemCode[];
  readonly plan: (table: Table, act: Act, id: string, body: z.output<B>) => Plan<HeldAccount>;
}

const acting = <B extends z.ZodType>({ verb, plan, body, problems, ...about }: Acting<B>): Route =>
  defineRoute({
    ...about,
    method: 'post',
    path: `${path}/{id}/${verb}`,
    tag: 'Stockpiles',
    params,
    ...(body === undefined ? {} : { body }),
    responses: changed,
    problems: [...acted, ...problems],
    write: (request, dependencies) =>
      replyOf(plan(dependencies.table, actOf(request, dependencies), request.params.id, request.body)),
  });

const quantityBody = z.strictObject({ quantity: quantitySchema });
const members = ['buyer'] as const;
const operators = ['stockpile-operator'] as const;

export const stockAccountRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postStockAccount',
    method: 'post',
    path: '/v1/stockpiles/{id}/accounts',
    summary: 'Offer a member an account in a stockpile',
    description:
      'The member commits to a quantity at a set inventory price, pays a fee to enter and the carry (interest on what is ' +
      'financed, storage on what lies there, by the stated day count), may draw its entitlement at any time if it ' +
      'replenishes, and buys the rest back at that price at term. It binds once the member has accepted.',
    tag: 'Stockpiles',
    roles: operators,
    params: z.strictObject({ id: generatedIdSchema('stockpile') }),
    body: accountTermsSchema.meta({ id: 'StockAccountTerms' }),
    responses: { 201: { description: 'Offered', schema: accountViewSchema } },
    problems: [...acted, 'unknown_reference', 'invalid_request', 'currency_mismatch', 'off_tick', ...masses],
    write: (request, dependencies) =>
      mapPlan(
        offerAccount(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        (held) => {
          const view = viewOf(held);
          return reply(201, view, { version: view.version, location: `${path}/${view.id}` });
        },
      ),
  }),
  defineRoute({
    operationId: 'listAccountsOfStockpile',
    method: 'get',
    path: '/v1/stockpiles/{id}/accounts',
    summary: "List a stockpile's accounts",
    tag: 'Stockpiles',
    roles: insiders,
    params: z.strictObject({ id: generatedIdSchema('stockpile') }),
    paged: true,
    responses: { 200: { description: 'Accounts, in order of id', schema: listOf(accountViewSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
      const { items, next } = pageOfRecords(await recordsOfStockpile(table, accountRecords, id), page);
      return ok(reply(200, { items: await viewsOf(table, items), next }));
    },
  }),
  defineRoute({
    operationId: 'listStockAccounts',
    method: 'get',
    path,
    summary: "List the caller's accounts in stockpiles; for administrators and auditors, all",
    tag: 'Stockpiles',
    roles: ['buyer', 'administrator', 'auditor'],
    paged: true,
    responses: { 200: { description: 'Accounts, in order of id', schema: listOf(accountViewSchema) } },
    read: async ({ caller, page }, { table }) => {
      const { items, next } = await listStockRecords(table, accountRecords, 'stock-account', caller, page);
      return ok(reply(200, { items: await viewsOf(table, items), next }));
    },
  }),
  defineRoute({
    operationId: 'getStockAccount',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'Read an account: terms, events, and what they come to',
    description:
      'For its member, the operator, administrators and auditors. `entitlement` = purchased − drawn + replenished.',
    tag: 'Stockpiles',
    roles: ['buyer', ...insiders],
    params,
    responses: changed,
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const held = await visibleAccount(table, caller, id);
      if (!held.ok) return held;
      const view = viewOf(held.value);
      return ok(reply(200, view, { version: view.version }));
    },
  }),
  acting({
    ...{ operationId: 'acceptStockAccount', verb: 'accept', summary: 'Accept an account that was offered' },
    description: 'By the member. The fee for entering is owed from then on.',
    ...{ roles: members, problems: [] },
    plan: (table, act, id) => decideOnAccount(table, act, id, 'accepted'),
  }),
  acting({
    ...{
      operationId: 'declineStockAccount',
      verb: 'decline',
      summary: 'Decline an account that was offered',
    },
    description: 'By the member.',
    ...{ roles: members, problems: [] },
    plan: (table, act, id) => decideOnAccount(table, act, id, 'declined'),
  }),
  acting({
    ...{
      operationId: 'allocateToStockAccount',
      verb: 'allocate',
      summary: "Make stock the member's to draw",
    },
    description:
      'By the operator, of what lies free in the stockpile, up to what the member has committed to.',
    ...{ roles: operators, body: quantityBody },
    problems: ['entitlement_exceeded', 'stock_insufficient', ...masses],
    plan: (table, act, id, { quantity }) => allocateTo(table, act, id, quantity),
  }),
  acting({
    ...{
      operationId: 'drawFromStockAccount',
      verb: 'draw',
      summary: 'Draw from an account, to replenish later',
    },
    description:
      'By the member, at most its entitlement, while nothing drawn before is overdue. What perishes first goes out first. ' +
      'It is to be replenished within the days agreed, at least as pure as the purest of what went out.',
    ...{ roles: members, body: quantityBody },
    problems: ['entitlement_exceeded', 'replenishment_overdue', 'stock_insufficient', ...masses],
    plan: (table, act, id, { quantity }) => takeFrom(table, act, id, quantity, 'draw'),
  }),
  acting({
    ...{ operationId: 'replenishStockAccount', verb: 'replenish', summary: 'Receive what replaces a draw' },
    description:
      'By the operator, as weighed. `draw` is the number of the event. It becomes a stock lot at the inventory price.',
    ...{ roles: operators, body: returnTermsSchema.extend({ draw: z.int().positive() }) },
    problems: ['entitlement_exceeded', 'grade_too_low', 'unknown_reference', 'site_mismatch', ...masses],
    plan: replenish,
  }),
  acting({
    ...{ operationId: 'transferFromStockAccount', verb: 'transfer', summary: 'Pass entitlement on' },
    description:
      'By the member, to another account of the stockpile on the same terms, up to what its member has committed to: the ' +
      'duties to carry and to buy back go with it.',
    ...{
      roles: members,
      body: z.strictObject({ to: generatedIdSchema('account'), quantity: quantitySchema }),
    },
    problems: ['unknown_reference', 'entitlement_exceeded', 'replenishment_overdue', ...masses],
    plan: transferTo,
  }),
  acting({
    ...{ operationId: 'repurchaseFromStockAccount', verb: 'repurchase', summary: 'Buy back before term' },
    description:
      'By the member, at the inventory price: it leaves the warehouse for good. At term the rest is bought back.',
    ...{ roles: members, body: quantityBody },
    problems: ['entitlement_exceeded', 'replenishment_overdue', 'stock_insufficient', ...masses],
    plan: (table, act, id, { quantity }) => takeFrom(table, act, id, quantity, 'repurchase'),
  }),
];
