import * as z from 'zod';
import { generatedIdSchema, textSchema } from '../../../shared/kernel/ids.ts';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';
import { quantitySchema } from '../../../shared/kernel/quantity.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { Role } from '../../../shared/reference/role.ts';
import type { Act } from '../../../shared/store/table/act.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import type { HeldLoan } from '../../../shared/store/stockpiles/stock-loans.ts';
import { approveLoan, requestLoan } from '../../../shared/store/stockpiles/stock-lending.ts';
import {
  handOverLoan,
  payForLoan,
  rejectLoan,
  returnLoan,
  withdrawLoan,
} from '../../../shared/store/stockpiles/stock-loan-acts.ts';
import { visibleLoan } from '../../../shared/store/stockpiles/stock-loans.ts';
import {
  listStockRecords,
  loanRecords,
  pageOfRecords,
  recordsOfStockpile,
} from '../../../shared/store/stockpiles/stock-records.ts';
import { returnTermsSchema } from '../../../shared/store/stockpiles/stock-returns.ts';
import { noSuchStockpile, readStockpile } from '../../../shared/store/stockpiles/stockpiles.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import type { StockLoanRecord } from '../../../shared/stockpiles/loan.ts';
import { loanTermsSchema, loanViewSchema } from '../../../shared/stockpiles/loan.ts';
import { loanView } from '../../../shared/stockpiles/loan-rules.ts';
import { isInsider } from '../../../shared/stockpiles/stockpile-view.ts';
import { productsOf } from '../../../shared/store/reference/reference.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators } from './reference.ts';
import { insiders } from './stockpiles.ts';

const path = '/v1/stock-loans';
const inStockpile = z.strictObject({ id: generatedIdSchema('stockpile') });
const params = z.strictObject({ id: generatedIdSchema('loan') });
const changed = { 200: { description: 'The loan', schema: loanViewSchema } } as const;
const loans = { 200: { description: 'Loans, in order of id', schema: listOf(loanViewSchema) } } as const;
const masses = ['unit_not_convertible', 'off_lot'] as const;
const borrowers = ['buyer'] as const;
const operators = ['stockpile-operator'] as const;

async function viewsOf(table: Table, found: readonly StockLoanRecord[], caller: Caller) {
  const products = await productsOf(table, found);
  return found.map((loan) => loanView(loan, products.get(loan.product)!, caller));
}

interface Acting<B extends z.ZodType> {
  readonly operationId: string;
  readonly verb: string;
  readonly summary: string;
  readonly description: string;
  readonly roles: readonly Role[];
  readonly body?: B;
  readonly problems?: readonly ProblemCode[];
  readonly plan: (table: Table, act: Act, id: string, body: z.output<B>) => Plan<HeldLoan>;
}

const acting = <B extends z.ZodType>({ verb, plan, body, problems = [], ...about }: Acting<B>): Route =>
  defineRoute({
    ...about,
    method: 'post',
    path: `${path}/{id}/${verb}`,
    tag: 'Stockpiles',
    params,
    ...(body === undefined ? {} : { body }),
    responses: changed,
    problems: ['not_found', 'invalid_state', ...problems],
    write: (request, dependencies) =>
      mapPlan(
        plan(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        ({ loan, product }) => {
          const view = loanView(loan, product, request.caller);
          return reply(200, view, { version: view.version });
        },
      ),
  });

export const stockLoanRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postStockLoan',
    method: 'post',
    path: '/v1/stockpiles/{id}/loans',
    summary: 'Ask a stockpile to lend you material',
    description:
      'By a buyer whose need an administrator has verified, up to the days of verified use that a release would give it, all ' +
      'its loans together. Lent while supply is tight (level 2 on), above the reserve floor, to essential users first; to be ' +
      "given back in kind within the months of the stockpile's rules, of the same or a better grade, or paid for when due. " +
      'What is neither within ten days more is owed at the higher of inventory and market price, and a tenth on top.',
    tag: 'Stockpiles',
    roles: borrowers,
    params: inStockpile,
    body: loanTermsSchema.meta({ id: 'StockLoanTerms' }),
    example: {
      ...{ product: 'gallium-4n', quantity: { amount: '500', unit: 'kg' } },
      purpose: 'Wafers for hospital scanners until the spring delivery',
    },
    responses: { 201: { description: 'Asked for', schema: loanViewSchema } },
    problems: [
      ...(['not_found', 'invalid_request', 'unknown_reference', 'need_not_verified'] as const),
      ...(['quantity_exceeded', ...masses] as const),
    ],
    write: (request, dependencies) =>
      mapPlan(
        requestLoan(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        ({ loan, product }) => {
          const view = loanView(loan, product, request.caller);
          return reply(201, view, { version: view.version, location: `${path}/${view.id}` });
        },
      ),
  }),
  defineRoute({
    operationId: 'listLoansOfStockpile',
    method: 'get',
    path: '/v1/stockpiles/{id}/loans',
    summary: "List a stockpile's loans",
    tag: 'Stockpiles',
    roles: insiders,
    params: inStockpile,
    paged: true,
    responses: loans,
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
      const { items, next } = pageOfRecords(await recordsOfStockpile(table, loanRecords, id), page);
      return ok(reply(200, { items: await viewsOf(table, items, caller), next }));
    },
  }),
  defineRoute({
    operationId: 'listStockLoans',
    method: 'get',
    path,
    summary: 'List what you have borrowed of stockpiles; for administrators and auditors, all loans',
    tag: 'Stockpiles',
    roles: ['buyer', 'administrator', 'auditor'],
    paged: true,
    responses: loans,
    read: async ({ caller, page }, { table }) => {
      const { items, next } = await listStockRecords(table, loanRecords, 'stock-loan', caller, page);
      return ok(reply(200, { items: await viewsOf(table, items, caller), next }));
    },
  }),
  defineRoute({
    operationId: 'getStockLoan',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'Read a loan: terms, events, and what is outstanding',
    description:
      'For its borrower, the operator, administrators and auditors. What an approval went by (the level, what lay free) is ' +
      'not for the borrower.',
    tag: 'Stockpiles',
    roles: ['buyer', ...insiders],
    params,
    responses: changed,
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const held = await visibleLoan(table, caller, id);
      if (!held.ok) return held;
      const view = loanView(held.value.loan, held.value.product, caller);
      return ok(reply(200, view, { version: view.version }));
    },
  }),
  acting({
    ...{ operationId: 'approveStockLoan', verb: 'approve', summary: 'Approve a loan' },
    description:
      'By an administrator, while the computed level is 2 or 3: the level, its conditions and the assessment behind them are ' +
      'put on record, and the material is set aside until the day for handing over. Refused while an essential user of the ' +
      'same product waits, and where the reserve floor would be touched.',
    roles: administrators,
    problems: [
      ...(['second_approval_required', 'level_not_reached', 'need_not_verified', 'essential_first'] as const),
      ...(['quantity_exceeded', 'stock_insufficient', ...masses] as const),
    ],
    plan: approveLoan,
  }),
  acting({
    ...{ operationId: 'rejectStockLoan', verb: 'reject', summary: 'Reject a loan that is asked for' },
    description: 'By an administrator.',
    ...{ roles: administrators, body: z.strictObject({ reason: textSchema(1000) }) },
    problems: ['second_approval_required'],
    plan: (table, act, id, { reason }) => rejectLoan(table, act, id, reason),
  }),
  acting({
    ...{ operationId: 'withdrawStockLoan', verb: 'withdraw', summary: 'Take back what you have asked for' },
    description: 'By the borrower, before it is handed over: what was set aside is free again.',
    roles: borrowers,
    plan: withdrawLoan,
  }),
  acting({
    ...{ operationId: 'handOverStockLoan', verb: 'hand-over', summary: 'Hand over what is lent' },
    description:
      'By the operator, by the day that the approval names; later the approval has lapsed. The months run from that day.',
    roles: operators,
    plan: handOverLoan,
  }),
  acting({
    ...{ operationId: 'returnStockLoan', verb: 'return', summary: 'Receive what replaces what was lent' },
    description:
      'By the operator, as weighed, all of it or a part. It becomes a stock lot at the inventory price of what was lent.',
    ...{ roles: operators, body: returnTermsSchema },
    problems: ['entitlement_exceeded', 'grade_too_low', 'unknown_reference', 'site_mismatch', ...masses],
    plan: returnLoan,
  }),
  acting({
    ...{ operationId: 'payForStockLoan', verb: 'pay', summary: 'Pay for what was lent' },
    description:
      'By the borrower, from the day on which it is due: the higher of the inventory price and the market price of the day ' +
      'is owed for it.',
    ...{ roles: borrowers, body: z.strictObject({ quantity: quantitySchema }) },
    problems: ['entitlement_exceeded', ...masses],
    plan: (table, act, id, { quantity }) => payForLoan(table, act, id, quantity),
  }),
];
